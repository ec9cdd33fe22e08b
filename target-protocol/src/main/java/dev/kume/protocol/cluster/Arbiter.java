package dev.kume.protocol.cluster;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.PersistentReserve.Action;
import dev.kume.protocol.cluster.PersistentReserve.Held;
import dev.kume.protocol.cluster.PersistentReserve.Keys;
import dev.kume.protocol.cluster.PersistentReserve.Question;
import dev.kume.protocol.cluster.PersistentReserve.Request;
import dev.kume.protocol.initiator.InitiatorLoop;
import dev.kume.protocol.initiator.ScsiResult;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A node's fight for one disk: challenge and defence, as Windows' cluster does it. The owner looks at the registrations
 * again and again and preempts whom it did not let in. A challenger registers, waits longer than two of these rounds,
 * and preempts the owner if it is still registered itself. Methods may be called by any thread.
 */
public final class Arbiter {
    private final String node;
    private final String diskName;
    private final MpioDisk disk;
    private final InitiatorLoop loop;
    private final ArbitrationTimes times;
    private final RunLog log;
    private final Set<Long> members = new HashSet<>();
    private InitiatorLoop.@Nullable Timer timer;
    private volatile long ownKey;
    private volatile boolean owner;
    private volatile CompletableFuture<Void> lost = new CompletableFuture<>();
    private final AtomicInteger rounds = new AtomicInteger();

    public Arbiter(
            String node, String diskName, MpioDisk disk, InitiatorLoop loop, ArbitrationTimes times, RunLog log) {
        this.node = node;
        this.diskName = diskName;
        this.disk = disk;
        this.loop = loop;
        this.times = times;
        this.log = log;
    }

    /** Whether this node holds itself for the owner. */
    public boolean isOwner() {
        return owner;
    }

    /** Completes when this node, as the owner, finds that it is not any more. */
    public CompletableFuture<Void> lost() {
        return lost.copy();
    }

    /** The key that it fights with. */
    public long key() {
        return ownKey;
    }

    /** How many rounds of defence there have been. */
    public int rounds() {
        return rounds.get();
    }

    /** The owner leaves this key alone: a member of its cluster, which may read and write. */
    public void admit(long key) {
        loop.run(() -> members.add(key));
    }

    /** No more. */
    public void expel(long key) {
        loop.run(() -> members.remove(key));
    }

