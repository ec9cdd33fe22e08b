package dev.kume.protocol.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.inventory.InitiatorIdentifier;
import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.AccessList;
import dev.kume.protocol.connection.LoginServices;
import dev.kume.protocol.connection.SeenInitiator;
import dev.kume.protocol.connection.SessionInfo;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.login.Authentication;
import dev.kume.protocol.login.Chap;
import dev.kume.protocol.login.ChapAlgorithm;
import dev.kume.protocol.login.ChapCredential;
import dev.kume.protocol.login.LoginSecurity;
import dev.kume.protocol.login.TargetParameters;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets in, over real sockets: the status of RFC 7143 11.13.5 for each way of not getting in. */
final class AccessTest {
    private static final int SUCCESS = 0x0000;
    private static final int MOVED = 0x0101;
    private static final int NO_PROOF = 0x0201;
    private static final int NOT_ALLOWED = 0x0202;
    private static final int NO_TARGET = 0x0203;
    private static final int UNAVAILABLE = 0x0301;

    private final List<Set<String>> asked = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Map<String, Set<InetAddress>>> dns = new CompletableFuture<>();
    private final LoopbackTarget target = new LoopbackTarget(
            Limits.of(Map.of(Limit.DNS_SECONDS, 1L, Limit.LOGIN_FAILURES_PER_ADDRESS, 3L)),
            TargetParameters.of(Limits.DEFAULTS),
            new LoginServices(new SecureRandom(), names -> {
                asked.add(names);
                return dns;
            }),
            Transport.AUTO);
    private final List<RawInitiator> initiators = new ArrayList<>();
    private int port;

    @BeforeEach
    void open() throws IOException {
        port = target.open(0);
    }

    @AfterEach
    void close() throws IOException {
        initiators.forEach(RawInitiator::close);
        target.close();
    }

    @Test
    void listDecidesByNameNetworkAndNothingElse() {
        publish(access(RawInitiator.NAME));
        assertEquals(SUCCESS, status(RawInitiator.NAME));
        assertEquals(NOT_ALLOWED, status("iqn.2026-11.dev.kume:stranger"));
        publish(access("127.0.0.0/8"));
        assertEquals(SUCCESS, status("iqn.2026-11.dev.kume:stranger"));
        publish(access("127.0.0.2", "10.0.0.0/8", "::1"));
        assertEquals(NOT_ALLOWED, status(RawInitiator.NAME));
        publish(AccessList.NOBODY);
        assertEquals(NOT_ALLOWED, status(RawInitiator.NAME));
        assertEquals(List.of(), asked);
    }

    @Test
    void targetThatAPortalDoesNotShowIsAsOneThatDoesNotExist() {
        publish(definition(access(RawInitiator.NAME), true, Set.of("other"), null, Authentication.NONE));
        assertEquals(NO_TARGET, status(RawInitiator.NAME));
        assertEquals("", discovered());
        publish(definition(access(RawInitiator.NAME), true, Set.of("other", "loopback"), null, Authentication.NONE));
        assertEquals(SUCCESS, status(RawInitiator.NAME));
        assertTrue(discovered().startsWith("TargetName=" + RawInitiator.TARGET + "|TargetAddress=127.0.0.1:"));
    }

    @Test
    void disabledTargetIsUnavailableToThoseWhoMayUseIt() {
        publish(definition(access(RawInitiator.NAME), false, Set.of(), null, Authentication.NONE));
        assertEquals(UNAVAILABLE, status(RawInitiator.NAME));
        assertEquals(NOT_ALLOWED, status("iqn.2026-11.dev.kume:stranger"));
    }

    @Test
    void movedTargetSendsItsInitiatorsOn() {
        publish(definition(access(RawInitiator.NAME), true, Set.of(), "192.0.2.9:3260", Authentication.NONE));
        WirePdu answer = tryLogin(RawInitiator.NAME);
        assertEquals(MOVED, answer.header().getShort(36));
        assertEquals("TargetAddress=192.0.2.9:3260\0", new String(answer.data(), UTF_8));
        assertEquals(NOT_ALLOWED, status("iqn.2026-11.dev.kume:stranger"));
    }

