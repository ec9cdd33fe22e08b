package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A node that floods a disk with writes at queue depth 32, each with a higher stamp than the one before: with immediate
 * data, with R2T, with both, in several sizes. Some R2Ts are left unanswered for a while, so that there are always
 * writes that wait for their data.
 */
final class StampFlood implements Runnable {
    static final int DEPTH = 32;
    static final int SLOT_BYTES = 256 * 1024;
    private static final int[] SIZES = {512, 512, 4096, 4096, 65_536, 100 * 1024, 200 * 1024};
    private static final int LEFT_UNANSWERED = 4;

    private record Write(WirePdu command, int slot, byte[] data) {}

    private final RawInitiator node;
    private final Set<Integer> forgotten;
    private final RandomGenerator random;
    private final Map<Integer, Write> outstanding = new HashMap<>();
    private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();
    private final ArrayDeque<WirePdu> unanswered = new ArrayDeque<>();
    private long stamp;

    /** Statuses and sense of the writes that were not carried out, as text. */
    final List<String> refusals = new ArrayList<>();

    volatile int good;

    /** Another command that the node is to send in the midst of its writes. */
    private volatile @Nullable Function<RawInitiator, WirePdu> extra;

    private @Nullable WirePdu extraSent;
    private volatile @Nullable Runnable extraAnswered;
    private final CompletableFuture<Void> extraDone = new CompletableFuture<>();
    private volatile boolean freezes;
    private volatile boolean frozen;
    private volatile boolean ends;

    /** The session was cut, which is right when the initiator was denied. */
    volatile boolean cut;

    /**
     * @param forgotten tags of writes of earlier floods that were never answered: they were aborted, or their answer
     *                  still comes
     */
    StampFlood(RawInitiator node, Set<Integer> forgotten, RandomGenerator random, long firstStamp) {
        this.node = node;
        this.forgotten = forgotten;
        this.random = random;
        this.stamp = firstStamp;
        for (int slot = 0; slot < DEPTH; slot++) {
            freeSlots.add(slot);
        }
    }

    long stamp() {
        return stamp;
    }

    /** From now on the node neither reads nor sends. */
    void freeze() {
        freezes = true;
    }

    boolean isFrozen() {
        return frozen;
    }

    /**
     * Sends this command in the midst.
     *
     * @param then runs in the node's thread as soon as GOOD is there
     * @return completes then
     */
    CompletableFuture<Void> send(Function<RawInitiator, WirePdu> command, Runnable then) {
        extraAnswered = then;
        extra = command;
        return extraDone;
    }

    /** The fence is up: the node sends all data that it owes, 32 writes more, and hears what comes of them. */
    void end() {
        ends = true;
    }

    @Override
    public void run() {
        try {
            while (!ends) {
                if (freezes) {
                    frozen = true;
                    Thread.onSpinWait();
                } else {
                    flood();
                }
            }
            lastWrites();
        } catch (UncheckedIOException closed) {
            cut = true;
        } catch (AssertionError wrong) {
            extraDone.completeExceptionally(wrong);
            throw wrong;
        }
    }

    private void flood() {
        Function<RawInitiator, WirePdu> asked = extra;
        if (asked != null) {
            extra = null;
            WirePdu command = asked.apply(node);
            extraSent = command;
            node.send(command);
        }
        while (!freeSlots.isEmpty() && node.maxCmdSn - node.cmdSn >= 0) {
            write();
        }
        if (node.readable(1)) {
            hear(node.receive());
        }
        while (unanswered.size() > LEFT_UNANSWERED) {
            answer(unanswered.poll());
        }
    }

    private void write() {
        int slot = freeSlots.remove();
        int bytes = SIZES[random.nextInt(SIZES.length)];
        byte[] data = new byte[bytes];
        long next = ++stamp;
        for (int at = 0; at < bytes; at += 512) {
            ByteBuffer.wrap(data).putLong(at, next);
        }
        int kind = random.nextInt(3);
        int immediate = kind == 0 ? 0 : kind == 1 ? Math.min(bytes, 65_536) : Math.min(bytes, 4096);
        WirePdu command = node.write(slot * SLOT_BYTES / 512, bytes / 512).with(Arrays.copyOf(data, immediate));
        outstanding.put(command.initiatorTaskTag(), new Write(command, slot, data));
        node.send(command);
    }

    private void hear(WirePdu pdu) {
        WirePdu asked = extraSent;
        if (asked != null && pdu.initiatorTaskTag() == asked.initiatorTaskTag()) {
            assertEquals(0, pdu.status(), pdu::toString);
            extraSent = null;
            Runnable then = extraAnswered;
            if (then != null) {
                then.run();
                extraDone.complete(null);
            }
        } else if (pdu.opcode() == WirePdu.R2T) {
            unanswered.add(pdu);
        } else if (pdu.opcode() != WirePdu.ASYNC_MESSAGE) {
            assertEquals(WirePdu.SCSI_RESPONSE, pdu.opcode(), pdu::toString);
            if (forgotten.remove(pdu.initiatorTaskTag())) {
                return;
            }
            Write write = outstanding.remove(pdu.initiatorTaskTag());
            assertTrue(write != null, () -> "an answer to nothing: " + pdu);
            freeSlots.add(write.slot());
            if (pdu.status() == 0) {
                good++;
            } else {
                refusals.add("%02x %s".formatted(pdu.status(), pdu.sense()).strip());
            }
        }
    }

    private void answer(WirePdu r2t) {
        Write write = outstanding.get(r2t.initiatorTaskTag());
        if (write != null) {
            node.answerR2t(r2t, write.data());
        }
    }

    private void lastWrites() {
        // What is not answered by now was aborted without a word, or waits in the disk's queue to be told of the fence.
        do {
            unanswered.forEach(this::answer);
            unanswered.clear();
            hearAll();
        } while (!unanswered.isEmpty());
        outstanding.values().forEach(write -> freeSlots.add(write.slot()));
        forgotten.addAll(outstanding.keySet());
        outstanding.clear();
        refusals.clear();
        int goodBefore = good;
        for (int i = 0; i < DEPTH; i++) {
            write();
        }
        hearAll();
        assertEquals(goodBefore, good, "a write behind the fence was carried out");
        assertEquals(DEPTH, refusals.size(), () -> "answers: " + refusals);
    }

    private void hearAll() {
        node.ping();
        while (node.readable(1)) {
            WirePdu pdu = node.receive();
            hear(pdu);
        }
    }
}
