package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.scsi.command.Commands;
import dev.kume.protocol.trace.ConnectionTrace;
import dev.kume.protocol.trace.PduFields;
import dev.kume.protocol.trace.RecordedPdu;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TraceFilesTest {
    private static final long SECOND = 1_000_000_000;

    @TempDir
    private Path state;

    private long nowNanos;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final Clock clock = new Clock() {
        @Override
        public long nanoTime() {
            return nowNanos;
        }

        @Override
        public Instant now() {
            return Instant.parse("2026-11-23T07:00:00Z").plusNanos(nowNanos);
        }
    };

    @Test
    void anErrorBecomesOneFileThatSaysAll() throws IOException {
        TraceFiles traces = traces(Map.of());
        String file = traces.keep("protocol error: x", true, () -> trace(7, 2));
        assertEquals(state.resolve("traces/session-20261123T070000Z-7.json").toString(), file);
        assertFalse(Files.exists(state.resolve("traces")), "the caller's thread writes nothing");
        writeAll();
        JsonNode tree = new JsonMapper().readTree(Files.readAllBytes(Path.of(file)));
        assertEquals("protocol error: x", tree.path("reason").asText());
        assertEquals(7, tree.path("session").asInt());
        assertEquals("10.0.0.1:50000", tree.path("address").asText());
        assertEquals(2, tree.path("pdus").size());
        assertEquals("NOP-Out", tree.path("pdus").path(0).path("name").asText());
        assertEquals(96, tree.path("pdus").path(0).path("header").asText().length());
    }

    @Test
    void whoMakesErrorsAllTheTimeGetsOneFileASecond() throws IOException {
        TraceFiles traces = traces(Map.of());
        assertNotNull(traces.keep("x", true, () -> trace(1, 1)));
        writeAll();
        for (int i = 0; i < 1_000; i++) {
            nowNanos += SECOND / 1_001;
            assertNull(traces.keep("x", true, () -> fail("a trace that is not kept is not made")));
        }
        nowNanos = SECOND;
        assertNotNull(traces.keep("x", true, () -> trace(2, 1)));
        writeAll();
        assertEquals(List.of("session-20261123T070000Z-1.json", "session-20261123T070001Z-2.json"), names());
    }

    @Test
    void aDiskThatHangsGetsNoSecondFileOfThatKind() {
        TraceFiles traces = traces(Map.of());
        assertNotNull(traces.keep("x", true, () -> trace(1, 1)));
        nowNanos += 100 * SECOND;
        assertNull(traces.keep("x", true, () -> fail("a trace that is not kept is not made")));
        assertEquals(1, waiting.size());
    }

    @Test
    void strangersPushNoSessionsTraceOut() throws IOException {
        TraceFiles traces = traces(Map.of(Limit.TRACE_FILES, 2L));
        traces.keep("x", true, () -> trace(1, 1));
        writeAll();
        for (int id = 2; id < 20; id++) {
            nowNanos += SECOND;
            long stranger = id;
            assertNotNull(traces.keep("x", false, () -> trace(stranger, 1)));
            writeAll();
        }
        assertEquals(
                List.of(
                        "login-20261123T070017Z-18.json",
                        "login-20261123T070018Z-19.json",
                        "session-20261123T070000Z-1.json"),
                names());
    }

    @Test
    void theOldestGoWhenTheirBytesAreTooMany() throws IOException {
        TraceFiles traces = traces(Map.of(Limit.TRACE_FILE_BYTES, 4_194_304L));
        for (int id = 1; id <= 5; id++) {
            long session = id;
            assertNotNull(traces.keep("x", true, () -> trace(session, 4_096)));
            writeAll();
            nowNanos += SECOND;
        }
        long bytes = 0;
        for (String name : names()) {
            bytes += Files.size(state.resolve("traces").resolve(name));
        }
        assertTrue(bytes > 2_000_000 && bytes <= 4_194_304, bytes + " bytes");
        assertEquals("session-20261123T070004Z-5.json", names().getLast());
        assertTrue(names().size() < 5, "some are gone");
    }

    @Test
    void theLargestTraceThereCanBeFitsIntoTheSmallestLimit() throws IOException {
        for (int opcode = 0; opcode < 64; opcode++) {
            byte[] header = new byte[48];
            Arrays.fill(header, (byte) 0xFE);
            header[0] = (byte) (0x40 | opcode);
            RecordedPdu pdu = new RecordedPdu(Long.MAX_VALUE, true, false, header, new byte[32]);
            ConnectionTrace trace = trace(1, Collections.nCopies((int) Limit.RECORDED_PDUS.max(), pdu));
            String file = traces(Map.of()).keep("x", true, () -> trace);
            writeAll();
            assertNotNull(file);
            long bytes = Files.size(Path.of(file));
            assertTrue(bytes < Limit.TRACE_FILE_BYTES.min(), "opcode " + opcode + ": " + bytes + " bytes");
        }
    }

    @Test
    void withoutFilesNothingIsKept() {
        TraceFiles traces = traces(Map.of(Limit.TRACE_FILES, 0L));
        assertNull(traces.keep("x", true, () -> fail("a trace that is not kept is not made")));
        assertEquals(0, waiting.size());
    }

    @Test
    void aDaemonThatStopsKeepsNoMore() {
        TraceFiles traces = new TraceFiles(
                state.resolve("traces"),
                clock,
                job -> {
                    throw new RejectedExecutionException();
                },
                Limits.DEFAULTS,
                new PduFields(Commands.table()));
        assertNull(traces.keep("x", true, () -> trace(1, 1)));
    }

    @Test
    void aDirectoryThatCannotBeMadeHarmsNobody() throws IOException {
        Files.writeString(state.resolve("traces"), "a file");
        TraceFiles traces = traces(Map.of());
        assertNotNull(traces.keep("x", true, () -> trace(1, 1)));
        writeAll();
        nowNanos += SECOND;
        Files.delete(state.resolve("traces"));
        assertNotNull(traces.keep("x", true, () -> trace(2, 1)));
        writeAll();
        assertEquals(List.of("session-20261123T070001Z-2.json"), names());
    }

    private TraceFiles traces(Map<Limit, Long> limits) {
        return new TraceFiles(
                state.resolve("traces"), clock, waiting::add, Limits.of(limits), new PduFields(Commands.table()));
    }

    private void writeAll() {
        while (!waiting.isEmpty()) {
            waiting.poll().run();
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(state.resolve("traces"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static ConnectionTrace trace(long id, int pdus) {
        return trace(id, Collections.nCopies(pdus, new RecordedPdu(5, true, false, new byte[48], new byte[0])));
    }

    private static ConnectionTrace trace(long id, List<RecordedPdu> pdus) {
        return new ConnectionTrace(
                id,
                Instant.parse("2026-11-23T06:00:00Z"),
                new InetSocketAddress("10.0.0.1", 50_000),
                new InetSocketAddress("10.0.0.2", 3260),
                "iqn.1991-05.com.microsoft:hv-node1",
                null,
                pdus.size(),
                pdus);
    }
}
