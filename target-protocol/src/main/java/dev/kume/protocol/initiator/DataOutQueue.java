package dev.kume.protocol.initiator;

import dev.kume.protocol.pdu.PduHeader;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Write data on its way: unsolicited data in the order of its commands, and what R2Ts asked for. It leaves only as fast
 * as the network takes it. Loop only.
 */
final class DataOutQueue {
    private final Channel channel;
    private final RequestWriter writer;
    private final int segmentBytesMax;
    private final Deque<Burst> bursts = new ArrayDeque<>();

    /** One sequence of Data-Out PDUs. */
    private static final class Burst {
        private final InitiatorTask task;
        private final int transferTag;
        private final int endBytes;
        private int atBytes;
        private int dataSn;

        private Burst(InitiatorTask task, int transferTag, int fromBytes, int endBytes) {
            this.task = task;
            this.transferTag = transferTag;
            this.atBytes = fromBytes;
            this.endBytes = endBytes;
        }
    }

    /** @param segmentBytesMax the longest data segment that the target takes */
    DataOutQueue(Channel channel, RequestWriter writer, int segmentBytesMax) {
        this.channel = channel;
        this.writer = writer;
        this.segmentBytesMax = segmentBytesMax;
    }

    void unsolicited(InitiatorTask task, int fromBytes, int endBytes) {
        bursts.add(new Burst(task, PduHeader.NO_TAG, fromBytes, endBytes));
    }

    void solicited(InitiatorTask task, int transferTag, int fromBytes, int endBytes) {
        bursts.add(new Burst(task, transferTag, fromBytes, endBytes));
    }

    /** The task has ended: nobody waits for its data. */
    void forget(InitiatorTask task) {
        bursts.removeIf(burst -> burst.task == task);
    }

    boolean isEmpty() {
        return bursts.isEmpty();
    }

    /** Sends what the network takes. */
    void pump() {
        Burst burst = bursts.peek();
        while (burst != null && channel.isWritable()) {
            int bytes = Math.min(segmentBytesMax, burst.endBytes - burst.atBytes);
            boolean isFinal = burst.atBytes + bytes == burst.endBytes;
            writer.dataOut(burst.task, burst.transferTag, burst.dataSn, burst.atBytes, bytes, isFinal);
            burst.task.sent(bytes);
            burst.atBytes += bytes;
            burst.dataSn++;
            if (isFinal) {
                bursts.remove();
                if (burst.transferTag != PduHeader.NO_TAG) {
                    burst.task.burstEnded();
                }
                burst = bursts.peek();
            }
        }
    }
}
