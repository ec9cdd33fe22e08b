package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.initiator.BlockClient;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.SessionSettings;
import dev.kume.protocol.initiator.SessionTimes;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many sessions and many strangers, with figures printed: what sessions cost, and what strangers take from them. */
final class ScaleClientIT {
    private static final int IDLE = 1_000;
    private static final int BUSY = 64;
    private static final int DEPTH = 2;
    private static final int OF_EACH_KIND = 500;
    private static final int ALTERNATIONS = 7;
    private static final long WINDOW_MILLIS = 2_000;
    private static final int BATCH = 32;
    private static final int DISK_BLOCKS = 64 << 11;

    @TempDir
    Path directory;

    private final LongAdder answers = new LongAdder();
    private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();

    @Test
    void aThousandStrangersTakeNothingFromThoseWhoWork() throws Exception {
        String limits = """
                limits:
                  loginsAtOnce: 1200
                """;
        try (RunningDaemon daemon = RunningDaemon.start(directory, limits, List.of());
                InitiatorHost host = new InitiatorHost(RunningDaemon.NODE1)) {
            String iqn = daemon.provide("one", "64MB", "vhd");
            print("without sessions", daemon);
            logIn(daemon, host, iqn, IDLE);
            print(IDLE + " idle sessions", daemon);
            for (InitiatorSession session : logIn(daemon, host, iqn, BUSY)) {
                work(host.disk(session, 0));
            }
            rate();
            print(IDLE + " idle and " + BUSY + " busy sessions", daemon);
            double[] alone = new double[ALTERNATIONS];
            double[] beside = new double[ALTERNATIONS];
            for (int i = 0; i < ALTERNATIONS; i++) {
                alone[i] = rate();
                try (Strangers strangers = new Strangers(login())) {
                    strangers.connect(daemon.portal(), 1 + i, OF_EACH_KIND);
                    beside[i] = rateBeside(strangers);
                    assertEquals(2 * OF_EACH_KIND, strangers.open(), "all of them were there all the time");
                    if (i == 0) {
                        print("the same and " + 2 * OF_EACH_KIND + " strangers", daemon);
                    }
                }
            }
            Arrays.sort(alone);
            Arrays.sort(beside);
            double median = alone[ALTERNATIONS / 2];
            System.out.printf(
                    Locale.ROOT,
                    "reads a second alone %.0f (%.0f-%.0f), beside the strangers %.0f (%.0f-%.0f): %+.1f %%%n",
                    median,
                    alone[0],
                    alone[ALTERNATIONS - 1],
                    beside[ALTERNATIONS / 2],
                    beside[0],
                    beside[ALTERNATIONS - 1],
                    (beside[ALTERNATIONS / 2] / median - 1) * 100);
            assertTrue(
                    beside[ALTERNATIONS / 2] > 0.9 * alone[0],
                    "beside strangers the median is less than 90 % of the slowest window without them");
            assertEquals(List.of(), List.copyOf(complaints));
            assertEquals(List.of(), host.violations());
        }
    }

    @Test
    void beyondTheLimitTheNewestStrangerIsRefusedAndWhoIsKnownComesBack() throws Exception {
        String limits = """
                limits:
                  loginsAtOnce: 100
                  loginsForKnown: 20
                  loginSeconds: 5
                """;
        SessionTimes quick = SessionTimes.WINDOWS.withReconnect(Duration.ofMillis(100));
        try (RunningDaemon daemon = RunningDaemon.start(directory, limits, List.of());
                InitiatorHost host = new InitiatorHost(RunningDaemon.NODE1);
                Strangers strangers = new Strangers(login())) {
            String iqn = daemon.provide("one", "64MB", "vhd");
            InitiatorSession session = host.login(
                            daemon.portal(), iqn, SessionSettings.windows().withTimes(quick))
                    .get(20, TimeUnit.SECONDS);
            strangers.connect(daemon.portal(), 1, 100);
            await("80 strangers are left", () -> strangers.open() == 80);
            BlockClient disk = host.disk(session, 0);
            disk.testUnitReady().get(10, TimeUnit.SECONDS);
            for (int i = 0; i < 3; i++) {
                session.drop();
                disk.testUnitReady().get(3, TimeUnit.SECONDS);
            }
            assertEquals(4, session.statistics().logins());
            assertEquals(3, session.statistics().losses(), "no login was refused");
            assertEquals(80, strangers.open());
            await("who does not log in in time is cut", () -> strangers.open() == 0);
            try (Strangers later = new Strangers(login())) {
                later.connect(daemon.portal(), 2, 20);
                await("there is room again", () -> later.open() == 40);
            }
            assertEquals(List.of(), host.violations());
        }
    }

