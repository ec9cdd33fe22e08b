package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a disk that several nodes use at once may hold, sector of 4 KiB by sector. A write takes effect some time
 * between its sending and its answer; a read sees every write that was answered before the read was sent, unless a
 * later one is over it. Each sector is that of one write as a whole. Thread safe.
 */
final class SectorModel {
    static final int SECTOR_BYTES = 4096;
    private static final long NEVER = Long.MAX_VALUE;

    /** One write, or an UNMAP, whose stamp is 0. */
    static final class Write {
        private final int first;
        private final int count;
        private final long stamp;
        private final long begunAt;
        private long endedAt = NEVER;

        private Write(int first, int count, long stamp, long begunAt) {
            this.first = first;
            this.count = count;
            this.stamp = stamp;
            this.begunAt = begunAt;
        }
    }

    /** A write as one sector knows it, until another one is over it. */
    private static final class Version {
        final Write write;
        long coveredAt = NEVER;

        Version(Write write) {
            this.write = write;
        }
    }

    private final List<List<Version>> sectors = new ArrayList<>();
    private final List<Long> readsUnderWay = new ArrayList<>();
    private long now = 1;
    private long stamps;

    SectorModel(int sectorCount) {
        Write zeroes = new Write(0, sectorCount, 0, 0);
        zeroes.endedAt = 0;
        for (int i = 0; i < sectorCount; i++) {
            sectors.add(new ArrayList<>(List.of(new Version(zeroes))));
        }
    }

    /** A write is about to be sent; it has a stamp of its own. */
    synchronized Write beginWrite(int first, int count) {
        return begin(new Write(first, count, ++stamps, now++));
    }

    synchronized Write beginUnmap(int first, int count) {
        return begin(new Write(first, count, 0, now++));
    }

    private Write begin(Write write) {
        for (int i = write.first; i < write.first + write.count; i++) {
            sectors.get(i).add(new Version(write));
        }
        return write;
    }

    /** The data of a write: its stamp in every word. */
    static byte[] data(Write write) {
        ByteBuffer data = ByteBuffer.allocate(write.count * SECTOR_BYTES);
        while (data.hasRemaining()) {
            data.putLong(write.stamp);
        }
        return data.array();
    }

    /** It was answered with GOOD: what was there before it began is over. */
    synchronized void end(Write write) {
        write.endedAt = now++;
        long oldestRead =
                readsUnderWay.stream().mapToLong(Long::longValue).min().orElse(now);
        for (int i = write.first; i < write.first + write.count; i++) {
            for (Version version : sectors.get(i)) {
                if (version.write.endedAt < write.begunAt && version.coveredAt == NEVER) {
                    version.coveredAt = write.endedAt;
                }
            }
            sectors.get(i).removeIf(version -> version.coveredAt < oldestRead);
        }
    }

    /** A read is about to be sent; gives its time. */
    synchronized long beginRead() {
        long at = now++;
        readsUnderWay.add(at);
        return at;
    }

    /** A read has come back: holds its data against what may be there. */
    synchronized void endRead(long begunAt, int first, byte[] data) {
        assertEquals(0, data.length % SECTOR_BYTES);
        ByteBuffer words = ByteBuffer.wrap(data);
        for (int i = 0; i < data.length / SECTOR_BYTES; i++) {
            List<Version> versions = sectors.get(first + i);
            boolean quiet = versions.stream().allMatch(version -> version.write.endedAt < begunAt);
            long begins = words.getLong(i * SECTOR_BYTES);
            for (int at = i * SECTOR_BYTES; at < (i + 1) * SECTOR_BYTES; at += 8) {
                long stamp = words.getLong(at);
                // Only beside a write that is under way may a read see a part of it.
                assertTrue(!quiet || stamp == begins, "a sector that is of two writes");
                if (stamp != begins || at % SECTOR_BYTES == 0) {
                    check(begunAt, first + i, versions, stamp);
                }
            }
        }
        readsUnderWay.remove(begunAt);
    }

    private static void check(long begunAt, int sector, List<Version> versions, long stamp) {
        for (Version version : versions) {
            if (version.write.stamp == stamp && version.coveredAt > begunAt) {
                return;
            }
        }
        throw new AssertionError("sector %d holds %d; it may hold %s"
                .formatted(
                        sector,
                        stamp,
                        versions.stream()
                                .filter(version -> version.coveredAt > begunAt)
                                .map(version -> version.write.stamp)
                                .toList()));
    }
}
