package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.initiator.ScsiCommand;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a disk that a validation writes: behind the entries of a partition table and ahead of the first
 * partition, where file systems do not come. It is free when all that stands there is zeros and what a validation has
 * written.
 */
public final class ScratchArea {
    /** Where it begins. */
    public static final int FIRST_BYTE = NodeDisk.SCRATCH_FIRST_SECTOR * NodeDisk.SECTOR_BYTES;

    /** Where it has ended. */
    public static final int END_BYTE = NodeDisk.SCRATCH_END_SECTOR * NodeDisk.SECTOR_BYTES;

    private static final ByteBuffer MARK =
            ByteBuffer.wrap(NodeDisk.MARK.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();

    private ScratchArea() {}

    /** Whether nobody would miss what stands in these sectors. */
    public static boolean isFree(ByteBuffer area) {
        for (int at = 0; at + NodeDisk.SECTOR_BYTES <= area.limit(); at += NodeDisk.SECTOR_BYTES) {
            ByteBuffer sector = area.slice(at, NodeDisk.SECTOR_BYTES);
            if (!isZero(sector) && !isOurs(sector)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Makes it zeros again, block by block, each in one step with a comparison: what somebody else has written
     * meanwhile stays.
     *
     * @return what stayed or went wrong, for people
     */
    static List<String> clear(StorageSteps steps, NodeDisk disk) {
        List<String> left = new ArrayList<>();
        try {
            long first = disk.lba(NodeDisk.SCRATCH_FIRST_SECTOR);
            int blocks = (int) (disk.lba(NodeDisk.SCRATCH_END_SECTOR) - first);
            int bytes = disk.blockBytes();
            ByteBuffer area = steps.await(
                    StorageSteps.from("reading the scratch area", disk),
                    disk.client().read(first, blocks, bytes));
            for (int block = 0; block < blocks; block++) {
                ByteBuffer content = area.slice(block * bytes, bytes);
                if (isOurs(content)) {
                    steps.await(
                            StorageSteps.from("clearing the scratch area", disk),
                            disk.client().execute("COMPARE AND WRITE", compareAndZero(first + block, content)));
                } else if (!isZero(content)) {
                    left.add("block %d of disk %s was written by somebody else meanwhile and is left as it is"
                            .formatted(first + block, disk.seen().serial()));
                }
            }
            steps.await(StorageSteps.from("flushing", disk), disk.client().synchronizeCache());
        } catch (StepFailure failure) {
            left.add("what the tests have written ahead of the first partition of disk %s is still there: %s"
                    .formatted(disk.seen().serial(), failure.getMessage()));
        }
        return left;
    }

    private static ScsiCommand compareAndZero(long lba, ByteBuffer content) {
        byte[] cdb = new byte[16];
        ByteBuffer.wrap(cdb).put((byte) 0x89).putLong(2, lba).put(13, (byte) 1);
        ByteBuffer data = ByteBuffer.allocate(2 * content.remaining());
        data.put(content.duplicate()).rewind();
        return ScsiCommand.write(0, cdb, data);
    }

    private static boolean isOurs(ByteBuffer content) {
        return content.limit() >= MARK.limit() && content.slice(0, MARK.limit()).equals(MARK);
    }

    private static boolean isZero(ByteBuffer content) {
        for (int i = 0; i < content.limit(); i++) {
            if (content.get(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
