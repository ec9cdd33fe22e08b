package dev.kume.protocol.simulation;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection: bytes in order in both directions, cut at any place, late, through buffers of a bounded size. It
 * ends by a FIN, by a reset, or by silence.
 */
final class Wire {
    /** The initiator's end. */
    interface Peer {
        void onBytes(byte[] bytes);

        /** The target has closed, or the connection was reset. */
        void onClosed();
    }

    private static final long DELAY_NANOS_MAX = 2_000_000;

    private final World world;
    private final Peer peer;
    final int outRoomBytes;
    private final ArrayDeque<byte[]> arrived = new ArrayDeque<>();
    private int arrivedOffset;
    private final Bytes toPeer = new Bytes();
    private @Nullable SimulatedChannel channel;
    private long lastArrivalNanos;
    private boolean finArrived;
    private boolean resetArrived;
    private boolean silent;
    private boolean peerGone;
    private boolean targetClosed;
    private boolean handing;
    private boolean dead;

    Wire(World world, Peer peer) {
        this.world = world;
        this.peer = peer;
        outRoomBytes = 1 << 11 + world.random.nextInt(9);
    }

    void channel(SimulatedChannel accepted) {
        channel = accepted;
    }

    // ---- the initiator's end ----------------------------------------------------------------------------------------

    void send(byte[] bytes) {
        int from = 0;
        while (from < bytes.length) {
            int most = world.oneIn(3) ? 64 : bytes.length;
            int length = Math.min(bytes.length - from, 1 + world.random.nextInt(most));
            byte[] segment = new byte[length];
            System.arraycopy(bytes, from, segment, 0, length);
            from += length;
            inOrder(() -> arrived.add(segment));
        }
    }

    /** The initiator closes: what it has sent still arrives. */
    void close() {
        peerGone = true;
        inOrder(() -> finArrived = true);
    }

    /** The connection is reset: what was underway is lost. */
    void reset() {
        peerGone = true;
        inOrder(() -> {
            arrived.clear();
            arrivedOffset = 0;
            resetArrived = true;
        });
    }

    /** The initiator's host dies: no byte, no FIN, ever again. */
    void fallSilent() {
        peerGone = true;
        silent = true;
    }

    private void inOrder(Runnable arrival) {
        long delay = world.oneIn(4) ? DELAY_NANOS_MAX : DELAY_NANOS_MAX / 40;
        long at = Math.max(lastArrivalNanos, world.nanoTime() + world.random.nextLong(delay));
        lastArrivalNanos = at;
        world.after(at - world.nanoTime(), TimeUnit.NANOSECONDS, () -> {
            if (!silent && !targetClosed) {
                arrival.run();
                readable();
            }
        });
    }

    private void readable() {
        SimulatedChannel to = channel;
        if (to != null) {
            to.readable();
        }
    }

    // ---- the target's end -------------------------------------------------------------------------------------------

    boolean hasInput() {
        return !arrived.isEmpty() || finArrived || resetArrived;
    }

    boolean wasReset() {
        return resetArrived;
    }

    /** At most {@code bytesMax} of what has arrived; null when that was all before a FIN. */
    byte @Nullable [] take(int bytesMax) {
        byte[] first = arrived.peek();
        if (first == null) {
            return null;
        }
        Bytes taken = new Bytes();
        while (first != null && taken.size() < bytesMax) {
            int length = Math.min(bytesMax - taken.size(), first.length - arrivedOffset);
            taken.add(first, arrivedOffset, length);
            arrivedOffset += length;
            if (arrivedOffset == first.length) {
                arrived.remove();
                arrivedOffset = 0;
            }
            first = arrived.peek();
        }
        return taken.take(taken.size());
    }

    int room() {
        return outRoomBytes - toPeer.size();
    }

    void written(byte[] bytes) {
        if (!dead) {
            toPeer.add(bytes, 0, bytes.length);
            hand();
        }
    }

    private void hand() {
        if (handing || silent || (toPeer.size() == 0 && !targetClosed)) {
            return;
        }
        handing = true;
        world.soon(DELAY_NANOS_MAX, () -> {
            handing = false;
            if (silent) {
                return;
            }
            if (toPeer.size() > 0) {
                byte[] some = toPeer.take(1 + world.random.nextInt(toPeer.size()));
                if (!peerGone) {
                    peer.onBytes(some);
                }
                SimulatedChannel from = channel;
                if (from != null) {
                    from.writable();
                }
                hand();
            } else if (!peerGone) {
                peerGone = true;
                peer.onClosed();
            }
        });
    }

    void targetClosed() {
        targetClosed = true;
        channel = null;
        hand();
    }

    /** The target's host lost its power: the initiator learns it by a reset, sooner or later. */
    void targetDied() {
        if (targetClosed) {
            return;
        }
        dead = true;
        targetClosed = true;
        channel = null;
        toPeer.take(toPeer.size());
        hand();
    }

    @Override
    public String toString() {
        return "%d pieces arrived%s%s%s%s, %d bytes to the initiator"
                .formatted(
                        arrived.size(),
                        finArrived ? ", FIN" : "",
                        resetArrived ? ", reset" : "",
                        silent ? ", silent" : "",
                        targetClosed ? ", closed by the target" : "",
                        toPeer.size());
    }

    boolean isTargetClosed() {
        return targetClosed;
    }
}
