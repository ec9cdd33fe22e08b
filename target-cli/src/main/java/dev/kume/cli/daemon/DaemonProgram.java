package dev.kume.cli.daemon;

import dev.kume.cli.log.DaemonLog;
import dev.kume.cli.log.ProcessLog;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.cli.service.Supervisor;
import dev.kume.cli.terminal.Version;
import dev.kume.core.Clock;
import dev.kume.core.Limits.Limit;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.disk.vhd.VhdFormat;
import dev.kume.core.disk.vhdx.VhdxFormat;
import dev.kume.core.store.LocalFiles;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code kume serve}: the daemon as a process in the foreground, from its settings to its exit status. */
public final class DaemonProgram {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonProgram.class);
    private static final int OK = 0;
    private static final int FAILED = 1;

    /** What a stop may take beyond the time that sessions are given, before the process ends all the same. */
    private static final int STOP_EXTRA_MILLIS = 1_800;

    private final Clock clock;
    private final PrintStream out;
    private final PrintStream err;
    private final Supervisor supervisor;
    private final DaemonLog log = ProcessLog.find();

    /**
     * @param out gets the ready line
     * @param err gets the one line of a start that fails; the log goes to the standard error by itself
     * @param supervisor who has started it as a service
     */
    public DaemonProgram(Clock clock, PrintStream out, PrintStream err, Supervisor supervisor) {
        this.clock = clock;
        this.out = out;
        this.err = err;
        this.supervisor = supervisor;
    }

    /**
     * Serves until SIGTERM, SIGINT, Ctrl-C or the end of a drain; the process then ends with status 0. Returns when the
     * start fails, with the exit status, after one line on the standard error; and after a drain.
     *
     * @param config the settings file; null for {@link SettingsFile#USUAL_PLACE} or, without that, built-in defaults
     */
    public int run(@Nullable Path config) {
        return run(config, new CompletableFuture<>());
    }

    /** The same, which ends also when the future completes. */
    public int run(@Nullable Path config, CompletableFuture<Void> stop) {
        CountDownLatch stopAsked = new CountDownLatch(1);
        var _ = stop.thenRun(stopAsked::countDown);
        CountDownLatch stopped = new CountDownLatch(1);
        Daemon daemon;
        Settings settings;
        try {
            settings = SettingsFile.load(config);
            log.begin(settings.log());
            daemon = Daemon.start(settings, system(settings));
        } catch (DaemonException e) {
            log.end();
            supervisor.failed(String.valueOf(e.getMessage()));
            err.println("kume: " + e.getMessage());
            err.flush();
            return e.exitCode();
        }
        long stopMillis = TimeUnit.SECONDS.toMillis(settings.limits().get(Limit.STOP_SECONDS)) + STOP_EXTRA_MILLIS;
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform()
                        .name("kume-stop")
                        .unstarted(() -> endProcess(stopAsked, stopped, stopMillis)));
        var _ = daemon.drained().thenRun(stopAsked::countDown);
        out.println("Kume is ready on " + String.join(", ", daemon.addresses()));
        out.println("Management socket: " + settings.adminSocket());
        out.flush();
        supervisor.ready("Ready on " + String.join(", ", daemon.addresses()), daemon::pulse);
        ServiceEvent.STARTED.log(
                LOG,
                Version.number(),
                ProcessHandle.current().pid(),
                settings.file() == null ? "built-in settings" : settings.file());
        ServiceEvent.READY.log(LOG, String.join(", ", daemon.addresses()), settings.adminSocket());
        try {
            stopAsked.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        supervisor.stopping("Stopping", Duration.ofMillis(stopMillis));
        ServiceEvent.STOPPING.log(LOG);
        daemon.close();
        ServiceEvent.STOPPED.log(LOG);
        log.end();
        stopped.countDown();
        return OK;
    }

    /**
     * On the thread of the shutdown hook. The virtual machine would end with 128 plus the signal's number; a daemon
     * that was asked to stop and did has succeeded.
     */
    private void endProcess(CountDownLatch stopAsked, CountDownLatch stopped, long stopMillis) {
        stopAsked.countDown();
        int status = FAILED;
        try {
            if (stopped.await(stopMillis, TimeUnit.MILLISECONDS)) {
                status = OK;
            } else {
                ServiceEvent.STOP_TAKES_TOO_LONG.log(LOG, stopMillis);
                log.end();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(status);
    }

    private HostSystem system(Settings settings) {
        SecureRandom random = new SecureRandom();
        return new HostSystem(
                Objects.requireNonNullElseGet(settings.host(), HostName::ofThisHost),
                Version.number(),
                ProcessHandle.current().pid(),
                clock,
                random,
                LocalFiles.ofThisHost(),
                new DiskFormats(List.of(new VhdFormat(clock), new VhdxFormat(random), new RawFormat())),
                DurableFiles.OF_THIS_HOST,
                HostNames.OF_THIS_HOST,
                supervisor,
                log);
    }
}
