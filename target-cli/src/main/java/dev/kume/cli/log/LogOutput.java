package dev.kume.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.kume.cli.log.Outlet.Outcome;
import dev.kume.core.Clock;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where lines of the log go. A daemon has a thread for it: whoever logs leaves a line in a bounded queue and goes on,
 * however long a disk or a reader of the standard error takes. Before and after that, lines are written at once.
 */
public final class LogOutput implements DaemonLog {
    static final int LINES_WAITING_MAX = 8_192;

    /** Places in the queue that are kept for critical lines. */
    static final int KEPT_FREE = 1_024;

    /** Is not written: whoever waits for a line is to look whether the end has come. */
    private static final LogLine WAKE = new LogLine(Instant.EPOCH, null, "DEBUG", "", "", Map.of(), null);

    private static final long END_MILLIS = 1_000;
    private static final long LOOK_MILLIS = 500;

    private final Clock clock;
    private final ThreadFactory threads;
    private final Logger root;
    private final @Nullable Level forced;
    private final LineLimit limit = new LineLimit();
    private final BlockingQueue<LogLine> waiting = new ArrayBlockingQueue<>(LINES_WAITING_MAX);
    private final AtomicLong dropped = new AtomicLong();
    private final ReentrantLock writing = new ReentrantLock();
    private final List<Outlet> outlets = new ArrayList<>();
    private @Nullable LogTroubles troubles;
    private volatile LogFormat format = LogFormat.TEXT;
    private volatile @Nullable Thread writer;

    /**
     * @param threads makes the thread that writes
     * @param root    whose level is set
     * @param forced  a level that settings do not change; null for none
     * @param error   the standard error
     * @param journal whether journald reads it
     */
    public LogOutput(
            Clock clock,
            ThreadFactory threads,
            Logger root,
            @Nullable Level forced,
            OutputStream error,
            boolean journal) {
        this.clock = clock;
        this.threads = threads;
        this.root = root;
        this.forced = forced;
        outlets.add(new Outlet(new StreamTarget(error, journal)));
        root.setLevel(forced == null ? Level.INFO : forced);
    }

    /** Any thread; waits for nothing while there is a thread that writes. */
    void submit(LogLine line) {
        if (!limit.admits(line)) {
            return;
        }
        if (writer == null) {
            write(List.of(line));
        } else if ((!line.isCritical() && waiting.remainingCapacity() <= KEPT_FREE) || !waiting.offer(line)) {
            dropped.incrementAndGet();
        }
    }

    @Override
    public void begin(LogSettings settings) {
        reload(settings);
        writing.lock();
        try {
            if (settings.file() != null) {
                outlets.add(new Outlet(
                        new FileTarget(new RotatingFile(settings.file(), settings.fileBytes(), settings.files()))));
            }
        } finally {
            writing.unlock();
        }
        Thread thread = threads.newThread(this::run);
        writer = thread;
        thread.start();
    }

    @Override
    public void reload(LogSettings settings) {
        format = settings.format();
        root.setLevel(forced == null ? Level.convertAnSLF4JLevel(settings.level()) : forced);
    }

    @Override
    public void alsoTo(SystemLog log) {
        writing.lock();
        try {
            outlets.add(new Outlet(new SystemTarget(log)));
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void tell(LogTroubles told) {
        writing.lock();
        try {
            troubles = told;
            for (Outlet outlet : outlets) {
                String trouble = outlet.trouble();
                if (trouble != null) {
                    told.begun(outlet.place(), trouble);
                }
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void end() {
        Thread thread = writer;
        writer = null;
        if (thread == null) {
            return;
        }
        // An interrupt would close the file under a write.
        waiting.offer(WAKE);
        try {
            if (!thread.join(Duration.ofMillis(END_MILLIS))) {
                return; // It hangs in a write, and nobody else is to.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        drain();
        write(limit.rest(clock.now()));
        writing.lock();
        try {
            // What is still logged goes to the standard error, which is the first.
            outlets.subList(1, outlets.size()).forEach(Outlet::close);
            outlets.subList(1, outlets.size()).clear();
        } finally {
            writing.unlock();
        }
    }

    private void run() {
        while (writer == Thread.currentThread()) {
            try {
                LogLine line = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (line != null && line != WAKE) {
                    write(List.of(line));
                }
                drain();
                write(limit.sums(clock.now()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void drain() {
        List<LogLine> lines = new ArrayList<>();
        waiting.drainTo(lines);
        lines.remove(WAKE);
        write(lines);
        long left = dropped.getAndSet(0);
        if (left > 0) {
            write(List.of(LogLine.of(clock.now(), ServiceEvent.LOG_LINES_DROPPED, left)));
        }
    }

    private void write(List<LogLine> lines) {
        writing.lock();
        try {
            for (LogLine line : lines) {
                for (Outlet outlet : outlets) {
                    write(line, outlet);
                }
            }
        } finally {
            writing.unlock();
        }
    }

    private void write(LogLine line, Outlet outlet) {
        Outcome outcome = outlet.write(line, format);
        if (outcome == Outcome.BEGINS_TO_FAIL) {
            LogLine complaint = outlet.complaint(line.time());
            outlets.stream().filter(other -> other != outlet).forEach(other -> other.write(complaint, format));
        }
        LogTroubles told = troubles;
        if (told != null && outcome == Outcome.BEGINS_TO_FAIL) {
            told.begun(outlet.place(), String.valueOf(outlet.trouble()));
        } else if (told != null && outcome == Outcome.WORKS_AGAIN) {
            told.over(outlet.place());
        }
    }
}
