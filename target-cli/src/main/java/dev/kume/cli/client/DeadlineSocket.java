package dev.kume.cli.client;

import dev.kume.core.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A Unix domain socket on which everything together ends at one deadline: a plain blocking socket of this kind has no
 * time-out. One thread.
 */
final class DeadlineSocket extends InputStream implements Connection {
    private final SocketChannel channel;
    private final Selector selector;
    private final Clock clock;
    private final long deadlineNanos;
    private final ByteBuffer input = ByteBuffer.allocate(16_384).flip();

    DeadlineSocket(Path path, Clock clock, Duration timeout) throws IOException {
        this.clock = clock;
        this.deadlineNanos = clock.nanoTime() + timeout.toNanos();
        this.selector = Selector.open();
        this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            // A local connect is decided at once, but for a queue of callers that is full.
            if (!channel.connect(UnixDomainSocketAddress.of(path))) {
                while (!channel.finishConnect()) {
                    await(key, SelectionKey.OP_CONNECT);
                }
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void write(byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        SelectionKey key = channel.keyFor(selector);
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(key, SelectionKey.OP_WRITE);
            }
        }
    }

    @Override
    public InputStream input() {
        return this;
    }

    @Override
    public int read() throws IOException {
        return fill() ? input.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, input.remaining());
        input.get(target, offset, count);
        return count;
    }

    private boolean fill() throws IOException {
        if (input.hasRemaining()) {
            return true;
        }
        SelectionKey key = channel.keyFor(selector);
        input.clear();
        int count = channel.read(input);
        while (count == 0) {
            await(key, SelectionKey.OP_READ);
            count = channel.read(input);
        }
        input.flip();
        return count > 0;
    }

    private void await(SelectionKey key, int operation) throws IOException {
        long millis = (deadlineNanos - clock.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException();
        }
        key.interestOps(operation);
        selector.select(millis);
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        selector.close();
    }
}