    @Test
    void loginWaitsForDnsWhileTheLoopGoesOn() {
        publish(access("hv-node1.example.com"));
        RawInitiator waiting = connect();
        waiting.sendLogin(RawInitiator.NAME, RawInitiator.TARGET);
        assertFalse(waiting.readable(100));
        assertEquals(List.of(Set.of("hv-node1.example.com")), asked);
        dns.complete(Map.of("hv-node1.example.com", Set.of(InetAddress.getLoopbackAddress())));
        assertEquals(SUCCESS, waiting.loginAnswer().header().getShort(36));
        waiting.ping();
        assertEquals(SUCCESS, status("iqn.2026-11.dev.kume:other"));
        assertEquals(1, asked.size());
        assertTrue(discovered().contains(RawInitiator.TARGET));
    }

    @Test
    void nameOfAnotherAddressLetsNobodyIn() throws IOException {
        publish(access("hv-node1.example.com"));
        dns.complete(Map.of("hv-node1.example.com", Set.of(InetAddress.getByName("192.0.2.1"))));
        assertEquals(NOT_ALLOWED, status(RawInitiator.NAME));
        assertEquals("", discovered());
    }

    @Test
    void dnsThatDoesNotAnswerIsNotWaitedForLongerThanTheLimit() {
        publish(access("hv-node1.example.com"));
        assertEquals(NOT_ALLOWED, status(RawInitiator.NAME));
        assertTrue(lastOutcome().endsWith("did not answer in time, for hv-node1.example.com"), lastOutcome());
    }

    @Test
    void initiatorThatAListNamesDoesNotWaitForDns() {
        publish(access("hv-node1.example.com", RawInitiator.NAME));
        assertEquals(SUCCESS, status(RawInitiator.NAME));
        assertEquals(List.of(), asked);
    }

    @Test
    void requestInTheMiddleOfTheWaitIsAProtocolError() {
        publish(access("hv-node1.example.com"));
        RawInitiator hasty = connect();
        hasty.sendLogin(RawInitiator.NAME, RawInitiator.TARGET);
        hasty.sendLogin(RawInitiator.NAME, RawInitiator.TARGET);
        assertEquals(List.of(), hasty.expectClosed());
    }

    @Test
    void sessionStaysWhileTheLastThingDnsSaidAllowsIt() {
        publish(access("hv-node1.example.com"));
        dns.complete(Map.of("hv-node1.example.com", Set.of(InetAddress.getLoopbackAddress())));
        RawInitiator session = connect();
        session.loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
        publish(access("hv-node1.example.com", "10.0.0.0/8"));
        session.ping();
        publish(access("10.0.0.0/8"));
        session.expectClosed();
    }

    @Test
    void failuresAreSlowedAndASuccessForgivesThem() {
        publish(access(RawInitiator.NAME));
        for (int i = 0; i < 4; i++) {
            assertEquals(NOT_ALLOWED, status("iqn.2026-11.dev.kume:stranger"));
        }
        RawInitiator slowed = connect();
        slowed.sendLogin(RawInitiator.NAME, RawInitiator.TARGET);
        assertFalse(slowed.readable(150));
        assertEquals(SUCCESS, slowed.loginAnswer().header().getShort(36));
        RawInitiator forgiven = connect();
        forgiven.sendLogin(RawInitiator.NAME, RawInitiator.TARGET);
        assertTrue(forgiven.readable(250));
        SeenInitiator stranger = target.server().initiators().list().getFirst();
        assertEquals(4, stranger.failures());
    }

    @Test
    void chapOverTheWire() {
        ChapCredential incoming = new ChapCredential("node", "in-secret-0123".getBytes(US_ASCII));
        ChapCredential outgoing = new ChapCredential("target", "out-secret-456".getBytes(US_ASCII));
        Authentication chap = new Authentication.Chap(List.of(incoming), outgoing);
        publish(definition(access(RawInitiator.NAME), true, Set.of(), null, chap));
        assertEquals(NO_PROOF, status(RawInitiator.NAME));
        RawInitiator initiator = connect();
        assertEquals(NO_PROOF, chapLogin(initiator, outgoing).header().getShort(36));
        RawInitiator right = connect();
        assertEquals(SUCCESS, chapLogin(right, incoming).header().getShort(36));
        SessionInfo info = target.server().sessions().join().getFirst();
        assertEquals("CHAP SHA-256 user " + incoming.user(), info.authentication());
        assertEquals("RFC3720", info.parameters().taskReporting());
    }

    @Test
    void discoveryAsksForChapWhenTheServerDoes() {
        publish(access(RawInitiator.NAME));
        ChapCredential incoming = new ChapCredential("finder", "in-secret-0123".getBytes(US_ASCII));
        target.server()
                .security(new LoginSecurity(
                        new Authentication.Chap(List.of(incoming), null), LoginSecurity.DEFAULT.algorithms()));
        assertEquals(
                NO_PROOF, connect().tryLogin(RawInitiator.NAME, "").header().getShort(36));
        assertEquals(SUCCESS, status(RawInitiator.NAME));
    }

