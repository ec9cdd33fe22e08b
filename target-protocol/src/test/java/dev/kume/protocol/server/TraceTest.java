package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.trace.ConnectionTrace;
import dev.kume.protocol.trace.PduFields;
import dev.kume.protocol.trace.RecordedPdu;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The flight recorder in a server: what it sees, what it never sees, and when it is written down. */
final class TraceTest {
    private static final String SECRET = "0xC0FFEE-secret!";

    private record Kept(String why, boolean loggedIn, ConnectionTrace trace) {}

    private final BlockingQueue<Kept> kept = new LinkedBlockingQueue<>();

    @Test
    void aSessionIsRecordedFromItsFirstLoginRequestOn() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            initiator.ping();
            ConnectionTrace trace = onlyTrace(rig);
            List<String> names = trace.pdus().stream().map(PduFields::name).toList();
            assertEquals("Login Request", names.getFirst());
            assertEquals("Login Response", names.get(1));
            assertEquals(List.of("NOP-Out", "NOP-In"), names.subList(names.size() - 2, names.size()));
            assertEquals(trace.seen(), names.size());
            assertEquals(RawInitiator.NAME, trace.initiatorName());
            assertEquals(RawInitiator.TARGET, trace.targetName());
            assertEquals(initiator.socket.getLocalPort(), trace.peer().getPort());
            long[] times = trace.pdus().stream().mapToLong(RecordedPdu::atNanos).toArray();
            long[] sorted = times.clone();
            Arrays.sort(sorted);
            assertTrue(Arrays.equals(sorted, times), "times go forward");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"None", "CRC32C"})
    void aCheckConditionHasItsSenseData(String digest) throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("HeaderDigest=" + digest, "DataDigest=" + digest);
            initiator.send(initiator.read(Integer.MAX_VALUE, 1));
            assertEquals("052100", initiator.receive().sense());
            RecordedPdu last = onlyTrace(rig).pdus().getLast();
            assertEquals(Opcode.SCSI_RESPONSE, last.bhs().opcode());
            assertEquals(20, last.extra().length);
            assertEquals(5, last.extra()[4]);
            assertEquals(0x21, last.extra()[14]);
        }
    }

    @Test
    void neitherTextNorDataIsEverInATrace() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("X-org.example.secret=" + SECRET, "InitiatorAlias=" + SECRET);
            byte[] block = (SECRET.repeat(32)).getBytes(StandardCharsets.US_ASCII);
            initiator.send(initiator.write(5, 1).with(block));
            assertEquals(0, initiator.receive().status());
            initiator.send(initiator.read(5, 1));
            assertTrue(new String(initiator.receive().data(), StandardCharsets.US_ASCII).contains(SECRET));
            initiator.send(initiator.nopOut(block));
            assertTrue(new String(initiator.receive().data(), StandardCharsets.US_ASCII).contains(SECRET));
            ConnectionTrace trace = onlyTrace(rig);
            for (RecordedPdu pdu : trace.pdus()) {
                assertFalse(holds(pdu.header(), "0xC0") || holds(pdu.extra(), "0xC0"), PduFields.name(pdu));
            }
        }
    }

    private static boolean holds(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(text);
    }

    @Test
    void aProtocolErrorKeepsTheTraceWithThePduThatBrokeTheRule() throws Exception {
        try (Rig rig = Rig.with(Limit.MAX_RECV_DATA_SEGMENT_BYTES, 8192)) {
            keepTraces(rig);
            RawInitiator initiator = rig.session();
            initiator.sendBytes(Arrays.copyOf(initiator.bytes(initiator.nopOut(new byte[8193])), 48));
            initiator.expectClosed();
            Kept only = kept.poll(5, TimeUnit.SECONDS);
            assertTrue(only != null && only.loggedIn(), "kept");
            assertEquals("protocol error: data segment of 8193 bytes, larger than the 8192 declared", only.why());
            RecordedPdu last = only.trace().pdus().getLast();
            assertTrue(last.broken());
            assertEquals(8193, last.bhs().dataSegmentLength());
        }
        assertTrue(kept.isEmpty(), "once");
    }

    @Test
    void garbageInsteadOfALoginIsAStrangersTrace() throws Exception {
        try (Rig rig = Rig.standard()) {
            keepTraces(rig);
            RawInitiator stranger = rig.connect();
            stranger.sendBytes(new byte[48]);
            stranger.expectClosed();
            Kept only = kept.poll(5, TimeUnit.SECONDS);
            assertTrue(only != null && !only.loggedIn(), "kept");
            assertEquals("protocol error: PDU 0x00 during login", only.why());
            assertEquals(1, only.trace().pdus().size());
        }
    }

    @Test
    void anOrdinaryEndKeepsNothing() throws Exception {
        try (Rig rig = Rig.standard()) {
            keepTraces(rig);
            rig.session().close();
            RawInitiator refused = rig.connect();
            refused.tryLogin("iqn.1991-05.com.microsoft:nobody", RawInitiator.TARGET);
            refused.expectClosed();
        }
        assertTrue(kept.isEmpty());
    }

    @Test
    void withRecordingOffASessionWorksAndItsTraceIsEmpty() throws Exception {
        try (Rig rig = Rig.with(Limit.RECORDED_PDUS, 0)) {
            rig.session().ping();
            assertEquals(List.of(), onlyTrace(rig).pdus());
        }
    }

    @Test
    void whoIsNotThereHasNoTrace() throws Exception {
        try (Rig rig = Rig.standard()) {
            rig.connect();
            assertEquals(Optional.empty(), rig.target.server().trace(1).get(5, TimeUnit.SECONDS));
        }
    }

    private void keepTraces(Rig rig) {
        rig.target.server().keepTraces((why, loggedIn, trace) -> {
            kept.add(new Kept(why, loggedIn, trace.get()));
            return "here";
        });
    }

    private static ConnectionTrace onlyTrace(Rig rig) throws Exception {
        IscsiServer server = rig.target.server();
        long id = server.sessions().get(5, TimeUnit.SECONDS).getFirst().id();
        return server.trace(id).get(5, TimeUnit.SECONDS).orElseThrow();
    }
}
