package dev.kume.protocol.cluster;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.TaskAttribute;
import dev.kume.protocol.cluster.PersistentReserve.Action;
import dev.kume.protocol.cluster.PersistentReserve.Held;
import dev.kume.protocol.cluster.PersistentReserve.Keys;
import dev.kume.protocol.cluster.PersistentReserve.Question;
import dev.kume.protocol.cluster.PersistentReserve.Registered;
import dev.kume.protocol.cluster.PersistentReserve.Request;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiDevice;
import dev.kume.protocol.initiator.ScsiResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Linux node with Pacemaker's {@code fence_scsi} on one device, or on each path of one: what the agent does by way of
 * {@code sg_persist} and {@code sg_turs}. Every command comes after a TEST UNIT READY, which takes attentions away.
 * {@link #releaseAsMultipath} is what {@code mpathpersist} does. For one thread, which waits.
 */
final class FenceScsi {
    private static final ScsiCommand TEST_UNIT_READY = ScsiCommand.read(0, new byte[6], 0);
    private static final int KEYS_BYTES = 8_192;
    private static final int TRIES = 5;

    private final List<ScsiDevice> paths;
    private final long key;
    private final boolean throughPowerLoss;
    private final Duration patience;

    /**
     * @param paths            the device, or all paths when the device mapper has several
     * @param throughPowerLoss {@code --aptpl}
     */
    FenceScsi(List<ScsiDevice> paths, long key, boolean throughPowerLoss, Duration patience) {
        this.paths = List.copyOf(paths);
        this.key = key;
        this.throughPowerLoss = throughPowerLoss;
        this.patience = patience;
    }

    /** Four hexadecimal digits of the MD5 of the cluster's name, then four decimal ones of the node's number. */
    static long key(String cluster, int node) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(cluster.getBytes(StandardCharsets.UTF_8));
            return Long.parseLong(HexFormat.of().formatHex(digest).substring(0, 4) + "%04d".formatted(node), 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Unfences: registers, drops what an earlier life of this node left, reserves when nobody has. */
    void on() {
        registerDevice();
        if (readKeys().count(key) == 0) {
            throw new StepFailure("the key %x is not registered".formatted(key));
        }
        if (!readReservation().isHeld()) {
            // Another node may be quicker; what counts is that there is one.
            afterTest(paths.getFirst(), request(Action.RESERVE, key, 0).command());
        }
        if (!readReservation().isHeld()) {
            throw new StepFailure("there is no reservation");
        }
    }

    /** Fences another node. */
    void off(long victim) {
        if (victim == key) {
            throw new StepFailure("a node cannot fence itself");
        }
        registerDevice();
        if (readKeys().count(victim) > 0) {
            send(paths.getFirst(), request(Action.PREEMPT_AND_ABORT, key, victim));
        }
        if (readKeys().count(victim) > 0) {
            throw new StepFailure("the key %x is still registered".formatted(victim));
        }
        if (!readReservation().isHeld()) {
            throw new StepFailure("there is no reservation any more");
        }
    }

    /** Whether a node is on. */
    boolean status(long node) {
        return readKeys().count(node) > 0;
    }

    /** {@code mpathpersist --release}: READ FULL STATUS says who holds, and RELEASE on every path finds it. */
    void releaseAsMultipath() {
        List<Registered> before = Registered.of(ask(Question.READ_FULL_STATUS, 65_535));
        if (before.stream().noneMatch(each -> each.isHolder() && each.key() == key)) {
            throw new StepFailure("this node does not hold the reservation: " + before);
        }
        for (ScsiDevice path : paths) {
            send(path, request(Action.RELEASE, key, 0));
        }
        if (Registered.of(ask(Question.READ_FULL_STATUS, 65_535)).stream().anyMatch(Registered::isHolder)) {
            throw new StepFailure("the reservation is still there");
        }
    }

    Keys readKeys() {
        return Keys.of(ask(Question.READ_KEYS, KEYS_BYTES));
    }

    Held readReservation() {
        return Held.of(ask(Question.READ_RESERVATION, KEYS_BYTES));
    }

    /**
     * On the first path with a PREEMPT of the own key when that was there: it may stand for sessions that are gone. The
     * preemption takes this registration away too, unless the reservation is this node's.
     */
    private void registerDevice() {
        for (ScsiDevice path : paths) {
            boolean wasThere = readKeys().count(key) > 0;
            send(path, request(Action.REGISTER_AND_IGNORE_EXISTING_KEY, 0, key));
            if (wasThere) {
                if (path == paths.getFirst()) {
                    send(path, request(Action.PREEMPT, key, key));
                }
                if (!readReservation().isHeldBy(key)) {
                    send(path, request(Action.REGISTER_AND_IGNORE_EXISTING_KEY, 0, key));
                }
            }
        }
    }

    private Request request(Action action, long reservationKey, long serviceKey) {
        int type = action.registers() ? 0 : PersistentReserve.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;
        return new Request(action, type, reservationKey, serviceKey, throughPowerLoss && action.registers());
    }

    private void send(ScsiDevice path, Request request) {
        ScsiResult result = afterTest(path, request.command());
        if (!result.isGood()) {
            throw new StepFailure("%s: %s".formatted(request, result));
        }
    }

    private ScsiResult ask(Question question, int allocation) {
        ScsiResult result = afterTest(paths.getFirst(), question.command(allocation));
        if (!result.isGood()) {
            throw new StepFailure("%s: %s".formatted(question, result));
        }
        return result;
    }

    private ScsiResult afterTest(ScsiDevice path, ScsiCommand command) {
        for (int i = 0; i < TRIES && run(path, TEST_UNIT_READY).status() == ScsiStatus.CHECK_CONDITION; i++) {
            // Each takes one unit attention away.
        }
        return run(path, command.withAttribute(TaskAttribute.SIMPLE));
    }

    private ScsiResult run(ScsiDevice path, ScsiCommand command) {
        try {
            return path.execute(command).get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new StepFailure("no answer: " + e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new StepFailure("no answer within " + patience, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepFailure("interrupted", e);
        }
    }
}
