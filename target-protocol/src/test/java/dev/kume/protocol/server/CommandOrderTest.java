package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** CmdSN, MaxCmdSN, StatSN and initiator task tags, RFC 7143 4.2.2. Each PDU's StatSN is checked by RawInitiator. */
final class CommandOrderTest {
    private static final int WINDOW = 8;

    private static Rig small() {
        return Rig.with(Limit.TASKS_PER_SESSION, WINDOW, Limit.IMMEDIATE_TASKS_PER_SESSION, 2);
    }

    @Test
    void theWindowClosesUnderLoadAndOpensAgain() throws Exception {
        try (Rig rig = small()) {
            RawInitiator initiator = rig.session("ImmediateData=No");
            rig.disk.block();
            rig.disk.hot = offset -> false;
            List<WirePdu> reads = new ArrayList<>();
            while (initiator.maxCmdSn - initiator.cmdSn >= 0) {
                reads.add(initiator.read(reads.size(), 1));
                initiator.send(reads.getLast());
            }
            assertEquals(WINDOW, reads.size());
            // Beyond the window: as if it had never come.
            WirePdu beyond = initiator.read(100, 1);
            initiator.cmdSn--;
            initiator.send(beyond);
            initiator.ping();
            assertEquals(initiator.cmdSn - 1, initiator.maxCmdSn, "the window is closed");
            rig.disk.unblock();
            for (WirePdu read : reads) {
                assertEquals(0, initiator.finish(read, new byte[0]).status());
            }
            assertEquals(initiator.cmdSn + WINDOW - 1, initiator.maxCmdSn, "the window is open");
            assertEquals(0, initiator.run(initiator.read(5, 1)).status());
        }
    }

    @Test
    void immediateCommandsHaveALimitOfTheirOwn() throws Exception {
        try (Rig rig = small()) {
            RawInitiator initiator = rig.session();
            rig.disk.block();
            rig.disk.hot = offset -> false;
            List<WirePdu> reads = new ArrayList<>();
            for (int i = 0; i < WINDOW; i++) {
                reads.add(initiator.read(i, 1));
            }
            for (int i = 0; i < 3; i++) {
                WirePdu immediate = initiator.read(i, 1).octet(0, 0x41);
                initiator.cmdSn--;
                reads.add(immediate.word(24, initiator.cmdSn));
            }
            reads.forEach(initiator::send);
            WirePdu reject = initiator.receive();
            assertEquals(WirePdu.REJECT, reject.opcode());
            assertEquals(6, reject.octet(2));
            assertArrayEquals(reads.removeLast().header().array(), reject.data());
            rig.disk.unblock();
            reads.forEach(
                    read -> assertEquals(0, initiator.finish(read, new byte[0]).status()));
        }
    }

