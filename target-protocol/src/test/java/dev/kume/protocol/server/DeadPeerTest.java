package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A peer that is gone without a word: it is found, its commands end, and whoever comes back is not kept out. */
final class DeadPeerTest {
    private static Rig quick() {
        return Rig.with(Limit.NOP_IN_SECONDS, 1, Limit.NOP_IN_TIMEOUT_SECONDS, 1);
    }

    @Test
    void oneWithWritesOutstandingIsFoundAndTheyEnd() throws Exception {
        try (Rig rig = quick()) {
            RawInitiator dead = rig.session("InitialR2T=Yes", "ImmediateData=No");
            for (int i = 0; i < 8; i++) {
                dead.send(dead.write(i * 8, 8));
                assertEquals(WirePdu.R2T, dead.receive().opcode());
            }
            assertTrue(rig.target.server().dataBytes() > 0);
            List<WirePdu> heard = dead.expectClosed();
            assertEquals(1, heard.size(), heard::toString);
            assertEquals(WirePdu.NOP_IN, heard.getFirst().opcode());
            Rig.eventually("its writes end", () -> rig.target.server().dataBytes() == 0);
        }
    }

    @Test
    void oneWhoseOutputIsFullDoesNotKeepTheReturningNodeOut() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator dead = rig.keep(RawInitiator.narrow(rig.port()))
                    .loggedIn(RawInitiator.NAME, RawInitiator.TARGET, "MaxRecvDataSegmentLength=262144");
            dead.clearAttentions();
            for (int i = 0; i < 6; i++) {
                dead.send(dead.read(i, 8192));
            }
            Rig.eventually("output waits", () -> rig.target.server().lentChunks() > 0);
            // RawInitiator waits five seconds for an answer; NOP-In would find the dead one after 45.
            RawInitiator back = rig.session();
            assertEquals(0, back.run(back.read(1, 1)).status());
            assertEquals(1, rig.target.server().sessions().join().size());
        }
    }

    @Test
    void oneThatAnswersEachTimeStays() throws Exception {
        try (Rig rig = quick()) {
            RawInitiator initiator = rig.session();
            for (int i = 0; i < 3; i++) {
                WirePdu ping = initiator.receive();
                assertEquals(WirePdu.NOP_IN, ping.opcode());
                initiator.send(WirePdu.of(WirePdu.NOP_OUT | WirePdu.IMMEDIATE, 0x80)
                        .word(16, WirePdu.NO_TAG)
                        .word(20, ping.word(20))
                        .word(24, initiator.cmdSn));
            }
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
    }

    @Test
    void manyReturningNodesAtOnceLeaveTheLast() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator last = rig.session("ImmediateData=Yes");
            for (int i = 0; i < 20; i++) {
                // Each leaves a write half sent behind.
                last.send(last.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 5, 2))
                        .with(new byte[512]));
                last = rig.connect().loggedIn(RawInitiator.NAME, RawInitiator.TARGET, "InitialR2T=No");
                last.clearAttentions();
            }
            assertEquals(0, last.run(last.read(1, 1)).status());
            assertEquals(1, rig.target.server().sessions().join().size());
        }
    }
}
