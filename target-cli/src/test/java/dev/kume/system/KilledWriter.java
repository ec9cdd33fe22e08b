package dev.kume.system;

import dev.kume.system.WriteHistory.Deed;
import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Writes stamped blocks all over a region of a disk, several at a time, zeroes a stretch now and then and flushes now
 * and then, until the connection breaks or it is told to end. Most writes are never flushed. Its history may be read
 * after {@link #run} has ended.
 */
final class KilledWriter implements Runnable {
    /** Places are this far apart, so that many blocks of a disk are allocated. */
    private static final int STRIDE_BYTES = 128 << 10;

    private static final int BATCH = 8;
    private static final int FLUSH_EACH = 12;
    private static final int ZERO_EACH = 10;

    /** Places that are zeroed together: 2 MiB, a block of many disks. */
    private static final int STRETCH = 16;

    private final RunningDaemon daemon;
    private final String initiator;
    private final String iqn;
    private final long firstByte;
    private final int qualifier;
    private final Random random;
    private final WriteHistory history;
    private final List<String> complaints = new ArrayList<>();
    private volatile long batches;
    private volatile boolean ending;

    /**
     * @param firstByte where its region begins, a multiple of 2 MiB
     * @param places    a multiple of 16; 128 KiB of the region each
     */
    KilledWriter(RunningDaemon daemon, String initiator, String iqn, long firstByte, int places, long seed) {
        this.daemon = daemon;
        this.initiator = initiator;
        this.iqn = iqn;
        this.firstByte = firstByte;
        this.qualifier = 0x2000 + (int) (firstByte >> 20);
        this.random = new Random(seed);
        long[] offsets = new long[places];
        for (int place = 0; place < places; place++) {
            offsets[place] = firstByte + (long) place * STRIDE_BYTES + place % 5 * (long) WriteHistory.BLOCK_BYTES;
        }
        this.history = new WriteHistory(offsets);
    }

    WriteHistory history() {
        return history;
    }

    @Override
    public void run() {
        ending = false;
        try (RawInitiator session = RawInitiator.login(daemon.portal(), initiator, iqn, qualifier)) {
            session.clearUnitAttentions(0);
            while (!ending && !session.logoutRequested()) {
                doBatch(session);
            }
            session.logout();
        } catch (EOFException | java.net.SocketException e) {
            // The daemon is gone, which is the point of these tests.
        } catch (IOException e) {
            complaints.add(initiator + ": " + e);
        }
    }

    private void doBatch(RawInitiator session) throws IOException {
        if (random.nextInt(ZERO_EACH) == 0) {
            zeroStretch(session);
        } else {
            write(session);
        }
        if (random.nextInt(FLUSH_EACH) == 0) {
            RawAnswer answer = session.command(0, Cdb.synchronizeCache(), new byte[0], 0);
            if (!answer.good() && !isUnitAttention(answer)) {
                complaints.add("SYNCHRONIZE CACHE(10) ends with " + answer.outcome());
            }
        }
        batches++;
    }

    private void write(RawInitiator session) throws IOException {
        int[] places = random.ints(0, history.places()).distinct().limit(BATCH).toArray();
        int[] tags = new int[BATCH];
        Deed[] deeds = new Deed[BATCH];
        for (int i = 0; i < BATCH; i++) {
            Deed deed = history.write(places[i]);
            byte[] bytes = history.stamped(places[i], deed);
            deeds[i] = deed;
            tags[i] = session.submit(0, Cdb.write16(lba(places[i]), lbas(bytes.length)), bytes, 0);
        }
        for (int i = 0; i < BATCH; i++) {
            settle("WRITE(16)", session.await(tags[i]), places[i], deeds[i]);
        }
    }

    private void zeroStretch(RawInitiator session) throws IOException {
        int first = random.nextInt(history.places() / STRETCH) * STRETCH;
        Deed[] deeds = new Deed[STRETCH];
        Arrays.setAll(deeds, i -> history.zero(first + i));
        long from = (firstByte + (long) first * STRIDE_BYTES) / WriteHistory.SECTOR_BYTES;
        byte[] cdb = Cdb.writeSame16(from, lbas(STRETCH * STRIDE_BYTES), random.nextBoolean());
        RawAnswer answer = session.command(0, cdb, new byte[WriteHistory.SECTOR_BYTES], 0);
        for (int i = 0; i < STRETCH; i++) {
            settle("WRITE SAME(16)", answer, first + i, deeds[i]);
        }
    }

    private long lba(int place) {
        return history.offsetBytes(place) / WriteHistory.SECTOR_BYTES;
    }

    private static int lbas(int bytes) {
        return bytes / WriteHistory.SECTOR_BYTES;
    }

    /** A unit attention (the capacity has changed, say) comes in place of what was to be done. */
    private void settle(String command, RawAnswer answer, int place, Deed deed) {
        if (answer.good()) {
            deed.answered(System.nanoTime());
        } else if (isUnitAttention(answer)) {
            history.refused(place, deed);
        } else {
            complaints.add(command + " ends with " + answer.outcome());
        }
    }

    private static boolean isUnitAttention(RawAnswer answer) {
        return answer.outcome().startsWith("6/");
    }

    void end() {
        ending = true;
    }

    /** Batches done since the beginning; any thread. */
    long batches() {
        return batches;
    }

    List<String> complaints() {
        return complaints;
    }
}
