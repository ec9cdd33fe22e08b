package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.core.Limits;
import dev.kume.protocol.connection.PortalGroup;
import dev.kume.protocol.connection.SessionInfo;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Portal groups on real sockets: both families, and changes while sessions are logged in. */
final class PortalsTest {
    private static final String V4 = "127.0.0.1";
    private static final String V6 = "::1";

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "NIO"})
    void bothFamiliesListenAndDiscoveryTellsAddressAndTag(Transport transport) throws Exception {
        assumeTrue(transport == Transport.NIO || Epoll.isAvailable(), "this host has no epoll");
        needIpv6();
        try (Rig rig = new Rig(Limits.DEFAULTS, transport)) {
            PortalGroup six = rig.target.server().open(new PortalSpec("six", 17, List.of(at(V6, 0))));
            RawInitiator initiator =
                    rig.keep(RawInitiator.connect(six.listen().getFirst())).loggedIn(RawInitiator.NAME, "");
            String answer = sendTargets(initiator);
            assertEquals(
                    "TargetName=%s\nTargetAddress=[0:0:0:0:0:0:0:1]:%d,17\n"
                            .formatted(
                                    RawInitiator.TARGET, six.listen().getFirst().getPort()),
                    answer);
            RawInitiator four = rig.connect().loggedIn(RawInitiator.NAME, "");
            assertEquals(
                    "TargetName=%s\nTargetAddress=127.0.0.1:%d,1\n".formatted(RawInitiator.TARGET, rig.port()),
                    sendTargets(four));
        }
    }

    @Test
    void wildcardsOfBothFamiliesArePortalsBesideEachOther() throws Exception {
        assumeTrue(Epoll.isAvailable(), "the JDK's sockets take both families on [::]");
        needIpv6();
        try (Rig rig = Rig.standard()) {
            int port = freePort();
            IscsiServer server = rig.target.server();
            server.open(new PortalSpec("four", 2, List.of(at("0.0.0.0", port))));
            server.open(new PortalSpec("six", 3, List.of(at("::", port))));
            login(rig, at(V4, port), 1);
            login(rig, at(V6, port), 2);
            assertEquals(
                    List.of(2, 3),
                    server.sessions().join().stream()
                            .map(SessionInfo::portalGroupTag)
                            .toList());
        }
    }

    @Test
    void anIpv4ConnectionIsNotTakenByAnIpv6Wildcard() throws Exception {
        needIpv6();
        try (Rig rig = new Rig(Limits.DEFAULTS, Transport.NIO)) {
            int port = rig.target
                    .server()
                    .open(new PortalSpec("six", 2, List.of(at("::", 0))))
                    .listen()
                    .getFirst()
                    .getPort();
            rig.keep(RawInitiator.connect(at(V4, port))).expectClosed();
            login(rig, at(V6, port), 1);
        }
    }

    @Test
    void aSessionDoesNotNoticeThatOtherPortalsComeAndGo() throws Exception {
        try (Rig rig = Rig.standard()) {
            PortalSpec first = new PortalSpec("loopback", 1, List.of(at(V4, 0)));
            RawInitiator session = rig.session();
            PortalSpec second = new PortalSpec("second", 2, List.of(at("127.0.0.2", 0)));
            CompletableFuture<List<SessionInfo>> added = rig.target.server().open(List.of(first, second), 1);
            assertEquals(List.of(), added.get(5, TimeUnit.SECONDS));
            InetSocketAddress through =
                    rig.target.server().portals().getLast().listen().getFirst();
            RawInitiator polite = login(rig, through, 5);
            RawInitiator stubborn = login(rig, through, 6);
            CompletableFuture<List<SessionInfo>> removed = rig.target.server().open(List.of(first), 1);
            assertThrows(UncheckedIOException.class, () -> RawInitiator.connect(through), "it is closed at once");
            for (RawInitiator asked : List.of(polite, stubborn)) {
                WirePdu request = asked.receive();
                assertEquals(WirePdu.ASYNC_MESSAGE, request.opcode());
                assertEquals(1, request.octet(36), "target requests logout");
                assertEquals(1, request.header().getShort(42), "seconds");
            }
            assertEquals(0, polite.run(polite.read(1, 1)).status());
            polite.send(polite.logout(0));
            assertEquals(WirePdu.LOGOUT_RESPONSE, polite.receive().opcode());
            stubborn.expectClosed();
            List<SessionInfo> cut = removed.get(5, TimeUnit.SECONDS);
            assertEquals(1, cut.size());
            assertEquals(2, cut.getFirst().portalGroupTag());
            assertEquals(0, session.run(session.read(1, 1)).status());
            session.expectSilence(50);
            rig.otherSession().ping();
        }
    }

    @Test
    void whatCannotBeBoundChangesNothing() throws Exception {
        try (Rig rig = Rig.standard();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
            IscsiServer server = rig.target.server();
            RawInitiator session = rig.session();
            List<PortalGroup> before = server.portals();
            PortalSpec moved = new PortalSpec("loopback", 1, List.of(at("127.0.0.3", 0)));
            PortalSpec blocked = new PortalSpec("blocked", 2, List.of(at("127.0.0.2", taken.getLocalPort())));
            PortalException refused =
                    assertThrows(PortalException.class, () -> server.open(List.of(moved, blocked), 1));
            assertTrue(refused.isInUse());
            assertTrue(refused.getMessage().startsWith("portal \"blocked\": 127.0.0.2:"), refused.getMessage());
            assertEquals(before, server.portals());
            assertEquals(0, session.run(session.read(1, 1)).status());
            rig.otherSession().ping();
        }
    }

    @Test
    void aWildcardMakesRoomForAnAddressItCoversAndSessionsThereStay() throws Exception {
        try (Rig rig = Rig.standard()) {
            IscsiServer server = rig.target.server();
            int port = freePort();
            PortalSpec wide = new PortalSpec("san", 2, List.of(at("0.0.0.0", port)));
            server.open(List.of(wide), 1).get(5, TimeUnit.SECONDS);
            RawInitiator covered = login(rig, at(V4, port), 1);
            RawInitiator elsewhere = login(rig, at("127.0.0.2", port), 2);
            PortalSpec narrow = new PortalSpec("san", 2, List.of(at(V4, port)));
            CompletableFuture<List<SessionInfo>> ended = server.open(List.of(narrow), 1);
            assertEquals(WirePdu.ASYNC_MESSAGE, elsewhere.receive().opcode());
            elsewhere.expectClosed();
            assertEquals(1, ended.get(5, TimeUnit.SECONDS).size());
            covered.ping();
            login(rig, at(V4, port), 3).ping();
        }
    }

    @Test
    void aWildcardThatMadeRoomInVainComesBack() throws Exception {
        try (Rig rig = Rig.standard()) {
            IscsiServer server = rig.target.server();
            int port = freePort();
            PortalSpec wide = new PortalSpec("san", 2, List.of(at("0.0.0.0", port)));
            server.open(List.of(wide), 1).get(5, TimeUnit.SECONDS);
            RawInitiator session = login(rig, at(V4, port), 1);
            // The first address fits, the second belongs to nobody here.
            PortalSpec wrong = new PortalSpec("san", 2, List.of(at(V4, port), at("192.0.2.77", port)));
            PortalException refused = assertThrows(PortalException.class, () -> server.open(List.of(wrong), 1));
            assertTrue(refused.getMessage().contains("192.0.2.77"), refused.getMessage());
            session.ping();
            login(rig, at("127.0.0.2", port), 2).ping();
        }
    }

    private static RawInitiator login(Rig rig, InetSocketAddress portal, int qualifier) {
        RawInitiator initiator = rig.keep(RawInitiator.connect(portal));
        initiator.isidQualifier = qualifier;
        initiator.loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
        initiator.clearAttentions();
        return initiator;
    }

    private static String sendTargets(RawInitiator initiator) {
        initiator.send(initiator.textRequest("SendTargets=All"));
        return new String(initiator.receive().data(), StandardCharsets.UTF_8).replace('\0', '\n');
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    private static void needIpv6() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.ofLiteral(V6))) {
            assertTrue(probe.isBound());
        } catch (IOException e) {
            assumeTrue(false, "this host has no IPv6: " + e.getMessage());
        }
    }
}
