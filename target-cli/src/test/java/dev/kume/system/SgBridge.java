package dev.kume.system;

import dev.kume.core.scsi.TaskAttribute;
import dev.kume.protocol.initiator.RemoteUnit;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiDevice;
import dev.kume.protocol.initiator.ScsiResult;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Units behind sessions of the built-in initiator as devices for programs that send SCSI commands with {@code SG_IO}:
 * the other end of {@code sg_bridge.c}, which these programs are run with.
 */
final class SgBridge implements AutoCloseable {
    private static final int OUT = 1;
    private static final int IN = 2;
    private static final int DATA_BYTES_MAX = 1 << 20;

    private final Path library;
    private final Path folder;
    private final List<ServerSocketChannel> servers = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();

    /** Compiles the library. The folder has to have a short name, for it will have sockets in it. */
    SgBridge(Path folder) {
        this.folder = folder;
        library = folder.resolve("sg_bridge.so");
        Path source = Clients.checkout().resolve(Path.of("target-cli", "src", "test", "native", "sg_bridge.c"));
        Program.run(
                        Duration.ofMinutes(1),
                        "cc",
                        "-shared",
                        "-fPIC",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-o",
                        library.toString(),
                        source.toString())
                .outOfSuccess();
    }

    /** One more device; what is opened by this path talks to this unit. */
    Path device(String name, RemoteUnit unit) throws IOException {
        Path device = Files.createFile(folder.resolve(name));
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve(name + ".sock")));
        servers.add(server);
        Thread.ofVirtual().name("sg-" + name).start(() -> accept(server, unit));
        return device;
    }

    /** What programs need in their environment to see the devices. */
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "KUME_SG_FOLDER", folder.toString());
    }

    Program.Result run(Object... words) {
        return Program.run(Duration.ofSeconds(20), environment(), Program.words(words));
    }

    /** What went wrong here. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    private void accept(ServerSocketChannel server, ScsiDevice unit) {
        try {
            while (true) {
                SocketChannel opened = server.accept();
                Thread.ofVirtual().start(() -> serve(opened, unit));
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    private void serve(SocketChannel opened, ScsiDevice unit) {
        try (opened) {
            DataInputStream in = new DataInputStream(Channels.newInputStream(opened));
            while (true) {
                ByteBuffer head = read(in, 12);
                byte[] cdb = read(in, head.getInt(0)).array();
                int direction = head.getInt(4);
                int length = direction == 0 ? 0 : head.getInt(8);
                ByteBuffer out = direction == OUT ? read(in, length) : ByteBuffer.allocate(0);
                ScsiCommand command = new ScsiCommand(0, cdb, TaskAttribute.SIMPLE, out, direction == IN ? length : 0);
                answer(opened, unit.execute(command).get(15, TimeUnit.SECONDS), out.remaining());
            }
        } catch (EOFException closed) {
            // The program has ended.
        } catch (IOException | ExecutionException | TimeoutException | InterruptedException e) {
            complaints.add(e.toString());
        }
    }

    private static ByteBuffer read(DataInputStream in, int length) throws IOException {
        if (length < 0 || length > DATA_BYTES_MAX) {
            throw new IOException("a length of " + length);
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    private static void answer(SocketChannel opened, ScsiResult result, int sent) throws IOException {
        byte[] sense = result.sense();
        ByteBuffer data = result.dataIn();
        ByteBuffer answer =
                ByteBuffer.allocate(12 + sense.length + data.remaining()).order(ByteOrder.nativeOrder());
        answer.putInt(result.status()).putInt(sense.length).putInt(sent > 0 ? sent : data.remaining());
        answer.put(sense).put(data).flip();
        while (answer.hasRemaining()) {
            opened.write(answer);
        }
    }

    @Override
    public void close() throws IOException {
        for (ServerSocketChannel server : servers) {
            server.close();
        }
    }
}
