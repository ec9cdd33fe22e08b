package dev.kume.core.scsi;

import dev.kume.core.nexus.ITNexus;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts may use a unit. A host is an initiator name: its sessions are paths of one host, whatever their ISIDs and
 * targets are. Any thread; a command reads one volatile field.
 *
 * <p>An <em>exclusive</em> unit belongs to the host that was first to send it a command, for as long as that host has a
 * session here. Others are told ACCESS DENIED - NO ACCESS RIGHTS. When the last session of the holder has ended, what
 * is left of its commands is fenced, and only then can the next host claim the unit: at no instant do two write.
 *
 * <p>Other units are open to all; single hosts can be kept from writing.
 */
public final class HostGuard {
    /** A holder that is alive is not asked for a sign of life by each command of each newcomer. */
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What holds now; replaced as a whole. */
    private static final class Rule {
        static final Rule OPEN = new Rule(false, null, Set.of());
        static final Rule FREE = new Rule(true, null, Set.of());

        final boolean exclusive;
        final @Nullable String holder;
        final Set<String> frozen;
        final boolean open;

        private Rule(boolean exclusive, @Nullable String holder, Set<String> frozen) {
            this.exclusive = exclusive;
            this.holder = holder;
            this.frozen = frozen;
            this.open = !exclusive && frozen.isEmpty();
        }

        static Rule heldBy(String host) {
            return new Rule(true, host, Set.of());
        }

        static Rule frozenFor(Set<String> hosts) {
            return new Rule(false, null, Set.copyOf(hosts));
        }

        /** True when the unit is another host's. One that is nobody's can be claimed. */
        boolean shutsOut(String host) {
            return exclusive && holder != null && !holder.equals(host);
        }
    }

    private final LogicalUnit unit;
    private final Nexuses nexuses;
    private final LogicalUnit.Watcher watcher;
    private volatile Rule rule = Rule.OPEN;

    /** Guards the fields below, and who writes the one above. */
    private final Object lock = new Object();

    /** How many sessions each host has here, who came first first. */
    private final Map<String, Integer> sessions = new LinkedHashMap<>();

    /** Hosts with a session that were refused, and told so. */
    private final Set<String> refused = new LinkedHashSet<>();

    /** Counts sessions that the holder has begun: a release that was begun before one of them came is void. */
    private long returns;

    private long nextProbeNanos;
    private boolean probed;

    HostGuard(LogicalUnit unit, Nexuses nexuses, LogicalUnit.Watcher watcher) {
        this.unit = unit;
        this.nexuses = nexuses;
        this.watcher = watcher;
    }

    // ---- who is there -----------------------------------------------------------------------------------------------

    /** The host that an exclusive unit belongs to; null when it is nobody's, or open to all. */
    public @Nullable String holder() {
        return rule.holder;
    }

    /** Hosts with a session, who came first first. */
    public List<String> present() {
        synchronized (lock) {
            return List.copyOf(sessions.keySet());
        }
    }

    /** Hosts with a session that are kept out of an exclusive unit and have tried. */
    public List<String> refused() {
        synchronized (lock) {
            return List.copyOf(refused);
        }
    }

    /** Hosts that may not write a unit which others may. */
    public Set<String> frozen() {
        return rule.frozen;
    }

    /** True when the unit is another host's: what would disturb that one is not for this nexus. */
    public boolean shutsOut(ITNexus nexus) {
        return rule.shutsOut(nexus.initiatorName());
    }

    // ---- commands ---------------------------------------------------------------------------------------------------

    /**
     * What a command of this nexus is told when its host may not send it, else null. On the loop of the task, which is
     * in its task set already: a fence that follows a change of the rule meets it there.
     */
    @Nullable
    Sense refusal(ITLNexus nexus, @Nullable Command command) {
        Rule now = rule;
        return now.open ? null : refusal(now, nexus.nexus().initiatorName(), command);
    }

    private @Nullable Sense refusal(Rule now, String host, @Nullable Command command) {
        if (now.exclusive) {
            return host.equals(now.holder) || passes(command) || claim(host)
                    ? null
                    : Sense.ACCESS_DENIED_NO_ACCESS_RIGHTS;
        }
        boolean writes = command != null && command.descriptor().writes();
        return writes && now.frozen.contains(host) ? Sense.WRITE_PROTECTED : null;
    }

    /** INQUIRY, REPORT LUNS and REQUEST SENSE change nothing, and whoever may see the LUN may know what it is. */
    private static boolean passes(@Nullable Command command) {
        return command != null && command.descriptor().passesAttention();
    }

