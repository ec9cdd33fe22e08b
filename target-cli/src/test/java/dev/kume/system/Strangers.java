package dev.kume.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections that never log in: half of them say nothing, half say their Login Request a byte at a time. */
final class Strangers implements AutoCloseable {
    private static final int PER_ADDRESS = 50;
    private final List<SocketChannel> silent = new ArrayList<>();
    private final List<SocketChannel> slow = new ArrayList<>();
    private final byte[] login;
    private int said;

    /** @param login a whole Login Request, of which the slow ones never say the last byte */
    Strangers(byte[] login) {
        this.login = login;
    }

    /** So many of each kind, from addresses of their own of the network 127.0.{@code network}.0/24. */
    Strangers connect(InetSocketAddress portal, int network, int ofEach) throws IOException {
        for (int i = 0; i < 2 * ofEach; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.bind(new InetSocketAddress(
                    InetAddress.getByName("127.0.%d.%d".formatted(network, 1 + i / PER_ADDRESS)), 0));
            channel.connect(portal);
            channel.configureBlocking(false);
            (i % 2 == 0 ? silent : slow).add(channel);
        }
        return this;
    }

    /** Each slow one says its next byte. */
    void sayOneByte() throws IOException {
        if (said < login.length - 1) {
            for (SocketChannel channel : slow) {
                try {
                    channel.write(ByteBuffer.wrap(login, said, 1));
                } catch (IOException refused) {
                    // The target has closed it; counted by whoever asks.
                }
            }
            said++;
        }
    }

    /** How many the target has not closed. */
    int open() throws IOException {
        int open = 0;
        ByteBuffer byteBuffer = ByteBuffer.allocate(1);
        for (List<SocketChannel> each : List.of(silent, slow)) {
            for (SocketChannel channel : each) {
                try {
                    open += channel.read(byteBuffer.clear()) < 0 ? 0 : 1;
                } catch (IOException reset) {
                    // It is closed.
                }
            }
        }
        return open;
    }

    @Override
    public void close() throws IOException {
        for (List<SocketChannel> each : List.of(silent, slow)) {
            for (SocketChannel channel : each) {
                channel.close();
            }
        }
    }
}
