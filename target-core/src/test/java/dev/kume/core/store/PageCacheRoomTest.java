package dev.kume.core.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.testing.FixedClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageCacheRoomTest {
    @TempDir
    Path folder;

    private final FixedClock clock = new FixedClock(Instant.EPOCH);
    private final ArrayDeque<Runnable> threads = new ArrayDeque<>();
    private Path vmstat;
    private PageCacheRoom room;

    @BeforeEach
    void account() throws IOException {
        vmstat = folder.resolve("vmstat");
        write(100, 20, 1_120);
        room = new PageCacheRoom(vmstat, clock, threads::add);
    }

    private void write(int dirty, int writeback, int background) throws IOException {
        Files.writeString(
                vmstat,
                "nr_free_pages 5\nnr_dirty %d\nnr_writeback %d\nnr_dirty_threshold 9999\nnr_dirty_background_threshold %d\n"
                        .formatted(dirty, writeback, background));
    }

    private void refresh() {
        assertFalse(room.take(Integer.MAX_VALUE));
        assertEquals(1, threads.size());
        threads.remove().run();
    }

    @Test
    void nothingIsKnownBeforeADiskThreadHasRead() {
        assertFalse(room.take(1));
        assertFalse(room.take(1));
        assertEquals(1, threads.size(), "one reader at a time");
    }

    @Test
    void halfOfWhatIsLeftToTheBackgroundThresholdMayBeWritten() {
        refresh();
        assertTrue(room.take(500 * 4_096));
        assertFalse(room.take(1));
    }

    @Test
    void aFullPageCacheLeavesNoRoom() throws IOException {
        write(1_100, 50, 1_120);
        refresh();
        assertFalse(room.take(1));
    }

    @Test
    void theAccountIsReadAgainAndAnOldOneIsNotBelieved() throws IOException {
        refresh();
        clock.advance(Duration.ofMillis(60));
        assertTrue(room.take(4_096), "still fresh enough");
        assertEquals(1, threads.size(), "and read again behind it");
        clock.advance(Duration.ofMillis(500));
        assertFalse(room.take(4_096), "nobody has read it for too long");
        threads.remove().run();
        assertTrue(room.take(4_096));
    }

    @Test
    void anUnreadableAccountMeansNoRoom() throws IOException {
        refresh();
        Files.delete(vmstat);
        clock.advance(Duration.ofMillis(60));
        room.take(1);
        threads.remove().run();
        assertFalse(room.take(1));
    }

    @Test
    void theRealAccountOfThisKernelIsUnderstood() {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Files.isReadable(PageCacheRoom.VMSTAT), "needs Linux' /proc/vmstat");
        PageCacheRoom real = new PageCacheRoom(PageCacheRoom.VMSTAT, clock, Runnable::run);
        real.take(1);
        assertTrue(real.take(1), "an idle system has room for one byte");
    }
}
