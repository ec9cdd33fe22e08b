package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** A logical unit, and a file that has what the unit should have. Confined to the thread that uses it. */
final class ModelDisk implements AutoCloseable {
    private static final int PIECE_BYTES_MAX = 192 << 10;

    private final int lun;
    private final int blockBytes;
    private final int unitBytes;
    private final long sizeBytes;
    private final Path file;
    private final FileChannel model;

    private ModelDisk(int lun, int blockBytes, int unitBytes, long sizeBytes, Path file, FileChannel model) {
        this.lun = lun;
        this.blockBytes = blockBytes;
        this.unitBytes = unitBytes;
        this.sizeBytes = sizeBytes;
        this.file = file;
        this.model = model;
    }

    /** A unit whose content is that of this file, which is made when it is not there; it is as long as the unit. */
    static ModelDisk of(int lun, int blockBytes, long sizeBytes, Path file) throws IOException {
        FileChannel model =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (model.size() < sizeBytes) {
            model.write(ByteBuffer.allocate(1), sizeBytes - 1);
        }
        return new ModelDisk(lun, blockBytes, blockBytes, sizeBytes, file, model);
    }

    /** The same unit, of which random changes begin and end at multiples of these bytes; this one is not used more. */
    ModelDisk inUnitsOf(int bytes) {
        return new ModelDisk(lun, blockBytes, bytes, sizeBytes, file, model);
    }

    Path file() {
        return file;
    }

    /** The unit is ready for commands of this session. */
    void clearAttentions(RawInitiator session) throws IOException {
        session.clearUnitAttentions(lun);
    }

    /** Random pieces anywhere, at the end and over the borders of megabytes: most written, some unmapped. */
    void change(RawInitiator session, Random random, int changes) throws IOException {
        for (int i = 0; i < changes; i++) {
            long lengthBytes = (1 + random.nextInt(PIECE_BYTES_MAX / unitBytes)) * (long) unitBytes;
            switch (random.nextInt(8)) {
                case 0 -> unmap(session, place(random, 64 * lengthBytes), 64 * lengthBytes);
                case 1 -> unmap(session, place(random, lengthBytes), lengthBytes);
                case 2 -> write(session, random, sizeBytes - lengthBytes, lengthBytes);
                case 3 -> {
                    long border = (1 + random.nextInt((int) (sizeBytes >> 20) - 1)) * (1L << 20);
                    write(session, random, border - lengthBytes / 2 / unitBytes * unitBytes, lengthBytes);
                }
                default -> write(session, random, place(random, lengthBytes), lengthBytes);
            }
            if (random.nextInt(12) == 0) {
                good(session.command(lun, Cdb.synchronizeCache(), new byte[0], 0));
            }
        }
    }

    private long place(Random random, long lengthBytes) {
        return random.nextLong(Math.max(1, (sizeBytes - lengthBytes) / unitBytes)) * unitBytes;
    }

    void write(RawInitiator session, Random random, long offsetBytes, long lengthBytes) throws IOException {
        byte[] bytes = new byte[(int) Math.min(lengthBytes, sizeBytes - offsetBytes)];
        random.nextBytes(bytes);
        good(session.command(lun, Cdb.write16(offsetBytes / blockBytes, bytes.length / blockBytes), bytes, 0));
        model.write(ByteBuffer.wrap(bytes), offsetBytes);
    }

    void unmap(RawInitiator session, long offsetBytes, long lengthBytes) throws IOException {
        long bytes = Math.min(lengthBytes, sizeBytes - offsetBytes);
        byte[] list = Cdb.unmapList(offsetBytes / blockBytes, bytes / blockBytes);
        good(session.command(lun, Cdb.unmap(list.length), list, 0));
        model.write(ByteBuffer.allocate((int) bytes), offsetBytes);
    }

    /** Reads all of the unit and compares. */
    void compare(RawInitiator session) throws IOException {
        for (long at = 0; at < sizeBytes; at += PIECE_BYTES_MAX) {
            int bytes = (int) Math.min(PIECE_BYTES_MAX, sizeBytes - at);
            byte[] read = good(session.command(
                            lun, Cdb.read16(at / blockBytes, bytes / blockBytes), new byte[0], bytes))
                    .data();
            byte[] wanted = new byte[bytes];
            model.read(ByteBuffer.wrap(wanted), at);
            long from = at;
            assertArrayEquals(wanted, read, () -> "LUN %d from byte %d on".formatted(lun, from));
        }
    }

    private RawAnswer good(RawAnswer answer) {
        assertTrue(answer.good(), () -> "LUN " + lun + ": " + answer.outcome());
        return answer;
    }

    @Override
    public void close() throws IOException {
        model.close();
    }
}
