package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a verb on disks that are written, and ends it at a random moment: by SIGKILL of the daemon, or by a cancel.
 * Nothing that was answered may be lost then, the inventory must be as before or as after it, no file may be left that
 * belongs to nothing, and the verb can be run again to its end.
 */
final class VerbRuns {
    /** How a verb is ended. */
    enum Ending {
        KILL,
        CANCEL
    }

    /** For daemons that are killed soon: the second compiler would cost more than it brings. */
    static final List<String> QUICK_START = List.of("env", "KUME_JAVA_OPTS=-XX:TieredStopAtLevel=1");

    private final RunningDaemon daemon;
    private final List<LoadedDisk> disks;
    private final Ending ending;
    private final Random random;
    private int within;
    private int done;
    private long lastNanos;
    private final List<Long> tookNanos = new ArrayList<>();

    VerbRuns(RunningDaemon daemon, List<LoadedDisk> disks, Ending ending, long seed) {
        this.daemon = daemon;
        this.disks = List.copyOf(disks);
        this.ending = ending;
        this.random = new Random(seed);
    }

    /** Once to its end, and then so often not. */
    void run(String what, int times, Verb verb) throws Exception {
        within = 0;
        done = 0;
        tookNanos.clear();
        verb.prepare();
        runToTheEnd(verb, "before all");
        verb.undo();
        noOrphans("before all");
        for (int round = 1; round <= times; round++) {
            String when = "%s, %s %d".formatted(what, ending, round);
            verb.prepare();
            runAndEnd(verb, when);
            verb.undo();
            noOrphans(when);
        }
        for (LoadedDisk disk : disks) {
            disk.flush();
        }
        System.out.printf(
                "VerbRuns: %s: %d x %s, %d while it ran, %d of the verbs were done; %d batches of writes; took %s ms%n",
                what,
                times,
                ending,
                within,
                done,
                disks.stream().mapToLong(LoadedDisk::batches).sum(),
                tookNanos.stream().map(TimeUnit.NANOSECONDS::toMillis).toList());
    }

    // ---- one run

    private void runToTheEnd(Verb verb, String when) throws Exception {
        startLoad(verb);
        long from = System.nanoTime();
        JsonNode end = Operation.end(daemon, verb.begin());
        long to = System.nanoTime();
        endLoad();
        assertEquals("done", end.path("state").asText("done"), () -> when + ": " + end);
        took(to - from);
        check(verb, when + ", at its end");
        assertTrue(verb.isDone(), when + ": told to be done");
        verb.verify(from, to);
    }

    private void runAndEnd(Verb verb, String when) throws Exception {
        startLoad(verb);
        long from = System.nanoTime();
        Attempt attempt = new Attempt(daemon, verb);
        TimeUnit.NANOSECONDS.sleep(random.nextLong(lastNanos + 1));
        boolean running = attempt.isRunning();
        if (ending == Ending.KILL) {
            daemon.kill();
        } else {
            attempt.cancel();
        }
        attempt.join();
        long to = System.nanoTime();
        endLoad();
        if (ending == Ending.KILL) {
            daemon.restart();
        }
        Operation.awaitAll(daemon);
        check(verb, when);
        boolean isDone = verb.isDone();
        within += running ? 1 : 0;
        if (!running) {
            took(attempt.endNanos - from);
        }
        done += isDone ? 1 : 0;
        attempt.checkFits(verb.isToBeSeen(), isDone, ending, when);
        if (isDone) {
            verb.verify(from, to);
        } else {
            runToTheEnd(verb, when + ", again");
        }
    }

    /** The next one is ended within the time that this one took: each daemon is young, and as slow as the others. */
    private void took(long nanos) {
        lastNanos = nanos;
        tookNanos.add(nanos);
    }

    private void startLoad(Verb verb) throws InterruptedException {
        if (verb.isLive()) {
            for (LoadedDisk disk : disks) {
                disk.startLoad();
            }
        }
    }

    private void endLoad() throws InterruptedException {
        for (LoadedDisk disk : disks) {
            disk.endLoad();
        }
    }

    // ---- what must be so afterwards

    private void check(Verb verb, String when) throws Exception {
        for (JsonNode disk : daemon.get("/v1/disks").path("disks")) {
            assertTrue(disk.path("statusReason").isNull(), () -> when + ": " + disk);
        }
        verb.checkContent(disks, when);
        for (LoadedDisk disk : disks) {
            JsonNode found = Operation.done(daemon, "/v1/disks/%s/check".formatted(disk.name()), "")
                    .path("result")
                    .path("check");
            assertTrue(found.path("clean").asBoolean(), () -> when + ": " + found);
        }
        noOrphans(when);
    }

    private void noOrphans(String when) throws IOException {
        Path state = daemon.directory().resolve("state");
        Set<Path> known = new HashSet<>();
        for (JsonNode disk : daemon.get("/v1/disks").path("disks")) {
            known.add(Path.of(disk.path("file").asText()));
            known.add(state.resolve("units")
                    .resolve(disk.path("identity").path("uuid").asText() + ".slots"));
        }
        for (JsonNode snapshot : daemon.get("/v1/snapshots").path("snapshots")) {
            known.add(Path.of(snapshot.path("file").asText()));
        }
        List<Path> orphans = new ArrayList<>();
        for (String directory : List.of("disks", "unfinished", "growing", "cloning", "units")) {
            for (Path file : list(state.resolve(directory))) {
                // What is changed and not flushed is noted beside the file of a disk that is open.
                String owner = file.toString().replaceFirst("\\.kume-(map[01]|atomic)$", "");
                if (!known.contains(Path.of(owner))) {
                    orphans.add(file);
                }
            }
        }
        assertEquals(List.of(), orphans, when);
    }

    private static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** A request, and its work until that ends or the daemon does. */
    private static final class Attempt {
        private final RunningDaemon daemon;
        private final Thread thread;
        private volatile JsonNode last;
        private volatile boolean ended;
        private volatile long endNanos;
        private volatile String failure = "";

        Attempt(RunningDaemon daemon, Verb verb) {
            this.daemon = daemon;
            this.thread = Thread.ofPlatform().start(() -> follow(verb));
        }

        private void follow(Verb verb) {
            try {
                last = verb.begin();
                last = Operation.end(daemon, last);
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
            } finally {
                endNanos = System.nanoTime();
                ended = true;
            }
        }

        boolean isRunning() {
            return !ended;
        }

        void cancel() throws IOException, InterruptedException {
            while (last == null && !ended) {
                Thread.sleep(1);
            }
            JsonNode begun = last;
            if (begun != null && begun.path("id").isNumber()) {
                Operation.post(
                        daemon,
                        "/v1/operations/%d/cancel".formatted(begun.path("id").asLong()),
                        "");
            }
        }

        void join() throws InterruptedException {
            thread.join();
        }

        /** What was told before the end is true after it. */
        void checkFits(boolean seen, boolean isDone, Ending ending, String when) {
            JsonNode end = last;
            String state = end == null ? "" : end.path("state").asText();
            assertNotEquals("failed", state, () -> when + ": " + end);
            if (state.equals("done")) {
                assertTrue(isDone, () -> when + ": told to be done, and is not: " + end);
            }
            if (state.equals("cancelled") && seen) {
                assertTrue(!isDone, () -> when + ": told to be cancelled, and is done: " + end);
            }
            if (ending == Ending.CANCEL) {
                assertEquals("", failure, when);
            }
        }
    }
}
