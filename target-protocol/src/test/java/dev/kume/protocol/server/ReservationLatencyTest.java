package dev.kume.protocol.server;

import static dev.kume.protocol.server.PrOut.EXCLUSIVE_ACCESS;
import static dev.kume.protocol.server.PrOut.WRITE_EXCLUSIVE;
import static dev.kume.protocol.server.PrOut.WRITE_EXCLUSIVE_REGISTRANTS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What a PERSISTENT RESERVE command waits for: with a disk that has stopped in the middle of a write, and 64 more
 * writes of each node behind it, every one is answered but for a fence whose victim that write is of. No time is
 * measured: the disk goes on only when the test says so.
 */
final class ReservationLatencyTest {
    private static final int WRITES = 64;
    private static final int BYTES = 512;
    private static final long KEY1 = 0xA;
    private static final long KEY2 = 0xB;

    /** Two registered nodes, 64 writes of each, and the first write is inside of the disk. */
    private static final class Stuck implements AutoCloseable {
        final Rig rig = Rig.standard();
        final RawInitiator node1 = rig.session("ImmediateData=Yes", "InitialR2T=No");
        final RawInitiator node2 = rig.otherSession("ImmediateData=Yes", "InitialR2T=No");
        final List<WirePdu> writes1 = new ArrayList<>();
        final List<WirePdu> writes2 = new ArrayList<>();

        Stuck(int insideOf) throws InterruptedException {
            assertEquals(List.of(1, 1), rig.target.server().connectionsOfEachLoop(), "each on its own loop");
            PrOut.REGISTER_AND_IGNORE.good(node1, 0, 0, KEY1);
            PrOut.REGISTER_AND_IGNORE.good(node2, 0, 0, KEY2);
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            write(insideOf == 1 ? node1 : node2, insideOf == 1 ? writes1 : writes2, 1);
            rig.disk.awaitArrivals(1);
            write(node1, writes1, WRITES);
            write(node2, writes2, WRITES);
            node1.ping();
            node2.ping();
        }

        private static void write(RawInitiator node, List<WirePdu> writes, int count) {
            for (int i = 0; i < count; i++) {
                byte[] data = new byte[BYTES];
                Arrays.fill(data, (byte) 0x5A);
                // SIMPLE, and each in a place of its own.
                WirePdu write = node.write(writes.size(), 1).with(data);
                node.send(write);
                writes.add(write);
            }
        }

        /** Lets the disk go on, and hears what became of a node's writes. */
        void finish(RawInitiator node, List<WirePdu> writes, Set<Integer> expected) {
            rig.disk.unblock();
            Set<Integer> statuses = new HashSet<>();
            for (WirePdu write : writes) {
                statuses.add(node.finish(write, new byte[0]).status());
            }
            assertEquals(expected, statuses);
        }

        @Override
        public void close() throws java.io.IOException {
            rig.close();
        }
    }

    @Test
    void whatTakesNoAccessAwayWaitsForNoWrite() throws Exception {
        try (Stuck stuck = new Stuck(1)) {
            for (RawInitiator node : List.of(stuck.node1, stuck.node2)) {
                long key = node == stuck.node1 ? KEY1 : KEY2;
                node.clearAttentions();
                PrOut.REGISTER.good(node, 0, key, 0x77);
                PrOut.REGISTER_AND_IGNORE.good(node, 0, 0, key);
                PrOut.RESERVE.good(node, WRITE_EXCLUSIVE_REGISTRANTS, key, 0);
                for (int action = 0; action < 4; action++) {
                    assertEquals(0, node.run(PrOut.in(node, action)).status());
                }
                PrOut.RELEASE.good(node, WRITE_EXCLUSIVE_REGISTRANTS, key, 0);
            }
            assertEquals(1, stuck.rig.disk.inside.get(), "the disk has gone on");
            stuck.finish(stuck.node1, stuck.writes1, Set.of(0));
            stuck.finish(stuck.node2, stuck.writes2, Set.of(0));
        }
    }

    @Test
    void aPreemptDoesNotWaitForWritesThatQueueBehindAnothersWrite() throws Exception {
        try (Stuck stuck = new Stuck(1)) {
            PrOut.RESERVE.good(stuck.node2, WRITE_EXCLUSIVE_REGISTRANTS, KEY2, 0);
            PrOut.PREEMPT.good(stuck.node1, WRITE_EXCLUSIVE, KEY1, KEY2);
            assertEquals(1, stuck.rig.disk.inside.get(), "the disk has gone on");
            stuck.finish(stuck.node2, stuck.writes2, Set.of(0x18));
            stuck.finish(stuck.node1, stuck.writes1, Set.of(0));
        }
    }

    @Test
    void aPreemptWaitsForTheVictimsWriteInsideOfTheDisk() throws Exception {
        for (PrOut preempt : List.of(PrOut.PREEMPT, PrOut.PREEMPT_AND_ABORT)) {
            try (Stuck stuck = new Stuck(2)) {
                PrOut.RESERVE.good(stuck.node2, EXCLUSIVE_ACCESS, KEY2, 0);
                WirePdu command = preempt.command(stuck.node1, WRITE_EXCLUSIVE, KEY1, KEY2);
                stuck.node1.send(command);
                stuck.node1.expectSilence(100);
                stuck.rig.disk.unblock();
                assertEquals(0, stuck.node1.finish(command, new byte[0]).status());
                assertEquals(0, stuck.rig.disk.inside.get());
                byte[] written = new byte[BYTES];
                Arrays.fill(written, (byte) 0x5A);
                assertArrayEquals(written, stuck.rig.disk.at(0, BYTES), "it was inside: it is there before the answer");
                assertArrayEquals(
                        ScriptedDisk.pattern(BYTES, WRITES * BYTES),
                        stuck.rig.disk.at(BYTES, WRITES * BYTES),
                        "the others are not");
            }
        }
    }
}
