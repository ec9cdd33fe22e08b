package dev.kume.system;

import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes stamped blocks at random places of a region of its own, flushes after each batch, and knows for every block
 * the generation that it must at least have. Runs on a thread of its own until the connection breaks or it is told to
 * end; what it knows may be read after that thread has ended.
 */
final class StampedWriter implements Runnable {
    /** Where blocks are read back from: a session, or the image file. */
    interface Source {
        byte[] read(long offsetBytes, int bytes) throws IOException;
    }

    static final int BLOCK_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;
    private static final int SECTORS = BLOCK_BYTES / SECTOR_BYTES;
    private static final int BATCH = 16;
    private static final long MAGIC = 0x4B756D655374616DL;

    private final RunningDaemon daemon;
    private final String initiator;
    private final String iqn;
    private final int qualifier;
    private final long firstBlock;
    private final Random random;
    private final long[] issued;
    private final long[] acknowledged;
    private final long[] durable;
    private final List<String> complaints = new ArrayList<>();
    private long generation;
    private volatile long flushes;
    private volatile boolean ending;

    StampedWriter(RunningDaemon daemon, String initiator, String iqn, int index, int blocks) {
        this.daemon = daemon;
        this.initiator = initiator;
        this.iqn = iqn;
        this.qualifier = 0x1000 + index;
        this.firstBlock = (long) index * blocks;
        this.random = new Random(index);
        this.issued = new long[blocks];
        this.acknowledged = new long[blocks];
        this.durable = new long[blocks];
    }

    /** One session, until it breaks or {@link #end} is called. */
    @Override
    public void run() {
        ending = false;
        try (RawInitiator session = RawInitiator.login(daemon.portal(), initiator, iqn, qualifier)) {
            session.clearUnitAttentions(0);
            while (!ending && !session.logoutRequested()) {
                writeBatch(session);
            }
            session.logout();
        } catch (EOFException | java.net.SocketException e) {
            // The daemon is gone, which is the point of these tests.
        } catch (IOException e) {
            complaints.add(initiator + ": " + e);
        }
    }

    private void writeBatch(RawInitiator session) throws IOException {
        int[] places = random.ints(0, issued.length).distinct().limit(BATCH).toArray();
        int[] tags = new int[BATCH];
        long[] generations = new long[BATCH];
        for (int i = 0; i < BATCH; i++) {
            generations[i] = ++generation;
            issued[places[i]] = generation;
            long block = firstBlock + places[i];
            tags[i] = session.submit(0, Cdb.write16(block * SECTORS, SECTORS), stamped(block, generation), 0);
        }
        for (int i = 0; i < BATCH; i++) {
            if (expectGood("WRITE(16)", session.await(tags[i]))) {
                acknowledged[places[i]] = generations[i];
            }
        }
        if (expectGood("SYNCHRONIZE CACHE(10)", session.command(0, Cdb.synchronizeCache(), new byte[0], 0))) {
            for (int i = 0; i < BATCH; i++) {
                durable[places[i]] = generations[i];
            }
            flushes++;
        }
    }

    private boolean expectGood(String command, RawAnswer answer) {
        if (!answer.good()) {
            complaints.add(command + " ends with " + answer.outcome());
        }
        return answer.good();
    }

    void end() {
        ending = true;
    }

    /** Batches flushed since the beginning; any thread. */
    long flushes() {
        return flushes;
    }

    List<String> complaints() {
        return complaints;
    }

    /** What is wrong with the blocks that were flushed. */
    List<String> lostAfterFlush(Source source) throws IOException {
        return lost(durable, source);
    }

    /** What is wrong with the blocks that were acknowledged, which outlive the process while the machine stays up. */
    List<String> lostAfterAnswer(Source source) throws IOException {
        return lost(acknowledged, source);
    }

    private List<String> lost(long[] atLeast, Source source) throws IOException {
        List<String> lost = new ArrayList<>();
        for (int i = 0; i < atLeast.length; i++) {
            if (atLeast[i] == 0) {
                continue;
            }
            long block = firstBlock + i;
            ByteBuffer bytes = ByteBuffer.wrap(source.read(block * BLOCK_BYTES, BLOCK_BYTES));
            for (int sector = 0; sector < SECTORS; sector++) {
                int at = sector * SECTOR_BYTES;
                long found = bytes.getLong(at + 16);
                boolean own = bytes.getLong(at) == MAGIC && bytes.getLong(at + 8) == block * SECTORS + sector;
                if (!own || found < atLeast[i] || found > issued[i]) {
                    lost.add("block %d, sector %d: generation %d is promised, %s found"
                            .formatted(block, sector, atLeast[i], own ? "generation " + found : "other data"));
                }
            }
        }
        return lost;
    }

    private static byte[] stamped(long block, long generation) {
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK_BYTES);
        for (int sector = 0; sector < SECTORS; sector++) {
            int at = sector * SECTOR_BYTES;
            for (int word = at; word < at + SECTOR_BYTES; word += 8) {
                bytes.putLong(word, generation * 31 + word);
            }
            bytes.putLong(at, MAGIC).putLong(at + 8, block * SECTORS + sector).putLong(at + 16, generation);
        }
        return bytes.array();
    }

    /** Reads through a session. */
    static Source through(RawInitiator session) {
        return (offsetBytes, bytes) -> {
            RawAnswer answer = session.command(
                    0, Cdb.read16(offsetBytes / SECTOR_BYTES, bytes / SECTOR_BYTES), new byte[0], bytes);
            if (!answer.good()) {
                throw new IOException("READ(16) ends with " + answer.outcome());
            }
            return answer.data();
        };
    }
}
