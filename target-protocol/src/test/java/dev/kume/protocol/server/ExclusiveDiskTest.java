package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import dev.kume.core.scsi.LogicalUnit;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two hosts at an exclusive disk, over real sockets: the second one is refused there, and nowhere else. */
final class ExclusiveDiskTest {
    private static final String REFUSED = "052002";
    private static final String POWER_ON = "062900";
    private static final String LOOK_AGAIN = "063f0e";
    private static final String CAPACITY_CHANGED = "062a09";
    private static final int LOGICAL_UNIT_RESET = 5;
    private static final int CLEAR_TASK_SET = 4;
    private static final int TARGET_WARM_RESET = 6;
    private static final int AUTHORIZATION_FAILED = 6;

    private static Rig exclusive(Rig rig) {
        rig.unit.hosts().exclusive(true, () -> {});
        return rig;
    }

    /** The second host, which has heard that it has just come. */
    private static RawInitiator newcomer(Rig rig) throws IOException {
        RawInitiator other = rig.connect().loggedIn(Rig.OTHER_NAME, Rig.OTHER_TARGET, "ImmediateData=Yes");
        assertEquals(POWER_ON, other.run(other.testUnitReady()).last().sense());
        return other;
    }

    private static String senseOf(RawInitiator initiator) {
        return initiator.run(initiator.testUnitReady()).last().sense();
    }

    @Test
    void theOtherDisksOfItsTargetGoOn() throws Exception {
        try (Rig rig = exclusive(Rig.standard())) {
            LogicalUnit own = rig.target.unit("own", new ScriptedDisk(Rig.DISK_BYTES));
            rig.target.map(Rig.OTHER_TARGET, 1, own).publish();
            RawInitiator holder = rig.session("ImmediateData=Yes");
            RawInitiator other = newcomer(rig);
            byte[] data = ScriptedDisk.pattern(5, 512);
            for (int i = 0; i < 20; i++) {
                assertEquals(REFUSED, other.run(other.read(i, 1)).last().sense());
                assertEquals(
                        REFUSED,
                        other.run(other.write(i, 1), new byte[512]).last().sense());
                assertEquals(0, holder.run(holder.write(i, 1), data).status());
                WirePdu write = other.command(1, 0xA1, 512, RawInitiator.cdb10(0x2A, i, 1));
                RawInitiator.Answer answer = other.run(write, data);
                if (i == 0) {
                    assertEquals(POWER_ON, answer.last().sense());
                } else {
                    assertEquals(0, answer.status(), answer.last()::sense);
                }
                assertArrayEquals(data, holder.run(holder.read(i, 1)).data());
            }
            assertEquals(List.of(Rig.OTHER_NAME), rig.unit.hosts().refused());
            WirePdu inquiry = other.command(0, 0xC1, 36, new byte[] {0x12, 0, 0, 0, 36, 0});
            assertEquals(0, other.run(inquiry).data()[0], "the disk is there");
        }
    }

    @Test
    void afterALogoutTheNextHostIsLetIn() throws Exception {
        try (Rig rig = exclusive(Rig.standard())) {
            RawInitiator holder = rig.session();
            RawInitiator other = newcomer(rig);
            assertEquals(REFUSED, senseOf(other));
            holder.send(holder.logout(0)).receive();
            Rig.eventually("the disk is free", () -> rig.unit.hosts().holder() == null);
            assertEquals(LOOK_AGAIN, senseOf(other));
            assertEquals(CAPACITY_CHANGED, senseOf(other));
            assertEquals(0, other.run(other.write(3, 1), new byte[512]).status());
            assertEquals(Rig.OTHER_NAME, rig.unit.hosts().holder());
        }
    }

