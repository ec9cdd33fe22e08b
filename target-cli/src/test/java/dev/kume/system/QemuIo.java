package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** One {@code qemu-io} that lives through many rounds: its initiator (libiscsi) has to reconnect by itself. */
final class QemuIo implements AutoCloseable {
    private static final long BASE_BYTES = 32L << 20;
    private static final int WRITES = 12;
    private static final String PROMPT = "qemu-io> ";
    private static final long LIMIT_NANOS = 60_000_000_000L;

    private final Process process;
    private final OutputStream commands;
    private final Path output;
    private final AtomicReference<Throwable> trouble = new AtomicReference<>();
    private Thread writes;
    private int sent;

    QemuIo(String imageOptions, Path directory) throws IOException {
        output = directory.resolve("qemu-io.log");
        process = new ProcessBuilder("stdbuf", "-oL", "qemu-io", "--image-opts", imageOptions)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        commands = process.getOutputStream();
    }

    /** Starts writes and flushes of this round's pattern, which a kill may interrupt. */
    void startRound(int round) {
        writes = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < WRITES; i++) {
                    command("write -P %d %d 64k".formatted(round, offset(round, i)));
                    command("flush");
                }
            } catch (IOException | InterruptedException | AssertionError e) {
                trouble.set(e);
            }
        });
    }

    /** All of the round must get done, reconnecting as often as need be, and read back. */
    void expectRound(int round) throws IOException, InterruptedException {
        writes.join();
        assertEquals(null, trouble.get(), () -> "round " + round + ":\n" + text());
        for (int i = 0; i < WRITES; i++) {
            command("read -P %d %d 64k".formatted(round, offset(round, i)));
        }
        assertEquals(round * WRITES, count("wrote 65536/65536"), this::text);
        assertEquals(round * WRITES, count("read 65536/65536"), this::text);
        // "Pattern verification failed" and the words of errno are what qemu-io says when all is not well.
        assertFalse(text().matches("(?is).*(failed|error|invalid).*"), this::text);
    }

    private static long offset(int round, int i) {
        return BASE_BYTES + ((long) round * WRITES + i) * 65_536;
    }

    /** One line at a time: qemu-io reads ahead and then sleeps on what it already has. */
    private void command(String line) throws IOException, InterruptedException {
        awaitPrompt();
        commands.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        commands.flush();
        sent++;
        awaitPrompt();
    }

    private void awaitPrompt() throws InterruptedException {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (count(PROMPT) <= sent) {
            assertTrue(process.isAlive(), () -> "qemu-io ended:\n" + text());
            assertTrue(System.nanoTime() < end, () -> "qemu-io does not go on:\n" + text());
            Thread.sleep(2);
        }
    }

    private int count(String words) {
        return text().split(java.util.regex.Pattern.quote(words), -1).length - 1;
    }

    private String text() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return fail(e);
        }
    }

    int quit() throws IOException, InterruptedException {
        awaitPrompt();
        commands.write("quit\n".getBytes(StandardCharsets.US_ASCII));
        commands.flush();
        assertTrue(process.waitFor(10, TimeUnit.SECONDS), "qemu-io does not quit");
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
