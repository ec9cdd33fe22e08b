package dev.kume.protocol.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.ClusterRig.Layout;
import dev.kume.protocol.cluster.ClusterRig.Plan;
import dev.kume.protocol.initiator.BlockClient;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ESXi hosts do to a datastore: locks by COMPARE AND WRITE of one block, zeroing by WRITE SAME, UNMAP. */
final class AtsHeartbeatTest {
    private static final int LOCK_LBA = 100;
    private static final int BLOCK = NodeDisk.SECTOR_BYTES;
    private static final int MISCOMPARE = 0xE;
    private static final int MISCOMPARE_DURING_VERIFY = 0x1D00;
    private static final int BEATS = 400;

    @TempDir
    Path directory;

    /** The block is as it was read, or nothing is written. */
    private static ScsiCommand compareAndWrite(long lba, ByteBuffer old, ByteBuffer next) {
        byte[] cdb = new byte[16];
        ByteBuffer.wrap(cdb).put((byte) 0x89).putLong(2, lba).put(13, (byte) 1);
        ByteBuffer data = ByteBuffer.allocate(2 * BLOCK);
        return ScsiCommand.write(
                0, cdb, data.put(old.duplicate()).put(next.duplicate()).flip());
    }

    private static ByteBuffer read(NodeDisk disk, long lba, int blocks) {
        return ClusterRig.get(disk.client().read(lba, blocks, BLOCK));
    }

    /** A host that counts in the block that all hosts count in. */
    private static final class Host {
        private final NodeDisk disk;
        private final int number;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private int beats;
        private int misses;

        private Host(NodeDisk disk, int number) {
            this.disk = disk;
            this.number = number;
        }

        private Host start() {
            beat();
            return this;
        }

        private void beat() {
            if (beats == BEATS) {
                ended.complete(null);
                return;
            }
            var _ = disk.client().read(LOCK_LBA, 1, BLOCK).whenComplete((block, failure) -> {
                if (failure != null) {
                    ended.completeExceptionally(failure);
                } else {
                    swap(block);
                }
            });
        }