    @Test
    void duplicatesAndTheFarFutureAreIgnored() throws IOException {
        try (Rig rig = small()) {
            RawInitiator initiator = rig.session();
            WirePdu first = initiator.testUnitReady();
            initiator.run(first);
            initiator.send(first);
            initiator.send(initiator.testUnitReady().word(24, initiator.cmdSn + 500));
            initiator.cmdSn--;
            initiator.expectSilence(50);
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
    }

    @Test
    void aReadThatMayBringDataKeepsItsPlaceUntilItIsAnswered() throws IOException {
        try (Rig rig = small()) {
            RawInitiator initiator = rig.session("InitialR2T=No");
            List<WirePdu> reads = new ArrayList<>();
            for (int i = 0; i < WINDOW; i++) {
                // R and W, and the F bit that ends unsolicited data is still to come.
                reads.add(initiator.command(0, 0x61, 512, RawInitiator.cdb10(0x28, i, 1)));
                WirePdu data = initiator.send(reads.getLast()).receive();
                assertEquals(WirePdu.DATA_IN, data.opcode());
                assertTrue(!data.takesStatSn(), "no status yet");
                assertArrayEquals(ScriptedDisk.pattern(i * 512, 512), data.data());
            }
            initiator.ping();
            assertEquals(initiator.cmdSn - 1, initiator.maxCmdSn, "the window is closed");
            for (int i = 0; i < WINDOW; i++) {
                int tag = reads.get(i).initiatorTaskTag();
                initiator.send(initiator.dataOut(tag, WirePdu.NO_TAG, 0, 0, true, new byte[512]));
                WirePdu answer = initiator.receive();
                assertEquals(WirePdu.SCSI_RESPONSE, answer.opcode());
                assertEquals(tag, answer.initiatorTaskTag());
                assertEquals(0, answer.status());
                assertEquals(initiator.cmdSn + i, answer.maxCmdSn(), "one place more");
            }
            assertEquals(0, initiator.run(initiator.read(5, 1)).status());
        }
    }

    @Test
    void numbersWrapAround() throws IOException {
        try (Rig rig = small()) {
            RawInitiator initiator = rig.connect();
            initiator.cmdSn = 0xFFFFFFF0;
            initiator.expStatSn = 0xFFFFFFF5;
            initiator.nextTag = 0xFFFFFFF0;
            initiator.loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
            for (int i = 0; i < 40; i++) {
                if (initiator.nextTag == WirePdu.NO_TAG) {
                    initiator.nextTag++;
                }
                initiator.run(
                        i % 2 == 0
                                ? initiator.read(i, 3)
                                : initiator.write(i, 3).with(new byte[1536]));
            }
            assertTrue(initiator.cmdSn > 0 && initiator.cmdSn < 100, "CmdSN has wrapped");
        }
    }

    @Test
    void aTagInUseIsRejected() throws Exception {
        try (Rig rig = small()) {
            RawInitiator initiator = rig.session();
            rig.disk.block();
            rig.disk.hot = offset -> false;
            WirePdu read = initiator.read(1, 1);
            WirePdu same = initiator.read(2, 1).word(16, read.initiatorTaskTag());
            initiator.send(read).send(same);
            WirePdu reject = initiator.receive();
            assertEquals(WirePdu.REJECT, reject.opcode());
            assertEquals(7, reject.octet(2));
            assertEquals(WirePdu.NO_TAG, reject.initiatorTaskTag());
            rig.disk.unblock();
            assertArrayEquals(
                    ScriptedDisk.pattern(512, 512),
                    initiator.finish(read, new byte[0]).data());
            // It took no CmdSN, RFC 7143 7.3, and the reserved tag is none.
            initiator.cmdSn--;
            initiator.send(initiator.testUnitReady().word(16, WirePdu.NO_TAG));
            assertEquals(9, initiator.receive().octet(2));
            initiator.cmdSn--;
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
    }

    @Test
    void aPingIsAnsweredWithItsDataAndLun() throws IOException {
        try (Rig rig = small()) {
            RawInitiator initiator = rig.session();
            for (int bytes : new int[] {0, 1, 3, 4, 1000, 8192}) {
                byte[] data = ScriptedDisk.pattern(bytes, bytes);
                WirePdu ping = initiator.nopOut(data).lun(7);
                WirePdu pong = initiator.send(ping).receive();
                assertEquals(WirePdu.NOP_IN, pong.opcode());
                assertEquals(0x80, pong.octet(1));
                assertArrayEquals(data, pong.data());
                assertEquals(7, pong.header().getShort(8));
                assertEquals(ping.initiatorTaskTag(), pong.initiatorTaskTag());
                assertEquals(WirePdu.NO_TAG, pong.word(20));
            }
            // One that is not immediate takes a CmdSN.
            WirePdu counted = initiator.nopOut(new byte[0]).octet(0, 0);
            initiator.cmdSn++;
            initiator.send(counted).receive();
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
    }

    @Test
    void theTargetAsksWhoIsSilentAndDropsWhoDoesNotAnswer() throws IOException {
        try (Rig rig = Rig.with(Limit.NOP_IN_SECONDS, 1, Limit.NOP_IN_TIMEOUT_SECONDS, 1)) {
            RawInitiator initiator = rig.session();
            WirePdu ping = initiator.receive();
            assertEquals(WirePdu.NOP_IN, ping.opcode());
            assertEquals(WirePdu.NO_TAG, ping.initiatorTaskTag());
            assertTrue(ping.word(20) != WirePdu.NO_TAG);
            // The answer carries our tag and no StatSN is taken: it stays, and is asked again.
            initiator.send(WirePdu.of(WirePdu.NOP_OUT | WirePdu.IMMEDIATE, 0x80)
                    .word(16, WirePdu.NO_TAG)
                    .word(20, ping.word(20))
                    .word(24, initiator.cmdSn));
            WirePdu second = initiator.receive();
            assertEquals(WirePdu.NOP_IN, second.opcode());
            assertEquals(List.of(), initiator.expectClosed());
        }
    }

    @Test
    void whoDoesNotReadAndDoesNotSpeakIsDropped() throws Exception {
        try (Rig rig = Rig.with(Limit.NOP_IN_SECONDS, 1, Limit.NOP_IN_TIMEOUT_SECONDS, 1)) {
            RawInitiator frozen =
                    rig.keep(RawInitiator.narrow(rig.port())).loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
            frozen.clearAttentions();
            for (int i = 0; i < 6; i++) {
                frozen.send(frozen.read(i, 8192));
            }
            Rig.eventually(
                    "a frozen initiator is dropped", () -> rig.target.server().connectionCount() == 0);
        }
    }
}
