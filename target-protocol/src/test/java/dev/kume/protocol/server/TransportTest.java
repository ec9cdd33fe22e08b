package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.core.Limits;
import io.netty.channel.epoll.Epoll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same over epoll, and over NIO as on Windows. */
final class TransportTest {
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "NIO"})
    void readsWritesResetsAndEnds(Transport transport) throws Exception {
        assumeTrue(transport == Transport.NIO || Epoll.isAvailable(), "this host has no epoll");
        try (Rig rig = new Rig(Limits.DEFAULTS, transport)) {
            assertEquals(transport, rig.target.server().transport());
            RawInitiator initiator = rig.session(
                    "HeaderDigest=CRC32C",
                    "DataDigest=CRC32C",
                    "InitialR2T=Yes",
                    "ImmediateData=Yes",
                    "FirstBurstLength=65536");
            RawInitiator other = rig.otherSession("InitialR2T=No", "MaxRecvDataSegmentLength=262144");
            byte[] data = new byte[1 << 20];
            new Random(1).nextBytes(data);
            assertEquals(0, WriteTransferTest.write(initiator, 100, data).status());
            assertArrayEquals(data, other.run(other.read(100, 2048)).data());
            rig.disk.hot = offset -> offset % 8192 == 0;
            assertArrayEquals(data, initiator.run(initiator.read(100, 2048)).data());
            WirePdu reset = initiator.taskManagement(5, 0, WirePdu.NO_TAG);
            assertEquals(0, initiator.send(reset).receive().octet(2));
            assertEquals(List.of("062903"), other.clearAttentions());
            initiator.send(initiator.logout(0));
            assertEquals(WirePdu.LOGOUT_RESPONSE, initiator.receive().opcode());
            initiator.expectClosed();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "NIO"})
    void anInitiatorThatDoesNotReadStopsItsOwnOutputOnly(Transport transport) throws Exception {
        assumeTrue(transport == Transport.NIO || Epoll.isAvailable(), "this host has no epoll");
        try (Rig rig = new Rig(Limits.DEFAULTS, transport)) {
            RawInitiator slow = rig.keep(RawInitiator.narrow(rig.port()))
                    .loggedIn(RawInitiator.NAME, RawInitiator.TARGET, "MaxRecvDataSegmentLength=65536");
            slow.clearAttentions();
            WirePdu[] reads = new WirePdu[20];
            for (int i = 0; i < reads.length; i++) {
                reads[i] = slow.read(i, 2048);
                slow.send(reads[i]);
            }
            RawInitiator other = rig.otherSession();
            assertEquals(0, other.run(other.read(0, 2048)).status());
            for (WirePdu read : reads) {
                byte[] expected = ScriptedDisk.pattern(read.word(34) * 512, 1 << 20);
                assertArrayEquals(expected, slow.finish(read, new byte[0]).data());
            }
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (Rig rig = Rig.standard()) {
            PortalSpec taken = new PortalSpec(
                    "storage", 2, List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), rig.port())));
            PortalException refused = Assertions.assertThrows(
                    PortalException.class, () -> rig.target.server().open(taken));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("storage") && message.contains(":" + rig.port()), message);
            assertTrue(message.contains("in use by another program"), message);
        }
    }
}