    /** Fights for the disk; true when it is won, and defended from then on. */
    public CompletableFuture<Boolean> arbitrate(long key) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        loop.run(() -> {
            ownKey = key;
            var _ = challenge(key)
                    .thenCompose(won -> won ? CompletableFuture.completedFuture(true) : backOff())
                    .whenComplete((won, failure) -> {
                        if (failure != null) {
                            answer.completeExceptionally(failure);
                        } else {
                            if (won) {
                                own();
                            }
                            answer.complete(won);
                        }
                    });
        });
        return answer;
    }

    /** The owner by other means than arbitration, such as the new coordinator of a shared volume. */
    public void defend(long key) {
        loop.run(() -> {
            ownKey = key;
            own();
        });
    }

    /** Defends no more; reservation and key stay. */
    public void stop() {
        loop.run(() -> {
            owner = false;
            cancel();
        });
    }

    /** Defends no more, releases and unregisters. */
    public CompletableFuture<ScsiResult> stopDefence() {
        stop();
        return disk.reserveOut(new Request(Action.RELEASE, ownKey, 0)).thenCompose(ignored -> unregister());
    }

    private CompletableFuture<ScsiResult> unregister() {
        return register(0);
    }

    private CompletableFuture<ScsiResult> register(long key) {
        return disk.reserveOut(new Request(Action.REGISTER_AND_IGNORE_EXISTING_KEY, 0, key));
    }

    // ---- challenge --------------------------------------------------------------------------------------------------

    private CompletableFuture<Boolean> challenge(long key) {
        return register(key)
                .thenCompose(result -> {
                    isGood("REGISTER AND IGNORE EXISTING KEY", result);
                    return readReservation();
                })
                .thenCompose(held -> held.isHeld() ? against(key, held) : reserve(key));
    }

    private CompletableFuture<Boolean> reserve(long key) {
        return disk.reserveOut(new Request(Action.RESERVE, key, 0)).thenCompose(result -> {
            if (result.isGood()) {
                return CompletableFuture.completedFuture(true);
            }
            isGoodOrConflict("RESERVE", result);
            // Another one was quicker; perhaps it is gone again, or has removed this registration.
            return readReservation()
                    .thenCompose(held -> held.isHeld() ? against(key, held) : CompletableFuture.completedFuture(false));
        });
    }

    private CompletableFuture<Boolean> against(long key, Held held) {
        if (held.key() == key) {
            // The preemption takes the key from this node's other paths, too.
            return preempt(key, key).thenCompose(won -> register(key).thenApply(again -> won && again.isGood()));
        }
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        say("challenges the owner %x".formatted(held.key()));
        loop.schedule(
                () -> preempt(key, held.key()).whenComplete((won, failure) -> {
                    if (failure == null) {
                        answer.complete(won);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                }),
                times.challenge().toNanos());
        return answer;
    }

    private CompletableFuture<Boolean> preempt(long key, long victim) {
        return disk.reserveOut(new Request(Action.PREEMPT, key, victim)).thenApply(result -> {
            isGoodOrConflict("PREEMPT", result);
            return result.isGood();
        });
    }

    /** Lost: what is left of the registration goes. */
    private CompletableFuture<Boolean> backOff() {
        say("has lost");
        return unregister().thenApply(ignored -> false);
    }

    // ---- defence ----------------------------------------------------------------------------------------------------

    private void own() {
        say("owns the disk");
        owner = true;
        lost = new CompletableFuture<>();
        next();
    }

    private void next() {
        cancel();
        timer = loop.schedule(
                () -> {
                    next();
                    round();
                },
                times.defence().toNanos());
    }

    private void round() {
        long key = ownKey;
        var _ = disk.reserveIn(Question.READ_KEYS)
                .thenApply(Keys::of)
                .thenCompose(keys -> {
                    rounds.incrementAndGet();
                    if (!owner) {
                        return CompletableFuture.completedFuture(null);
                    }
                    if (keys.count(key) == 0) {
                        say("finds its own key gone, and the disk lost");
                        stop();
                        lost.complete(null);
                        return CompletableFuture.completedFuture(null);
                    }
                    Set<Long> foreign = new LinkedHashSet<>(keys.keys());
                    foreign.remove(key);
                    foreign.removeAll(members);
                    CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
                    for (long each : foreign) {
                        all = all.thenCompose(ignored -> preempt(key, each));
                    }
                    return all;
                })
                .whenComplete((ignored, failure) -> {
                    if (failure != null) {
                        say("could not look at the registrations: " + failure.getMessage());
                    }
                });
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private CompletableFuture<Held> readReservation() {
        return disk.reserveIn(Question.READ_RESERVATION).thenApply(result -> {
            isGood("READ RESERVATION", result);
            return Held.of(result);
        });
    }

    private void isGood(String command, ScsiResult result) {
        if (!result.isGood()) {
            throw StepFailure.wrong(command + " from node " + node, "GOOD", SenseWords.of(result));
        }
    }

    private void isGoodOrConflict(String command, ScsiResult result) {
        if (!result.isGood() && !isConflict(result)) {
            throw StepFailure.wrong(
                    command + " from node " + node, "GOOD or RESERVATION CONFLICT", SenseWords.of(result));
        }
    }

    private static boolean isConflict(ScsiResult result) {
        return result.status() == ScsiStatus.RESERVATION_CONFLICT;
    }

    private void say(String what) {
        log.add(node, diskName, what);
    }
}
