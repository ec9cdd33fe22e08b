package dev.kume.walkthrough;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes TCP connections on and keeps what comes for a while, in both directions, as a longer line would: for kernels
 * without netem. Whatever is measured passes it, so that all is slowed alike.
 */
final class DelayRelay {
    private static final int BUFFERS = 64;
    private static final int BUFFER_BYTES = 128 << 10;

    private final long delayNanos;

    private record Parcel(ByteBuffer data, long dueNanos) {}

    private DelayRelay(long delayNanos) {
        this.delayNanos = delayNanos;
    }

    /**
     * Runs until its standard input ends.
     *
     * @param words the delay of one direction in microseconds, then pairs of {@code ADDRESS:PORT} to listen on and to
     *              connect to
     */
    public static void main(String[] words) throws IOException {
        DelayRelay relay = new DelayRelay(Long.parseLong(words[0]) * 1_000);
        for (int at = 1; at + 1 < words.length; at += 2) {
            relay.open(address(words[at]), address(words[at + 1]));
        }
        System.out.println("ok");
        while (System.in.read() >= 0) {
            // Nobody has anything to say but that it is over.
        }
    }

    static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    private void open(InetSocketAddress local, InetSocketAddress remote) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open().bind(local);
        start("accept " + local, () -> {
            while (true) {
                SocketChannel here = server.accept();
                SocketChannel there = SocketChannel.open(remote);
                here.setOption(StandardSocketOptions.TCP_NODELAY, true);
                there.setOption(StandardSocketOptions.TCP_NODELAY, true);
                pass(here, there);
                pass(there, here);
            }
        });
    }

    /** One direction: a thread that takes and a thread that gives, when the time has come. */
    private void pass(SocketChannel from, SocketChannel to) {
        BlockingQueue<Parcel> onTheWay = new ArrayBlockingQueue<>(BUFFERS);
        BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(BUFFERS);
        for (int i = 0; i < BUFFERS; i++) {
            free.add(ByteBuffer.allocateDirect(BUFFER_BYTES));
        }
        start("take", () -> {
            while (true) {
                ByteBuffer data = free.take().clear();
                boolean more = read(from, data);
                onTheWay.put(new Parcel(data.flip(), System.nanoTime() + delayNanos));
                if (!more) {
                    return;
                }
            }
        });
        start("give", () -> {
            while (true) {
                Parcel parcel = onTheWay.take();
                if (!parcel.data().hasRemaining()) {
                    to.shutdownOutput();
                    return;
                }
                for (long left = left(parcel); left > 0; left = left(parcel)) {
                    LockSupport.parkNanos(left);
                }
                while (parcel.data().hasRemaining()) {
                    to.write(parcel.data());
                }
                free.add(parcel.data());
            }
        });
    }

    private static long left(Parcel parcel) {
        return parcel.dueNanos() - System.nanoTime();
    }

    private static boolean read(SocketChannel from, ByteBuffer data) {
        try {
            return from.read(data) > 0;
        } catch (IOException ended) {
            data.clear();
            return false;
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void start(String name, Work work) {
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException ended) {
                // The connection is gone; whoever made it sees that.
            }
        });
    }
}
