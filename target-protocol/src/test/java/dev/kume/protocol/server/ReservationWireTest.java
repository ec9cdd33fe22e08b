package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPorts;
import dev.kume.core.reservation.Registration;
import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.Target;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reservations over the wire: two nodes, each with a target of its own. */
final class ReservationWireTest {
    private static final int REGISTER_AND_IGNORE = 6;
    private static final int RESERVE = 1;
    private static final int PREEMPT_AND_ABORT = 5;
    private static final int WRITE_EXCLUSIVE_REGISTRANTS_ONLY = 5;
    private static final int CONFLICT = 0x18;
    private static final long K1 = 0x1111;
    private static final long K2 = 0x2222;

    private static int out(RawInitiator from, int action, int type, long key, long actionKey) {
        byte[] cdb = {0x5F, (byte) action, (byte) type, 0, 0, 0, 0, 0, 24, 0};
        byte[] list = ByteBuffer.allocate(24).putLong(key).putLong(actionKey).array();
        return from.run(from.command(0, 0xA1, 24, cdb).with(list)).status();
    }

    private static void reserved(RawInitiator node1, RawInitiator node2) {
        assertEquals(0, out(node1, REGISTER_AND_IGNORE, 0, 0, K1));
        assertEquals(0, out(node2, REGISTER_AND_IGNORE, 0, 0, K2));
        assertEquals(0, out(node1, RESERVE, WRITE_EXCLUSIVE_REGISTRANTS_ONLY, K1, 0));
    }

    @Test
    void whoIsNotRegisteredReadsAndDoesNotWrite() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator node1 = rig.session("ImmediateData=Yes");
            RawInitiator node2 = rig.otherSession("ImmediateData=Yes");
            assertEquals(0, out(node1, REGISTER_AND_IGNORE, 0, 0, K1));
            assertEquals(0, out(node1, RESERVE, WRITE_EXCLUSIVE_REGISTRANTS_ONLY, K1, 0));
            assertEquals(
                    CONFLICT, node2.run(node2.write(5, 1).with(new byte[512])).status());
            assertEquals(0, node2.run(node2.read(5, 1)).status());
            assertEquals(0, node1.run(node1.write(5, 1).with(new byte[512])).status());
        }
    }

    @Test
    void registrationOutlivesItsSession() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator node1 = rig.session("ImmediateData=Yes");
            RawInitiator node2 = rig.otherSession();
            reserved(node1, node2);
            node1.close();
            RawInitiator again = rig.session("ImmediateData=Yes");
            assertEquals(0, again.run(again.write(5, 1).with(new byte[512])).status());
            assertEquals(2, rig.unit.state().reservations().registrations().size());
        }
    }

    @Test
    void preemptAndAbortDropsTheAnswersThatTheVictimsSessionHolds() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator node1 = rig.session("InitialR2T=No", "ImmediateData=Yes");
            RawInitiator node2 = rig.otherSession("ImmediateData=Yes");
            reserved(node1, node2);
            // Beyond the end of the disk: it fails at once, and its answer waits for the data that was announced.
            WirePdu write = node1.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 0x7FFFFFFF, 2));
            node1.send(write);
            node1.ping();
            assertEquals(0, out(node2, PREEMPT_AND_ABORT, WRITE_EXCLUSIVE_REGISTRANTS_ONLY, K2, K1));
            node1.send(node1.dataOut(write.initiatorTaskTag(), WirePdu.NO_TAG, 0, 0, true, new byte[1024]));
            // The next answer is that of the ping: none came for the write.
            node1.ping();
            assertEquals(List.of("062a05"), node1.clearAttentions());
        }
    }

    @Test
    void unmapDropsTheRegistrationsOfThatTargetAndItsEndDoesNot() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator node1 = rig.session();
            RawInitiator node2 = rig.otherSession();
            reserved(node1, node2);
            publish(rig, LunMap.EMPTY);
            assertEquals(
                    List.of(K2),
                    rig.unit.state().reservations().registrations().stream()
                            .map(Registration::key)
                            .toList());
            assertNull(rig.unit.state().reservations().reservation());
            assertEquals(List.of("062a04"), node2.clearAttentions());
            rig.target.server().publish(List.of()).get(10, TimeUnit.SECONDS);
            assertEquals(1, rig.unit.state().reservations().registrations().size());
        }
    }

    private static void publish(Rig rig, LunMap luns) throws Exception {
        LunMap other = LunMap.of(Map.of(0, rig.unit));
        rig.target
                .server()
                .publish(List.of(
                        new TargetSpec(
                                RawInitiator.TARGET, new Target.Definition("", true, Set.of(RawInitiator.NAME), luns)),
                        new TargetSpec(
                                Rig.OTHER_TARGET, new Target.Definition("", true, Set.of(Rig.OTHER_NAME), other))))
                .get(10, TimeUnit.SECONDS);
    }

    @Test
    void reachFollowsWhatIsPublished() throws Exception {
        try (Rig rig = Rig.standard()) {
            TargetPort port = new TargetPort(RawInitiator.TARGET, 1, 1);
            TargetPort other = new TargetPort(Rig.OTHER_TARGET, 1, 2);
            PublishedReach reach = new PublishedReach(new FixedPorts(List.of(port, other)));
            assertEquals(List.of(), reach.portsOf(rig.unit));
            assertFalse(reach.admits(RawInitiator.NAME, port));
            reach.serve(rig.target.server());
            assertEquals(Set.of(port, other), Set.copyOf(reach.portsOf(rig.unit)));
            assertTrue(reach.admits(RawInitiator.NAME, port));
            assertFalse(reach.admits(RawInitiator.NAME, other));
            publish(rig, LunMap.EMPTY);
            assertEquals(List.of(other), reach.portsOf(rig.unit));
        }
    }

    private record FixedPorts(List<TargetPort> all) implements TargetPorts {
        @Override
        public @Nullable TargetPort find(String targetName, int portalGroup) {
            return all.stream()
                    .filter(port -> port.targetName().equals(targetName) && port.portalGroup() == portalGroup)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public @Nullable TargetPort find(int relativeId) {
            return all.stream()
                    .filter(port -> port.relativeId() == relativeId)
                    .findFirst()
                    .orElse(null);
        }
    }
}
