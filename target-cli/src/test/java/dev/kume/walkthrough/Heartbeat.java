package dev.kume.walkthrough;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells the other node again and again that this one lives, and notices when the other one says nothing any more. Two
 * threads of its own.
 */
final class Heartbeat {
    private final DatagramSocket socket;
    private final InetSocketAddress peer;
    private final Duration interval;
    private final Duration patience;
    private final Watcher watcher;

    /** Hears of the other node, on the thread that listens. */
    interface Watcher {
        void onSeen();

        /** @param silentSinceNanos when the other node was heard last */
        void onLost(long silentSinceNanos);
    }

    /**
     * @param interval between two beats
     * @param patience how long the other node may be silent
     */
    Heartbeat(InetSocketAddress local, InetSocketAddress peer, Duration interval, Duration patience, Watcher watcher)
            throws IOException {
        this.peer = peer;
        this.interval = interval;
        this.patience = patience;
        this.watcher = watcher;
        socket = new DatagramSocket(local);
        Thread.ofPlatform().daemon().name("beat").start(this::beat);
        Thread.ofPlatform().daemon().name("listen").start(this::listen);
    }

    /** Says nothing and hears nothing any more. */
    void close() {
        socket.close();
    }

    private void beat() {
        DatagramPacket packet = new DatagramPacket(new byte[] {1}, 1, peer);
        while (!socket.isClosed()) {
            try {
                socket.send(packet);
            } catch (IOException gone) {
                // The link is down or the other node is: the next beat may arrive.
            }
            LockSupport.parkNanos(interval.toNanos());
        }
    }

    private void listen() {
        DatagramPacket packet = new DatagramPacket(new byte[16], 16);
        boolean seen = false;
        long heardNanos = 0;
        while (true) {
            try {
                long silentNanos = seen ? System.nanoTime() - heardNanos : 0;
                long leftMillis = Math.max(1, patience.minusNanos(silentNanos).toMillis());
                socket.setSoTimeout((int) leftMillis);
                socket.receive(packet);
                heardNanos = System.nanoTime();
                if (!seen) {
                    seen = true;
                    watcher.onSeen();
                }
            } catch (SocketTimeoutException silence) {
                if (seen && System.nanoTime() - heardNanos >= patience.toNanos()) {
                    seen = false;
                    watcher.onLost(heardNanos);
                }
            } catch (IOException broken) {
                if (socket.isClosed()) {
                    return;
                }
                throw new UncheckedIOException("no more heartbeats", broken);
            }
        }
    }
}
