package dev.kume.cli.service;

import dev.kume.cli.log.ServiceEvent;
import dev.kume.core.Clock;
import dev.kume.core.host.DatagramSender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * systemd, told by the protocol of {@code sd_notify(3)}: READY, RELOADING, STOPPING, STATUS, more time, and the
 * heartbeat of its watchdog. Thread safe.
 */
public final class Systemd implements Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(Systemd.class);

    private static final int SEND_SECONDS = 1;

    /** A ready that is lost would cost the start: it is said again when systemd takes nothing, being busy. */
    private static final int READY_ATTEMPTS = 20;

    /** What the next step of a start may take, and how far ahead a stop asks for time. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    /** How a datagram gets to systemd. */
    @FunctionalInterface
    interface Channel {
        void send(byte[] datagram) throws IOException;
    }

    /** Something that is done again and again, on a thread of its own. */
    @FunctionalInterface
    interface Repeats {
        void every(Duration period, Runnable action);
    }

    private final Channel channel;
    private final Clock clock;
    private final Repeats repeats;
    private final @Nullable Duration watchdog;
    private final AtomicBoolean lost = new AtomicBoolean();
    private final AtomicBoolean beating = new AtomicBoolean();

    /** Until when a stop may last, by the clock; meaningful when {@link #ending}. */
    private volatile long endNanos;

    private final AtomicBoolean ending = new AtomicBoolean();

    /** @param watchdog within which systemd wants a heartbeat; null for never */
    Systemd(Channel channel, Clock clock, Repeats repeats, @Nullable Duration watchdog) {
        this.channel = channel;
        this.clock = clock;
        this.repeats = repeats;
        this.watchdog = watchdog;
    }

    /** The one that has started this process, by its environment; {@link Supervisor#NONE} when it is none. */
    public static Supervisor of(Map<String, String> variables, long pid, Clock clock) {
        String socket = variables.getOrDefault("NOTIFY_SOCKET", "");
        if (socket.isEmpty()) {
            return Supervisor.NONE;
        }
        try {
            DatagramSender sender = DatagramSender.to(socket, SEND_SECONDS);
            return new Systemd(sender::send, clock, repeats(), watchdog(variables, pid));
        } catch (IOException e) {
            ServiceEvent.SYSTEMD_UNREACHABLE.log(LOG, e.getMessage());
            return Supervisor.NONE;
        }
    }

    static Repeats repeats() {
        return (period, action) -> {
            ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("kume-systemd-", 1).daemon(true).factory());
            var _ = timer.scheduleAtFixedRate(action, 0, period.toMillis(), TimeUnit.MILLISECONDS);
        };
    }

    /** The time of its watchdog; null when there is none, or when it is another process that is to beat. */
    static @Nullable Duration watchdog(Map<String, String> variables, long pid) {
        String micros = variables.getOrDefault("WATCHDOG_USEC", "");
        String whose = variables.getOrDefault("WATCHDOG_PID", "");
        if (micros.isEmpty() || (!whose.isEmpty() && !whose.equals(Long.toString(pid)))) {
            return null;
        }
        if (!micros.matches("[0-9]{1,15}") || Long.parseLong(micros) < 1_000) {
            ServiceEvent.WATCHDOG_UNREADABLE.log(LOG, micros);
            return null;
        }
        return Duration.of(Long.parseLong(micros), java.time.temporal.ChronoUnit.MICROS);
    }

    @Override
    public void starting(String doing) {
        tell(status("Starting: " + doing) + extend(PATIENCE));
    }

    @Override
    public void ready(String status, Pulse pulse) {
        String message = "READY=1\n" + status(status);
        for (int attempt = 0; attempt < READY_ATTEMPTS && !tell(message); attempt++) {
            ServiceEvent.SYSTEMD_SLOW.log(LOG);
        }
        Duration time = watchdog;
        if (time != null && beating.compareAndSet(false, true)) {
            // systemd's advice is half the time; a third leaves room for one that comes late.
            Duration period = time.dividedBy(3);
            repeats.every(period, () -> beat(pulse, period));
        }
    }

    private void beat(Pulse pulse, Duration within) {
        try {
            String status = pulse.feel(within);
            tell("WATCHDOG=1\n" + (ending.get() ? "" : status(status)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            if (!ending.get()) {
                ServiceEvent.NO_HEARTBEAT.log(LOG, e.getMessage());
            }
        }
    }

    @Override
    public void reloading() {
        tell("RELOADING=1\nMONOTONIC_USEC=%d\n".formatted(TimeUnit.NANOSECONDS.toMicros(clock.nanoTime()))
                + status("Reading kume.yaml again"));
    }

    @Override
    public void reloaded(String outcome) {
        tell("READY=1\n" + status(outcome));
    }

    @Override
    public void stopping(String doing, Duration within) {
        endNanos = clock.nanoTime() + within.toNanos();
        tell("STOPPING=1\n" + status(doing) + extend(Duration.ofSeconds(Math.min(within.toSeconds(), 60) + 5)));
        if (ending.compareAndSet(false, true)) {
            repeats.every(ASK_AGAIN, this::askForTime);
        }
    }

    /** systemd is asked for a little more, again and again, so that it ends a process that has died on the way. */
    private void askForTime() {
        if (endNanos - clock.nanoTime() > 0) {
            tell(extend(ASK_AGAIN.multipliedBy(3)));
        }
    }

    @Override
    public void failed(String reason) {
        tell(status(reason));
    }

    private static String status(String text) {
        return "STATUS=" + text.replaceAll("\\p{Cntrl}", " ") + "\n";
    }

    private static String extend(Duration time) {
        return "EXTEND_TIMEOUT_USEC=%d\n".formatted(TimeUnit.MILLISECONDS.toMicros(time.toMillis()));
    }

    private boolean tell(String message) {
        try {
            channel.send(message.getBytes(StandardCharsets.UTF_8));
            lost.set(false);
            return true;
        } catch (IOException e) {
            if (lost.compareAndSet(false, true)) {
                ServiceEvent.SYSTEMD_NOT_TOLD.log(LOG, e.getMessage());
            }
            return false;
        }
    }
}
