package dev.kume.core.store;

import dev.kume.core.Clock;
import dev.kume.core.io.WriteRoom;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Linux' own account of dirty memory: writers are not made to wait below the background threshold, so half of what is
 * left to it may be written before the account is read again. Read by a disk thread, never by who asks.
 */
public final class PageCacheRoom implements WriteRoom {
    /** Where Linux keeps the account. */
    public static final Path VMSTAT = Path.of("/proc/vmstat");

    /** The smallest page there is: on a system with larger ones the room is only counted too small. */
    private static final long PAGE_BYTES = 4_096;

    private static final long REFRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long STALE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Path vmstat;
    private final Clock clock;
    private final Executor threads;
    private final AtomicLong roomBytes = new AtomicLong();
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final Runnable refresh = this::refresh;
    private volatile long readNanos;

    public PageCacheRoom(Path vmstat, Clock clock, Executor threads) {
        this.vmstat = vmstat;
        this.clock = clock;
        this.threads = threads;
        this.readNanos = clock.nanoTime() - STALE_NANOS - 1;
    }

    /** The account of this host, or {@link WriteRoom#UNKNOWN} where the system keeps none. */
    public static WriteRoom ofThisHost(Clock clock, Executor threads) {
        return Files.isReadable(VMSTAT) ? new PageCacheRoom(VMSTAT, clock, threads) : UNKNOWN;
    }

    @Override
    public boolean take(int bytes) {
        long ageNanos = clock.nanoTime() - readNanos;
        if (ageNanos > REFRESH_NANOS && refreshing.compareAndSet(false, true)) {
            threads.execute(refresh);
        }
        return ageNanos <= STALE_NANOS && roomBytes.addAndGet(-bytes) >= 0;
    }

    private void refresh() {
        try {
            roomBytes.set(read() / 2);
        } catch (IOException | NumberFormatException unreadable) {
            // Without the account nobody knows, and every write goes to a disk thread.
            roomBytes.set(0);
        } finally {
            readNanos = clock.nanoTime();
            refreshing.set(false);
        }
    }

    private long read() throws IOException {
        long dirty = 0;
        long threshold = 0;
        for (String line : Files.readAllLines(vmstat, StandardCharsets.US_ASCII)) {
            if (line.startsWith("nr_dirty ") || line.startsWith("nr_writeback ")) {
                dirty += value(line);
            } else if (line.startsWith("nr_dirty_background_threshold ")) {
                threshold = value(line);
            }
        }
        return Math.max(0, threshold - dirty) * PAGE_BYTES;
    }

    private static long value(String line) {
        return Long.parseLong(line.substring(line.indexOf(' ') + 1).strip());
    }
}