    /** True when the unit is this host's from now on, if not before. */
    private boolean claim(String host) {
        String holder;
        boolean news;
        synchronized (lock) {
            Rule now = rule;
            holder = now.holder;
            // Without a session nobody would give it back: such a command is one that a fence is about to end.
            if (!now.exclusive || host.equals(holder) || (holder == null && sessions.containsKey(host))) {
                rule = now.exclusive ? Rule.heldBy(host) : now;
                refused.remove(host);
                return true;
            }
            if (holder == null) {
                return false;
            }
            news = sessions.containsKey(host) && refused.add(host);
        }
        if (news) {
            watcher.hostRefused(unit, host, holder);
        }
        probe(holder);
        return false;
    }

    /** A holder that has died without a word is to be found out now, and not after its time of silence. */
    private void probe(String holder) {
        long nowNanos = unit.lane().clock().nanoTime();
        synchronized (lock) {
            if (probed && nowNanos - nextProbeNanos < 0) {
                return;
            }
            probed = true;
            nextProbeNanos = nowNanos + PROBE_NANOS;
        }
        nexuses.probe(holder);
    }

    // ---- sessions ---------------------------------------------------------------------------------------------------

    /** A session of this host has begun; it has sent nothing yet. */
    void came(String host) {
        synchronized (lock) {
            sessions.merge(host, 1, Integer::sum);
            if (host.equals(rule.holder)) {
                returns++;
            }
        }
    }

    /** A session of this host has ended. */
    void left(String host) {
        long before;
        synchronized (lock) {
            Integer more = sessions.computeIfPresent(host, (name, count) -> count > 1 ? count - 1 : null);
            if (more != null) {
                return;
            }
            refused.remove(host);
            if (!host.equals(rule.holder)) {
                return;
            }
            before = returns;
        }
        // A unit that was unmapped is left while commands of the session may still be inside of the disk.
        unit.fence(
                Coverage.silent(task -> !task.nexus().attached()
                        && host.equals(task.nexus().nexus().initiatorName())),
                null,
                affected -> release(host, before));
    }

    /** Nothing of the holder can reach the disk any more: the unit is the next one's who asks. */
    private void release(String holder, long before) {
        Set<String> invited;
        synchronized (lock) {
            // When a session has begun since, the holder is back, or has left again, which has a fence of its own.
            if (!holder.equals(rule.holder) || returns != before) {
                return;
            }
            rule = Rule.FREE;
            invited = admitRefused();
        }
        invite(invited);
    }

    private Set<String> admitRefused() {
        Set<String> all = Set.copyOf(refused);
        refused.clear();
        return all;
    }

    /** As SPC-4 has it when access rights change: the units that a nexus can use are others now. */
    private void invite(Set<String> hosts) {
        if (!hosts.isEmpty()) {
            unit.raise(
                    Sense.REPORTED_LUNS_DATA_HAS_CHANGED,
                    nexus -> hosts.contains(nexus.nexus().initiatorName()));
            unit.raise(
                    Sense.CAPACITY_DATA_HAS_CHANGED,
                    nexus -> hosts.contains(nexus.nexus().initiatorName()));
        }
    }

    // ---- rules ------------------------------------------------------------------------------------------------------

    /**
     * Makes the unit exclusive, or not. Of several hosts that have a session then, the one that came first keeps it.
     *
     * @param done runs when no command that the rule refuses can reach the disk any more
     */
    public void exclusive(boolean changed, Runnable done) {
        Set<String> invited;
        synchronized (lock) {
            if (changed == rule.exclusive) {
                invited = Set.of();
            } else if (changed) {
                invited = Set.of();
                rule = sessions.isEmpty()
                        ? Rule.FREE
                        : Rule.heldBy(sessions.keySet().iterator().next());
            } else {
                rule = Rule.OPEN;
                invited = admitRefused();
            }
        }
        invite(invited);
        fence(done);
    }

    /**
     * Keeps these hosts, and no others, from writing a unit that is not exclusive; an exclusive one stays what it is.
     *
     * @param done as above
     */
    public void freeze(Set<String> hosts, Runnable done) {
        synchronized (lock) {
            if (!rule.exclusive) {
                rule = hosts.isEmpty() ? Rule.OPEN : Rule.frozenFor(hosts);
            }
        }
        fence(done);
    }

    private void fence(Runnable done) {
        unit.fence(this::ending, null, affected -> done.run());
    }

    /** How a command ends that had begun under an earlier rule. */
    private @Nullable Ending ending(Task task) {
        Rule now = rule;
        // A task at a gate has not begun: it meets the rule when it does.
        if (now.open || task.state() == Task.State.GATED) {
            return null;
        }
        String host = task.nexus().nexus().initiatorName();
        if (now.exclusive) {
            return host.equals(now.holder) || passes(task.command)
                    ? null
                    : Ending.check(Sense.ACCESS_DENIED_NO_ACCESS_RIGHTS);
        }
        return now.frozen.contains(host) && unit.writes(task) ? Ending.check(Sense.WRITE_PROTECTED) : null;
    }
}
