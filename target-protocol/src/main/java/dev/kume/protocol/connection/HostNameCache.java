package dev.kume.protocol.connection;

import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What DNS has said of the names in access lists, for a short time. The names are the administrator's, so strangers
 * cannot make it grow; the least asked for goes first all the same. Thread safe.
 */
final class HostNameCache {
    /** @param found the last addresses that were found, however long ago */
    private record Entry(Set<InetAddress> found, boolean failed, long atNanos) {}

    private final HostNames source;
    private final Clock clock;
    private final long lifeNanos;
    private final int namesMax;
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, CompletableFuture<Void>> lookups = new HashMap<>();

    HostNameCache(HostNames source, Clock clock, Limits limits) {
        this.source = source;
        this.clock = clock;
        this.lifeNanos = TimeUnit.SECONDS.toNanos(limits.get(Limit.DNS_CACHE_SECONDS));
        this.namesMax = limits.getInt(Limit.DNS_NAMES);
    }

    /** The addresses of those names that were looked up a short time ago: none where DNS knew none. */
    synchronized Map<String, Set<InetAddress>> fresh(Set<String> names) {
        Map<String, Set<InetAddress>> found = new HashMap<>();
        for (String name : names) {
            Entry entry = entries.get(name);
            if (entry != null && isFresh(entry)) {
                found.put(name, entry.failed() ? Set.of() : entry.found());
            }
        }
        return found;
    }

    /** The last addresses that were found for these names: DNS that fails today takes nobody's session. */
    synchronized Map<String, Set<InetAddress>> known(Set<String> names) {
        Map<String, Set<InetAddress>> found = new HashMap<>();
        for (String name : names) {
            Entry entry = entries.get(name);
            if (entry != null) {
                found.put(name, entry.found());
            }
        }
        return found;
    }

    /** Looks up what is not fresh, each name once at a time; completes anywhere, when DNS has answered or failed. */
    CompletableFuture<Void> refresh(Set<String> names) {
        List<CompletableFuture<Void>> waits = new ArrayList<>();
        for (String name : names) {
            CompletableFuture<Void> asked = null;
            synchronized (this) {
                Entry entry = entries.get(name);
                if (entry != null && isFresh(entry)) {
                    continue;
                }
                CompletableFuture<Void> running = lookups.get(name);
                if (running == null) {
                    asked = new CompletableFuture<>();
                    lookups.put(name, asked);
                }
                waits.add(running == null ? asked : running);
            }
            if (asked != null) {
                lookUp(name, asked);
            }
        }
        return CompletableFuture.allOf(waits.toArray(CompletableFuture[]::new));
    }

    private void lookUp(String name, CompletableFuture<Void> done) {
        var _ = source.addressesOf(Set.of(name)).handle((found, failure) -> {
            answered(name, failure == null ? found.getOrDefault(name, Set.of()) : Set.of());
            done.complete(null);
            return null;
        });
    }

    private synchronized void answered(String name, Set<InetAddress> found) {
        Entry before = entries.get(name);
        boolean failed = found.isEmpty();
        Set<InetAddress> last = failed && before != null ? before.found() : Set.copyOf(found);
        entries.put(name, new Entry(last, failed, clock.nanoTime()));
        lookups.remove(name);
        var eldest = entries.keySet().iterator();
        while (entries.size() > namesMax) {
            eldest.next();
            eldest.remove();
        }
    }

    private boolean isFresh(Entry entry) {
        return clock.nanoTime() - entry.atNanos() < lifeNanos;
    }
}
