package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The process is killed at each step of what is done with snapshots: the next start has all of it or nothing, every
 * byte of the disks and of what stays, and no file that belongs to nothing.
 */
final class SnapshotCrashTest {
    private static final int SIZE_BYTES = 1 << 20;

    /** Kills that are looked at in each case; others the next time, by the seed. */
    private static final int KILLS_MAX = 12;

    private static final long SEED = Long.getLong("kume.seed", System.nanoTime());

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private final Map<String, byte[]> disks = new HashMap<>();
    private final Map<String, byte[]> kept = new HashMap<>();

    /** What is prepared, and what is done while the process may be killed at any step. */
    private interface Part {
        void with(SnapshotHost host) throws IOException;
    }

    /** What must be true after each kill, and at the end. */
    private interface Claim {
        void check(RunningManagement kume, SnapshotHost host) throws IOException;
    }

    private void write(SnapshotHost host, String disk) throws IOException {
        byte[] content = disks.computeIfAbsent(disk, name -> new byte[SIZE_BYTES]);
        for (int i = 0; i < 5; i++) {
            byte[] bytes = new byte[512 * (1 + random.nextInt(60))];
            random.nextBytes(bytes);
            int at = 512 * random.nextInt((SIZE_BYTES - bytes.length) / 512);
            host.open(disk).write(at, ByteBuffer.wrap(bytes));
            System.arraycopy(bytes, 0, content, at, bytes.length);
        }
        host.open(disk).flush();
    }

    private void take(SnapshotHost host, String disk, String name) throws IOException {
        host.take(disk, name);
        kept.put(name, disks.get(disk).clone());
    }

    private void crashesOf(Part before, Part during, Claim claim) throws Exception {
        CrashStates crashes = new CrashStates(folder);
        try (RunningManagement kume = RunningManagement.with(folder, crashes.stores(), crashes.files())) {
            SnapshotHost host = new SnapshotHost(kume);
            before.with(host);
            crashes.record(true);
            during.with(host);
            crashes.record(false);
            claim.check(kume, host);
        }
        assertTrue(crashes.states().size() > 5, "killed " + crashes.states().size() + " times");
        for (CrashStates.State state : chosen(crashes.states())) {
            crashes.restore(state);
            try (RunningManagement kume = RunningManagement.in(folder)) {
                SnapshotHost host = new SnapshotHost(kume);
                claim.check(kume, host);
                host.checkTidy(folder);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "kume.seed=%d, killed %s: %s".formatted(SEED, state.when(), e.getMessage()), e);
            }
        }
    }

    private List<CrashStates.State> chosen(List<CrashStates.State> all) {
        List<CrashStates.State> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, Math.min(KILLS_MAX, shuffled.size()));
    }

    private void checkKept(SnapshotHost host, String disk) throws IOException {
        assertArrayEquals(disks.get(disk), host.read(disk), disk);
        for (String name : host.names(disk)) {
            assertArrayEquals(kept.get(name), host.readSnapshot(disk, name), name);
        }
    }

    /** What was going when the process was killed is gone in the end. */
    private static void awaitNoneGoes(RunningManagement kume, SnapshotHost host, String disk) throws IOException {
        for (JsonNode operation : kume.get(ApiPaths.OPERATIONS).body().path("operations")) {
            SnapshotHost.done(kume.ended(operation.path("id").asLong()));
        }
        for (JsonNode snapshot : host.snapshots(disk)) {
            assertEquals("kept", snapshot.path("state").asText());
        }
    }

    @ParameterizedTest
    @CsvSource({"vhd, vhdx", "vhdx, vhd"})
    void takingOfTwoDisks(String one, String other) throws Exception {
        crashesOf(
                host -> {
                    host.create("a", one, SIZE_BYTES);
                    host.create("b", other, SIZE_BYTES);
                    write(host, "a");
                    write(host, "b");
                },
                host -> {
                    kept.put("s", disks.get("a").clone());
                    host.done(ApiPaths.SNAPSHOTS, "{\"disks\":[\"a\",\"b\"],\"name\":\"s\"}");
                },
                (kume, host) -> {
                    List<String> names = host.names("a");
                    assertEquals(names, host.names("b"));
                    assertArrayEquals(disks.get("a"), host.read("a"));
                    assertArrayEquals(disks.get("b"), host.read("b"));
                    if (!names.isEmpty()) {
                        assertArrayEquals(disks.get("a"), host.readSnapshot("a", "s"));
                        assertArrayEquals(disks.get("b"), host.readSnapshot("b", "s"));
                    }
                });
    }

    @ParameterizedTest
    @CsvSource({"vhd, one", "vhd, two", "vhd, three", "vhdx, one", "vhdx, two", "vhdx, three"})
    void removal(String format, String name) throws Exception {
        crashesOf(
                host -> {
                    host.create("a", format, SIZE_BYTES);
                    for (String each : List.of("one", "two", "three")) {
                        write(host, "a");
                        take(host, "a", each);
                    }
                    write(host, "a");
                },
                host -> host.remove("a", name),
                (kume, host) -> {
                    awaitNoneGoes(kume, host, "a");
                    List<String> left = new ArrayList<>(List.of("one", "two", "three"));
                    if (host.names("a").size() < 3) {
                        left.remove(name);
                    }
                    assertEquals(left, host.names("a"));
                    checkKept(host, "a");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void removalOfAll(String format) throws Exception {
        crashesOf(
                host -> {
                    host.create("a", format, SIZE_BYTES);
                    write(host, "a");
                    take(host, "a", "one");
                    write(host, "a");
                    take(host, "a", "two");
                    write(host, "a");
                },
                host -> host.remove("a", "two", "one"),
                (kume, host) -> {
                    awaitNoneGoes(kume, host, "a");
                    checkKept(host, "a");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void restoring(String format) throws Exception {
        byte[][] before = new byte[1][];
        crashesOf(
                host -> {
                    host.create("a", format, SIZE_BYTES);
                    write(host, "a");
                    take(host, "a", "one");
                    write(host, "a");
                    take(host, "a", "two");
                    write(host, "a");
                    before[0] = disks.get("a").clone();
                },
                host -> host.restore("a", "one"),
                (kume, host) -> {
                    boolean restored =
                            host.snapshots("a").getFirst().path("current").asBoolean();
                    disks.put("a", restored ? kept.get("one") : before[0]);
                    checkKept(host, "a");
                    assertEquals(List.of("one", "two"), host.names("a"));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void cloning(String format) throws Exception {
        crashesOf(
                host -> {
                    host.create("a", format, SIZE_BYTES);
                    write(host, "a");
                },
                host -> {
                    kept.put("2026-11-23-080000", disks.get("a").clone());
                    host.done(ApiPaths.diskClone("a"), "{\"name\":\"c\"}");
                },
                (kume, host) -> {
                    awaitNoneGoes(kume, host, "a");
                    checkKept(host, "a");
                    if (kume.get(ApiPaths.disk("c")).status() == 200) {
                        assertArrayEquals(disks.get("a"), host.read("c"));
                        assertFalse(host.names("a").isEmpty());
                    } else {
                        assertEquals(List.of(), host.names("a"), "without the clone there is no snapshot");
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void theEndOfADiskWithItsSnapshots(String format) throws Exception {
        crashesOf(
                host -> {
                    host.create("a", format, SIZE_BYTES);
                    write(host, "a");
                    take(host, "a", "one");
                    write(host, "a");
                },
                host -> host.end("a"),
                (kume, host) -> {
                    if (kume.get(ApiPaths.disk("a")).status() == 200) {
                        checkKept(host, "a");
                    }
                });
    }
}
