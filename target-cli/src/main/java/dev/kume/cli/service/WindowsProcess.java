package dev.kume.cli.service;

import dev.kume.cli.log.ServiceEvent;
import dev.kume.cli.log.SystemLog;
import dev.kume.core.host.ScmCalls;
import dev.kume.core.host.ServiceLayouts;
import dev.kume.core.host.WindowsException;
import dev.kume.protocol.event.EventFacts;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon as a service of Windows: tells the service control manager how it stands, and does what that asks.
 * Thread safe.
 */
public final class WindowsProcess implements Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(WindowsProcess.class);

    private static final int SPECIFIC_ERROR = 1_066;
    private static final int DRAIN_SECONDS = 30;

    /** Windows gives all services a minute when the host goes down. */
    private static final int SHUTDOWN_DRAIN_SECONDS = 20;

    private static final Duration STEP = Duration.ofSeconds(60);
    private static final Duration SIGN = Duration.ofSeconds(5);

    /** How the daemon is asked for an end in order. */
    @FunctionalInterface
    public interface Drain {
        void begin(int seconds) throws Exception;
    }

    private final ScmCalls scm;
    private final Drain drain;
    private final Executor threads;
    private final Systemd.Repeats repeats;
    private final SystemLog log;
    private final CompletableFuture<Void> stop = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private long handle;
    private int state = ScmCalls.START_PENDING;
    private int checkPoint;
    private int hintMillis;
    private int exitStatus;

    /**
     * @param drain   must not wait for its end
     * @param threads where a drain begins
     * @param repeats gives a sign while a stop goes on
     * @param log     gets the reason of a start that fails
     */
    WindowsProcess(ScmCalls scm, Drain drain, Executor threads, Systemd.Repeats repeats, SystemLog log) {
        this.scm = scm;
        this.drain = drain;
        this.threads = threads;
        this.repeats = repeats;
        this.log = log;
    }

    /** That of this host. */
    public static WindowsProcess ofThisHost(ScmCalls scm, Drain drain, SystemLog log) {
        return new WindowsProcess(
                scm,
                drain,
                task -> Thread.ofPlatform().name("kume-drain").daemon(true).start(task),
                Systemd.repeats(),
                log);
    }

    /**
     * Is the service until it has stopped.
     *
     * @param daemon runs the daemon and returns its exit status
     */
    public void run(ToIntFunction<WindowsProcess> daemon) throws WindowsException {
        scm.dispatch(WindowsService.NAME, () -> {
            try {
                long registered = scm.handle(WindowsService.NAME, this::control);
                lock.lock();
                try {
                    handle = registered;
                } finally {
                    lock.unlock();
                }
                starting("Kume");
                stopped(daemon.applyAsInt(this));
            } catch (WindowsException | RuntimeException e) {
                ServiceEvent.WINDOWS_SERVICE_BUG.log(LOG, e.getMessage(), e);
                stopped(1);
            }
        });
    }

    /** Completes when the daemon is to stop at once. */
    public CompletableFuture<Void> stop() {
        return stop;
    }

    /** On a thread of Windows, which waits. */
    private void control(int control) {
        switch (control) {
            case ScmCalls.CONTROL_STOP -> end(DRAIN_SECONDS);
            case ScmCalls.CONTROL_PRESHUTDOWN -> end(SHUTDOWN_DRAIN_SECONDS);
            case ScmCalls.CONTROL_SHUTDOWN -> stop.complete(null);
            case ScmCalls.CONTROL_INTERROGATE -> tell();
            default -> {
                // Windows sends others to everybody; they mean nothing here.
            }
        }
    }

    private void end(int seconds) {
        stopping("Draining", Duration.ofSeconds(seconds));
        threads.execute(() -> {
            try {
                drain.begin(seconds);
            } catch (Exception e) {
                ServiceEvent.STOP_WITHOUT_DRAIN.log(LOG, e.getMessage());
                stop.complete(null);
            }
        });
    }

    @Override
    public void starting(String doing) {
        change(ScmCalls.START_PENDING, STEP);
    }

    @Override
    public void ready(String status, Pulse pulse) {
        change(ScmCalls.RUNNING, Duration.ZERO);
    }

    @Override
    public void stopping(String doing, Duration within) {
        boolean first;
        lock.lock();
        try {
            first = state != ScmCalls.STOP_PENDING;
        } finally {
            lock.unlock();
        }
        change(ScmCalls.STOP_PENDING, SIGN.multipliedBy(3));
        if (first) {
            long signs = within.plus(SIGN).dividedBy(SIGN);
            repeats.every(SIGN, new Signs(signs + TimeUnit.MINUTES.toSeconds(1) / SIGN.toSeconds()));
        }
    }

    /** Tells that the stop goes on, so many times and no more: one that hangs is to be seen as such. */
    private final class Signs implements Runnable {
        private long left;

        Signs(long left) {
            this.left = left;
        }

        @Override
        public void run() {
            lock.lock();
            try {
                if (left > 0 && state == ScmCalls.STOP_PENDING) {
                    left--;
                    change(ScmCalls.STOP_PENDING, SIGN.multipliedBy(3));
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** The log of the daemon has ended, or has not begun. */
    @Override
    public void failed(String reason) {
        EventFacts facts = ServiceEvent.START_REFUSED.facts();
        try {
            log.write(facts.severity(), facts.number(), ServiceEvent.START_REFUSED.text(reason));
        } catch (IOException e) {
            ServiceEvent.WINDOWS_LOG_CLOSED.log(LOG, e.getMessage());
        }
    }

    /** The last word: Windows may end the process from here on. */
    private void stopped(int status) {
        lock.lock();
        try {
            exitStatus = status;
            change(ScmCalls.STOPPED, Duration.ZERO);
        } finally {
            lock.unlock();
        }
    }

    private void change(int next, Duration hint) {
        lock.lock();
        try {
            if (next == state && next != ScmCalls.RUNNING) {
                checkPoint++;
            } else {
                checkPoint = next == ScmCalls.START_PENDING || next == ScmCalls.STOP_PENDING ? 1 : 0;
            }
            state = next;
            hintMillis = (int) hint.toMillis();
            tell();
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        lock.lock();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(ServiceLayouts.STATUS);
            set(status, "dwServiceType", ScmCalls.OWN_PROCESS);
            set(status, "dwCurrentState", state);
            set(
                    status,
                    "dwControlsAccepted",
                    state == ScmCalls.RUNNING
                            ? ScmCalls.ACCEPT_STOP | ScmCalls.ACCEPT_SHUTDOWN | ScmCalls.ACCEPT_PRESHUTDOWN
                            : 0);
            set(status, "dwWin32ExitCode", exitStatus == 0 ? 0 : SPECIFIC_ERROR);
            set(status, "dwServiceSpecificExitCode", exitStatus);
            set(status, "dwCheckPoint", checkPoint);
            set(status, "dwWaitHint", hintMillis);
            scm.tell(handle, status);
        } catch (WindowsException e) {
            ServiceEvent.WINDOWS_NOT_TOLD.log(LOG, e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private static void set(MemorySegment status, String member, int value) {
        ServiceLayouts.set(status, ServiceLayouts.STATUS, member, value);
    }
}