        /** One more in all, one more of this host, and who it was. */
        private void swap(ByteBuffer block) {
            ByteBuffer next = ByteBuffer.allocate(BLOCK).put(block.duplicate()).rewind();
            next.putInt(0, block.getInt(0) + 1).putInt(8, number);
            int own = 16 + number * Integer.BYTES;
            next.putInt(own, block.getInt(own) + 1);
            var _ = disk.access("ATS", compareAndWrite(LOCK_LBA, block, next)).whenComplete((access, failure) -> {
                if (failure != null) {
                    ended.completeExceptionally(failure);
                    return;
                }
                ScsiResult result = access.result();
                if (result.isGood()) {
                    beats++;
                    beat();
                } else if (result.senseKey() == MISCOMPARE && result.additionalSense() == MISCOMPARE_DURING_VERIFY) {
                    misses++;
                    beat();
                } else {
                    ended.completeExceptionally(new AssertionError(result.toString()));
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"ONE_TARGET, 2", "TARGET_EACH, 4"})
    void noHeartbeatOfAnyHostIsLost(Layout layout, int hosts) throws IOException {
        try (ClusterRig rig = new ClusterRig(directory, Plan.of(layout, hosts, 2, 1))) {
            List<Host> all = new ArrayList<>();
            List<NodeDisk> disk = rig.disk();
            for (int number = 0; number < hosts; number++) {
                all.add(new Host(disk.get(number), number).start());
            }
            all.forEach(host -> ClusterRig.get(host.ended));
            ByteBuffer block = read(disk.getFirst(), LOCK_LBA, 1);
            assertEquals(hosts * BEATS, block.getInt(0));
            for (int number = 0; number < hosts; number++) {
                assertEquals(BEATS, block.getInt(16 + number * Integer.BYTES));
            }
            assertTrue(all.stream().anyMatch(host -> host.misses > 0), "nobody ever met another one");
        }
    }

    @Test
    void aMiscompareSaysWhereAndChangesNothing() throws IOException {
        try (ClusterRig rig = new ClusterRig(directory, Plan.of(Layout.TARGET_EACH, 2, 1, 1))) {
            List<NodeDisk> disk = rig.disk();
            ByteBuffer old = NodeDisk.sector("free");
            ClusterRig.get(disk.get(0).client().write(LOCK_LBA, old, BLOCK, false));
            ByteBuffer wrong = NodeDisk.sector("frei");
            ScsiResult result = ClusterRig.get(
                            disk.get(1).access("ATS", compareAndWrite(LOCK_LBA, wrong, NodeDisk.sector("mine"))))
                    .result();
            assertEquals(ScsiStatus.CHECK_CONDITION, result.status());
            assertEquals(MISCOMPARE, result.senseKey());
            assertEquals(MISCOMPARE_DURING_VERIFY, result.additionalSense());
            // Fixed format: VALID, and the offset of the first byte that differs in INFORMATION.
            assertEquals(0xF0, result.sense()[0] & 0xFF);
            assertEquals("fre".length(), ByteBuffer.wrap(result.sense()).getInt(3));
            assertEquals(old, read(disk.get(0), LOCK_LBA, 1));
        }
    }

    /** A new virtual disk is zeroed, and what is deleted is unmapped; the other host sees both at once. */
    @Test
    void zeroedAndUnmappedBlocksAreZerosThroughBothTargets() throws IOException {
        try (ClusterRig rig = new ClusterRig(directory, Plan.of(Layout.TARGET_EACH, 2, 1, 1))) {
            List<NodeDisk> disk = rig.disk();
            byte[] ones = new byte[256 * BLOCK];
            Arrays.fill(ones, (byte) 1);
            for (int step = 0; step < 2; step++) {
                ClusterRig.get(disk.get(0).client().write(8_192, ByteBuffer.wrap(ones), BLOCK, false));
                assertEquals(ByteBuffer.wrap(ones), read(disk.get(1), 8_192, 256));
                ScsiCommand command = step == 0 ? writeSame(8_192, 256) : unmap(8_192, 256);
                assertTrue(ClusterRig.get(disk.get(0).access("zeroing", command))
                        .result()
                        .isGood());
                assertEquals(ByteBuffer.allocate(256 * BLOCK), read(disk.get(1), 8_192, 256));
            }
        }
    }

    private static ScsiCommand writeSame(long lba, int blocks) {
        byte[] cdb = new byte[16];
        ByteBuffer.wrap(cdb).put((byte) 0x93).putLong(2, lba).putInt(10, blocks);
        return ScsiCommand.write(0, cdb, ByteBuffer.allocate(BLOCK));
    }

    private static ScsiCommand unmap(long lba, int blocks) {
        byte[] cdb = new byte[10];
        ByteBuffer.wrap(cdb).put((byte) 0x42).putShort(7, (short) 24);
        ByteBuffer list = ByteBuffer.allocate(24).putShort(0, (short) 22).putShort(2, (short) 16);
        return ScsiCommand.write(0, cdb, list.putLong(8, lba).putInt(16, blocks));
    }

    /** ESXi looks for these before it makes a datastore. */
    @Test
    void theDiskOffersWhatADatastoreNeeds() throws IOException {
        try (ClusterRig rig = new ClusterRig(directory, Plan.of(Layout.ONE_TARGET, 1, 1, 1))) {
            BlockClient client = rig.disks(0).getFirst().client();
            ByteBuffer limits = ClusterRig.get(client.vitalProductData(0xB0));
            assertTrue((limits.get(5) & 0xFF) >= 1, "MAXIMUM COMPARE AND WRITE LENGTH");
            assertTrue(limits.getInt(20) != 0 && limits.getInt(24) != 0, "UNMAP limits");
            long same = limits.getLong(36);
            assertTrue(same == 0 || same >= 2_048, () -> "MAXIMUM WRITE SAME LENGTH, 0 for no limit: " + same);
            ByteBuffer provisioning = ClusterRig.get(client.vitalProductData(0xB2));
            assertTrue((provisioning.get(5) & 0x80) != 0, "LBPU");
        }
    }
}