    @Test
    void thousandsOfTargetsReachAnInitiatorWithTheSmallestSegment() {
        List<TargetSpec> specs = new ArrayList<>();
        Target.Definition definition = definition(access(RawInitiator.NAME), true, Set.of(), null, Authentication.NONE);
        for (int i = 0; i < 2_000; i++) {
            specs.add(new TargetSpec("iqn.2026-11.dev.kume:store1-hv-node%04d".formatted(i), definition));
        }
        target.server().publish(specs).join();
        RawInitiator discovering = connect();
        discovering.loggedIn(RawInitiator.NAME, "", "MaxRecvDataSegmentLength=512");
        WirePdu request = discovering.textRequest("SendTargets=All");
        discovering.send(request);
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        WirePdu part = discovering.receive();
        while ((part.octet(1) & 0x80) == 0) {
            assertEquals(0x40, part.octet(1) & 0x40, "C bit");
            assertEquals(512, part.data().length);
            all.writeBytes(part.data());
            WirePdu next = WirePdu.of(WirePdu.TEXT, 0x80);
            next.word(16, request.initiatorTaskTag()).word(20, part.word(20));
            discovering.send(next.word(24, discovering.cmdSn++).word(28, discovering.expStatSn));
            part = discovering.receive();
        }
        all.writeBytes(part.data());
        String[] pairs = all.toString(UTF_8).split("\0");
        assertEquals(4_000, pairs.length);
        assertEquals("TargetName=iqn.2026-11.dev.kume:store1-hv-node1999", pairs[3_998]);
    }

    /** Three requests: the method, the algorithm SHA-256, the proof. The last answer. */
    private static WirePdu chapLogin(RawInitiator initiator, ChapCredential credential) {
        initiator.send(initiator.loginPdu(
                0x00,
                List.of("InitiatorName=" + RawInitiator.NAME, "TargetName=" + RawInitiator.TARGET, "AuthMethod=CHAP")));
        initiator.expStatSn = initiator.receive().statSn() + 1;
        initiator.send(initiator.loginPdu(0x00, List.of("CHAP_A=5,7")));
        WirePdu challenge = initiator.receive();
        initiator.expStatSn = challenge.statSn() + 1;
        String[] keys = new String(challenge.data(), UTF_8).split("\0");
        assertEquals("CHAP_A=7", keys[0]);
        int identifier = Integer.parseInt(keys[1].substring(7));
        byte[] response =
                Chap.response(ChapAlgorithm.SHA_256, identifier, credential, Chap.decode(keys[2].substring(7)));
        initiator.send(
                initiator.loginPdu(0x83, List.of("CHAP_N=" + credential.user(), "CHAP_R=" + Chap.encode(response))));
        return initiator.receive();
    }

    private RawInitiator connect() {
        RawInitiator initiator = RawInitiator.connect(port);
        initiator.isidQualifier = initiators.size() + 1;
        initiators.add(initiator);
        return initiator;
    }

    private WirePdu tryLogin(String initiator) {
        return connect().tryLogin(initiator, RawInitiator.TARGET);
    }

    private int status(String initiator) {
        return tryLogin(initiator).header().getShort(36);
    }

    /** What SendTargets=All tells, with a bar for each NUL. */
    private String discovered() {
        RawInitiator discovering = connect();
        discovering.loggedIn(RawInitiator.NAME, "");
        discovering.send(discovering.textRequest("SendTargets=All"));
        return new String(discovering.receive().data(), UTF_8).replace('\0', '|');
    }

    private String lastOutcome() {
        return target.server().initiators().list().getLast().outcome();
    }

    private static AccessList access(String... entries) {
        return AccessList.of(
                List.of(entries).stream().map(InitiatorIdentifier::parse).toList());
    }

    private void publish(AccessList access) {
        publish(definition(access, true, Set.of(), null, Authentication.NONE));
    }

    private void publish(Target.Definition definition) {
        target.server()
                .publish(List.of(new TargetSpec(RawInitiator.TARGET, definition)))
                .join();
    }

    private static Target.Definition definition(
            AccessList access, boolean enabled, Set<String> portals, String redirect, Authentication authentication) {
        return new Target.Definition(
                "", enabled, access, portals, redirect, authentication, Map.of(), LunMap.of(Map.of()));
    }
}