    private interface Condition {
        boolean isSo() throws IOException;
    }

    private static void await(String what, Condition condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.isSo()) {
            assertTrue(System.nanoTime() < end, what);
            Thread.sleep(20);
        }
    }

    private static byte[] login() {
        return RawInitiator.loginRequest(3, Map.of("InitiatorName", "iqn.2026-11.dev.kume:stranger"))
                .bytes();
    }

    private List<InitiatorSession> logIn(RunningDaemon daemon, InitiatorHost host, String iqn, int count)
            throws Exception {
        List<InitiatorSession> sessions = new ArrayList<>();
        long begin = System.nanoTime();
        while (sessions.size() < count) {
            List<CompletableFuture<InitiatorSession>> batch = new ArrayList<>();
            for (int i = 0; i < Math.min(BATCH, count - sessions.size()); i++) {
                batch.add(host.login(daemon.portal(), iqn, SessionSettings.windows()));
            }
            for (CompletableFuture<InitiatorSession> each : batch) {
                sessions.add(each.get(20, TimeUnit.SECONDS));
            }
        }
        System.out.printf(
                Locale.ROOT, "%d logins, %d at once: %.1f s%n", count, BATCH, (System.nanoTime() - begin) / 1e9);
        return sessions;
    }

    /** Random reads of 4 KiB, some at a time, for ever. */
    private void work(BlockClient disk) {
        Random random = new Random(1);
        for (int i = 0; i < DEPTH; i++) {
            read(disk, random);
        }
    }

    private void read(BlockClient disk, Random random) {
        var _ = disk.read(random.nextInt(DISK_BLOCKS / 8) * 8L, 8, 512).whenComplete((data, failure) -> {
            if (failure == null) {
                answers.increment();
                read(disk, random);
            } else if (complaints.size() < 10) {
                complaints.add(failure.toString());
            }
        });
    }

    private double rate() throws InterruptedException {
        long before = answers.sum();
        long begin = System.nanoTime();
        Thread.sleep(WINDOW_MILLIS);
        return (answers.sum() - before) / ((System.nanoTime() - begin) / 1e9);
    }

    private double rateBeside(Strangers strangers) throws IOException, InterruptedException {
        long before = answers.sum();
        long begin = System.nanoTime();
        for (int i = 0; i < 8; i++) {
            strangers.sayOneByte();
            Thread.sleep(WINDOW_MILLIS / 8);
        }
        return (answers.sum() - before) / ((System.nanoTime() - begin) / 1e9);
    }

    private static void print(String when, RunningDaemon daemon) throws IOException {
        Path process = Path.of("/proc/" + daemon.pid());
        String threads = Files.readAllLines(process.resolve("status")).stream()
                .filter(line -> line.startsWith("Threads:"))
                .map(line -> line.replaceAll("\\D", ""))
                .findFirst()
                .orElseThrow();
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            System.out.printf(
                    Locale.ROOT,
                    "%s: RSS %d MiB, %s threads, %d descriptors%n",
                    when,
                    daemon.residentBytes() >> 20,
                    threads,
                    descriptors.count());
        }
    }
}
