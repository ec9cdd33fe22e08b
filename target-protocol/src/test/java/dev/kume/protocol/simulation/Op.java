package dev.kume.protocol.simulation;

import org.jspecify.annotations.Nullable;

/** One SCSI command of a simulated initiator, and what it means for the model of its disk. */
final class Op {
    /** COMMANDS CLEARED BY DEVICE SERVER: a part of the write is there. */
    private static final String CUT_SHORT = "0b2f02";

    final Simulation simulation;
    final Initiator initiator;
    final int lun;
    final byte[] cdb;
    final byte[] data;
    final int expectedBytes;
    DiskModel.@Nullable Write write;
    DiskModel.@Nullable Read read;
    DiskModel.@Nullable Flush flush;
    boolean forceUnitAccess;
    boolean anyLength;
    /** Answers no R2T: it will have to be aborted. */
    boolean lazy;

    boolean owesData;
    int itt;
    int cmdSn;
    long issuedNanos;
    int dataSn;
    int r2tSn;
    int received;
    int burst;
    final Bytes dataIn = new Bytes();

    private static final int RESERVATION_CONFLICT = 0x18;

    Op(Initiator initiator, int lun, byte[] cdb, byte[] data, int expectedBytes) {
        this.simulation = initiator.simulation;
        this.initiator = initiator;
        this.lun = lun;
        this.cdb = cdb;
        this.data = data;
        this.expectedBytes = expectedBytes;
    }

    private DiskModel model() {
        return simulation.models.get(lun);
    }

    void good() {
        if (write != null) {
            model().written(write, forceUnitAccess);
        }
        if (read != null) {
            for (int i = 0; i < received / SimulatedStore.SECTOR_BYTES; i++) {
                checkBlock(i, dataIn.take(SimulatedStore.SECTOR_BYTES));
            }
            model().readDone(read);
        }
        if (flush != null) {
            model().flushed(flush, true);
        }
    }

    private void checkBlock(int index, byte[] bytes) {
        java.nio.ByteBuffer words = java.nio.ByteBuffer.wrap(bytes);
        long stamp = words.getLong(0);
        while (words.hasRemaining()) {
            simulation.world.check(words.getLong() == stamp, "a block that is half one write, half another");
        }
        model().check(java.util.Objects.requireNonNull(read), index, stamp);
    }

    /**
     * A unit attention says that nothing was done. A command whose LUN is taken away under it, or that is fenced, is
     * told so, and may have done a part of its work before.
     */
    void failed(int status, String sense) {
        boolean notBegun = (status != 2 && status != RESERVATION_CONFLICT) || sense.startsWith("06");
        simulation.world.check(
                status != 2
                        || sense.startsWith("06")
                        || sense.startsWith("03")
                        || ((sense.startsWith("05") || sense.equals(CUT_SHORT)) && simulation.mayVanish(this)),
                "%s failed with status %02x sense %s".formatted(this, status, sense));
        if (write != null) {
            if (notBegun) {
                simulation.sealedStamps.add(write.stamp);
                model().refused(write);
            } else {
                seal(write);
            }
        }
        forget();
    }

    /** It ended without an answer: nothing of it may reach the disk from now on. */
    void sealed() {
        if (write != null) {
            seal(write);
        }
        forget();
    }

    private void seal(DiskModel.Write of) {
        simulation.sealedStamps.add(of.stamp);
        model().sealed(of);
    }

    private void forget() {
        if (read != null) {
            model().readDone(read);
        }
        if (flush != null) {
            model().flushed(flush, false);
        }
    }

    @Override
    public String toString() {
        return "task %08x of %s, LUN %d, CDB %02x, %d bytes out, issued %.6f%s"
                .formatted(itt, initiator, lun, cdb[0], data.length, issuedNanos / 1e9, lazy ? ", lazy" : "");
    }
}
