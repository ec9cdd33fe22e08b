package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's view of a flush: the answer is given to the socket only after {@code fdatasync} of the image. */
final class FlushTraceClientIT {
    private static final int BLOCKS = 8;
    private static final byte[] DATA = new byte[BLOCKS * 512];

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need("strace");
    }

    @Test
    void theAnswerLeavesAfterTheFileIsSynchronised() throws Exception {
        Path trace = directory.resolve("trace");
        List<String> strace = List.of(
                "strace",
                "-D",
                "-f",
                "-y",
                "-xx",
                "-s",
                "64",
                "-e",
                "trace=fdatasync,fsync,pwrite64,pwritev,pwritev2,write,writev,sendto,sendmsg",
                "-o",
                trace.toString());
        List<Integer> tags = new ArrayList<>();
        Path file;
        try (RunningDaemon daemon = RunningDaemon.start(directory, "", strace)) {
            String iqn = daemon.provide("traced", "16MB", "vhd");
            file = daemon.file("traced");
            try (RawInitiator session = daemon.login(RunningDaemon.NODE1, iqn)) {
                session.clearUnitAttentions(0);
                for (int i = 0; i < 5; i++) {
                    plainWriteThenDurable(session, i, tags);
                }
                session.logout();
            }
            daemon.stop();
        }
        List<String> lines = awaitEnd(trace);
        for (int i = 0; i < tags.size(); i += 2) {
            between(lines, file, tags.get(i), tags.get(i + 1));
        }
    }

    private static void plainWriteThenDurable(RawInitiator session, int i, List<Integer> tags) throws IOException {
        byte[] write = Cdb.write16(i * 64L, BLOCKS);
        tags.add(good(session, write, DATA));
        tags.add(good(session, Cdb.synchronizeCache(), new byte[0]));
        tags.add(good(session, write, DATA));
        tags.add(good(session, Cdb.writeThrough16(i * 64L, BLOCKS), DATA));
    }

    private static int good(RawInitiator session, byte[] cdb, byte[] data) throws IOException {
        int tag = session.submit(0, cdb, data, 0);
        RawAnswer answer = session.await(tag);
        assertEquals("status 00", answer.outcome());
        return tag;
    }

    /** One command at a time: what synchronised the file between two answers was done for the second. */
    private static void between(List<String> lines, Path file, int writeTag, int durableTag) {
        int from = answerSent(lines, writeTag);
        int to = answerSent(lines, durableTag);
        assertTrue(from < to, "answers out of order");
        boolean synchronised = false;
        List<String> waiting = new ArrayList<>();
        for (String line : lines.subList(from, to)) {
            boolean ofFile = line.contains(hex(file)) || line.contains(file.toString());
            if (line.matches("\\d+ +f(data)?sync\\(.*\\) += 0.*") && ofFile) {
                synchronised = true;
            } else if (line.matches("\\d+ +f(data)?sync\\(.*<unfinished \\.\\.\\.>") && ofFile) {
                waiting.add(line.split(" ")[0]);
            } else if (line.matches("\\d+ +<\\.\\.\\. f(data)?sync resumed>.* = 0.*")) {
                synchronised |= waiting.remove(line.split(" ")[0]);
            }
        }
        assertTrue(
                synchronised,
                () -> "no fdatasync of %s returned before the answer to tag %d was sent:\n%s"
                        .formatted(file, durableTag, String.join("\n", lines.subList(from, to + 1))));
    }

    /** The line at which the SCSI Response for this tag is handed to the kernel. */
    private static int answerSent(List<String> lines, int tag) {
        String response = hex(new byte[] {0x21, (byte) 0x80, 0, 0});
        byte[] bytes = {(byte) (tag >> 24), (byte) (tag >> 16), (byte) (tag >> 8), (byte) tag};
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            int at = line.indexOf(response);
            // Each byte is four characters of \xNN; the initiator task tag stands at byte 16 of the header.
            if (at > 0 && line.startsWith(hex(bytes), at + 16 * 4) && !line.contains(" resumed>")) {
                return i;
            }
        }
        return fail("the trace holds no answer for tag " + tag + " in " + lines.size() + " lines");
    }

    private static String hex(Path file) {
        return hex(file.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte value : bytes) {
            text.append("\\x%02x".formatted(value));
        }
        return text.toString();
    }

    /** The tracer is a process of its own and writes its last lines after the daemon's end. */
    private static List<String> awaitEnd(Path trace) throws IOException, InterruptedException {
        long end = System.nanoTime() + 5_000_000_000L;
        List<String> lines = List.of();
        while (System.nanoTime() < end) {
            lines = Files.readAllLines(trace, StandardCharsets.ISO_8859_1);
            if (lines.stream().anyMatch(line -> line.contains("+++ exited with 0 +++"))) {
                break;
            }
            Thread.sleep(50);
        }
        return lines;
    }
}
