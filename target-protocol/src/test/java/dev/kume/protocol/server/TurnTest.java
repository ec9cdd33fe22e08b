package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.protocol.server.SteppedTarget.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What one turn of a loop does, and what it leaves to the next: a loop belongs to many connections. */
final class TurnTest {
    private static final int TURN_BYTES = 1 << 20;

    private static int dataBytes(List<WirePdu> pdus) {
        return pdus.stream().mapToInt(pdu -> pdu.data().length).sum();
    }

    @Test
    void aReaderAsFastAsWeAreTakesOneShareOfATurnAndOthersAreServedBetween() {
        try (SteppedTarget target = new SteppedTarget(Limits.DEFAULTS)) {
            Peer greedy = target.session(1, "MaxRecvDataSegmentLength=65536");
            Peer other = target.session(2, "MaxRecvDataSegmentLength=65536");
            greedy.send(greedy.read(0, 8192), greedy.read(8192, 8192));
            final List<WirePdu> came = new ArrayList<>(greedy.received());
            assertTrue(dataBytes(came) <= TURN_BYTES, () -> dataBytes(came) + " bytes in the first turn");
            int turns = 1;
            while (dataBytes(came) < 2 * 8192 * 512) {
                // Between two turns of the greedy one the other's socket is read, and it is answered at once.
                other.send(other.read(5, 1));
                List<WirePdu> answer = other.received();
                assertEquals(1, answer.size());
                assertArrayEquals(
                        ScriptedDisk.pattern(5 * 512, 512), answer.getFirst().data());
                assertTrue(target.turn(), "the rest has asked for its turn");
                List<WirePdu> more = greedy.received();
                assertTrue(dataBytes(more) <= TURN_BYTES + 65_536, () -> dataBytes(more) + " bytes in one turn");
                came.addAll(more);
                turns++;
            }
            assertTrue(turns >= 8, turns + " turns");
            assertEquals(2, came.stream().filter(WirePdu::takesStatSn).count());
            target.settle();
            assertEquals(List.of(), greedy.received());
        }
    }

    private static Limits quick() {
        return Limits.of(Map.of(Limit.NOP_IN_SECONDS, 10L, Limit.NOP_IN_TIMEOUT_SECONDS, 5L));
    }

    @Test
    void aPeerThatDiedWhileItsInputWasPausedIsFoundOnceInputIsTakenAgain() {
        try (SteppedTarget target = new SteppedTarget(quick())) {
            Peer peer = target.session(1);
            long all = target.memory.limitBytes() + 1;
            target.memory.take(all);
            peer.send(peer.nopOut(5, WirePdu.NO_TAG));
            assertFalse(peer.channel.config().isAutoRead(), "input is paused");
            assertEquals(WirePdu.NOP_IN, peer.received().getFirst().opcode());
            target.pass(60);
            List<WirePdu> asked = peer.received();
            assertEquals(1, asked.size());
            assertEquals(WirePdu.NO_TAG, asked.getFirst().initiatorTaskTag());
            // An answer that is not heard is not missing.
            assertEquals(1, target.connectionCount());
            target.memory.give(all);
            target.pass(4);
            assertTrue(peer.channel.config().isAutoRead(), "input is taken again");
            assertEquals(1, target.connectionCount());
            target.pass(3);
            assertEquals(0, target.connectionCount());
            assertFalse(peer.channel.isOpen());
        }
    }

    @Test
    void onePausedThatAnswersWhenItIsHeardStays() {
        try (SteppedTarget target = new SteppedTarget(quick())) {
            Peer peer = target.session(1);
            long all = target.memory.limitBytes() + 1;
            target.memory.take(all);
            peer.send(peer.nopOut(5, WirePdu.NO_TAG));
            target.pass(60);
            int tag = peer.received().getLast().word(20);
            target.memory.give(all);
            target.pass(3);
            peer.send(peer.nopOut(WirePdu.NO_TAG, tag));
            target.pass(8);
            assertEquals(1, target.connectionCount());
            assertEquals(List.of(), peer.received());
        }
    }

    @Test
    void aTaskWhoseAnswerFailedByAnErrorOfOurOwnDoesNotHoldItsNexus() {
        try (SteppedTarget target = new SteppedTarget(Limits.DEFAULTS)) {
            Peer broken = target.session(1, "MaxRecvDataSegmentLength=262144");
            // The read fills the chunk, and one of the answers behind it has to make room: there the error strikes.
            List<WirePdu> batch = new ArrayList<>();
            batch.add(broken.read(0, 512));
            for (int i = 0; i < 120; i++) {
                batch.add(broken.command(0x81, 0, new byte[16]));
            }
            broken.channel.breakNextWrite();
            broken.send(batch.toArray(WirePdu[]::new));
            target.settle();
            assertEquals(1, target.bugs());
            assertFalse(broken.channel.isOpen());
            Peer again = target.session(1);
            again.send(again.read(3, 1));
            assertArrayEquals(
                    ScriptedDisk.pattern(3 * 512, 512),
                    again.received().getFirst().data());
            assertEquals(1, target.connectionCount());
        }
    }
}
