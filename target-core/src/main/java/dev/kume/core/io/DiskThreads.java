package dev.kume.core.io;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bounded pool of named platform threads that wait for disks. Each disk reaches it through its {@link DiskLane}.
 */
public final class DiskThreads implements Executor, AutoCloseable {
    private static final long IDLE_SECONDS = 30;

    private final ThreadPoolExecutor pool;

    /**
     * How the threads are used at one moment.
     *
     * @param busy    at work for a disk
     * @param max     as many as there may be
     * @param waiting disks that have work and no thread, since all are busy
     */
    public record Use(int busy, int max, int waiting) {
        public static final Use NONE = new Use(0, 0, 0);
    }

    public DiskThreads(int threads) {
        AtomicInteger number = new AtomicInteger();
        pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedTransferQueue<>(),
                task -> Thread.ofPlatform()
                        .name("kume-disk-" + number.incrementAndGet())
                        .daemon(true)
                        .unstarted(task));
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable command) {
        pool.execute(command);
    }

    /** How they are used now. Any thread. */
    public Use use() {
        return new Use(
                pool.getActiveCount(),
                pool.getMaximumPoolSize(),
                pool.getQueue().size());
    }

    /** Lets queued work end; threads that wait for a dead device do not hold the process. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