    @Test
    void aHolderThatIsSilentIsFoundOutByTheNewcomersArrival() throws Exception {
        // The time of silence is the usual 15 seconds, and 30 more: only the arrival can be what asks.
        try (Rig rig = exclusive(Rig.with(Limit.PROBE_SECONDS, 1))) {
            RawInitiator dead = rig.session("InitialR2T=Yes", "ImmediateData=No");
            dead.send(dead.write(8, 8));
            assertEquals(WirePdu.R2T, dead.receive().opcode());
            RawInitiator other = newcomer(rig);
            assertEquals(REFUSED, senseOf(other));
            Rig.eventually("the dead one is given up", () -> rig.unit.hosts().holder() == null);
            assertEquals(LOOK_AGAIN, senseOf(other));
            assertEquals(CAPACITY_CHANGED, senseOf(other));
            assertEquals(0, other.run(other.write(3, 1), new byte[512]).status());
            List<WirePdu> heard = dead.expectClosed();
            assertEquals(WirePdu.NOP_IN, heard.getFirst().opcode());
        }
    }

    @Test
    void aHolderThatIsIdleAndAnswersStays() throws Exception {
        try (Rig rig = exclusive(Rig.with(Limit.PROBE_SECONDS, 1))) {
            RawInitiator holder = rig.session();
            RawInitiator other = newcomer(rig);
            for (int i = 0; i < 3; i++) {
                assertEquals(REFUSED, senseOf(other));
                if (i == 0 || holder.readable(1_500)) {
                    WirePdu ping = holder.receive();
                    assertEquals(WirePdu.NOP_IN, ping.opcode());
                    holder.send(WirePdu.of(WirePdu.NOP_OUT | WirePdu.IMMEDIATE, 0x80)
                            .word(16, WirePdu.NO_TAG)
                            .word(20, ping.word(20))
                            .word(24, holder.cmdSn));
                }
            }
            assertEquals(0, holder.run(holder.write(1, 1), new byte[512]).status());
            assertEquals(RawInitiator.NAME, rig.unit.hosts().holder());
        }
    }

    @Test
    void theSameHostComesInByAnotherPathAndAfterAReboot() throws Exception {
        try (Rig rig = exclusive(Rig.standard())) {
            RawInitiator first = rig.session();
            RawInitiator path = rig.connect();
            path.isidQualifier = 2;
            path.loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
            path.clearAttentions();
            assertEquals(0, path.run(path.write(3, 1), new byte[512]).status());
            RawInitiator reinstated = rig.connect().loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
            reinstated.clearAttentions();
            assertEquals(
                    0, reinstated.run(reinstated.write(3, 1), new byte[512]).status());
            assertEquals(0, path.run(path.read(3, 1)).status());
            assertTrue(first.expectClosed().isEmpty());
            assertEquals(RawInitiator.NAME, rig.unit.hosts().holder());
        }
    }

    @Test
    void whomTheDiskIsClosedToDoesNotResetIt() throws Exception {
        try (Rig rig = exclusive(Rig.standard())) {
            RawInitiator holder = rig.session("InitialR2T=Yes", "ImmediateData=No");
            WirePdu write = holder.write(8, 1);
            WirePdu r2t = holder.send(write).receive();
            RawInitiator other = newcomer(rig);
            assertEquals(REFUSED, senseOf(other));
            for (int function : new int[] {LOGICAL_UNIT_RESET, CLEAR_TASK_SET}) {
                WirePdu request = other.taskManagement(function, 0, WirePdu.NO_TAG);
                assertEquals(AUTHORIZATION_FAILED, other.send(request).receive().octet(2), "function " + function);
            }
            WirePdu targetReset = other.taskManagement(TARGET_WARM_RESET, 0, WirePdu.NO_TAG);
            assertEquals(0, other.send(targetReset).receive().octet(2), "of the disks that it may use: none");
            WirePdu next = holder.send(
                            holder.dataOut(write.initiatorTaskTag(), r2t.word(20), 0, 0, true, new byte[512]))
                    .receive();
            while (next.opcode() == WirePdu.NOP_IN) {
                next = holder.receive();
            }
            assertEquals(0, next.status(), "the write of the holder is whole");
        }
    }
}
