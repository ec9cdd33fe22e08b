package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.core.disk.VirtualDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The process is killed at each step of each verb: the next start has every byte, no half-made file and no note. */
final class DiskVerbsCrashTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE_BYTES = 2 * MIB;

    @TempDir
    Path folder;

    private final Random random = new Random(3);
    private byte[] content = new byte[SIZE_BYTES];

    /** What must be true after each crash, and after the verb itself. */
    private interface Claim {
        void check(RunningManagement kume) throws IOException;
    }

    private static void done(OperationView operation) {
        assertEquals(OperationView.DONE, operation.state(), () -> String.valueOf(operation.error()));
    }

    private static OperationView run(RunningManagement kume, String path, String body) throws IOException {
        RunningManagement.Reply begun = kume.post(path, body);
        assertEquals(202, begun.status(), begun.toString());
        return kume.ended(begun.body().path("id").asLong());
    }

    private static JsonNode disk(RunningManagement kume, String name) throws IOException {
        return kume.get(ApiPaths.disk(name)).body();
    }

    private static byte[] read(RunningManagement kume, String name) throws IOException {
        JsonNode disk = disk(kume, name);
        assertEquals("idle", disk.path("status").asText(), disk.toString());
        OpenDisk open =
                kume.exports.disks.get(disk.path("identity").path("serial").asText());
        VirtualDisk served = Objects.requireNonNull(open.disk());
        ByteBuffer all = ByteBuffer.allocate((int) served.info().sizeBytes());
        served.read(0, all);
        return all.array();
    }

    private List<String> files(String directory) throws IOException {
        Path path = folder.resolve(directory);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(each -> String.valueOf(each.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private String fileOf(RunningManagement kume, String name) throws IOException {
        return String.valueOf(Path.of(disk(kume, name).path("file").asText()).getFileName());
    }

    /** Writes a few places, not the last quarter, and not all of the rest. */
    private void fill(RunningManagement kume) throws IOException {
        JsonNode disk = disk(kume, "a");
        VirtualDisk open = Objects.requireNonNull(kume.exports
                .disks
                .get(disk.path("identity").path("serial").asText())
                .disk());
        for (int i = 0; i < 12; i++) {
            byte[] bytes = new byte[512 * (1 + random.nextInt(100))];
            random.nextBytes(bytes);
            int at = 512 * random.nextInt((SIZE_BYTES * 3 / 4 - bytes.length) / 512);
            System.arraycopy(bytes, 0, content, at, bytes.length);
            open.write(at, ByteBuffer.wrap(bytes));
        }
        open.write(MIB, ByteBuffer.allocate(MIB / 4));
        Arrays.fill(content, MIB, MIB + MIB / 4, (byte) 0);
        open.flush();
    }

    /** @param kind what the disk is at first: a format, and maybe {@code dynamic} or {@code sparse} */
    private void crashesOf(String kind, String path, String body, Claim claim) throws Exception {
        CrashStates crashes = new CrashStates(folder);
        try (RunningManagement kume = RunningManagement.with(folder, crashes.stores(), crashes.files())) {
            String format = kind.split(" ")[0];
            String create = "{\"name\":\"a\",\"size\":\"2MB\",\"format\":\"%s\",\"sparse\":%s}";
            if (kind.endsWith(" dynamic")) {
                done(kume.create(create.formatted("raw", true)));
                done(run(
                        kume, ApiPaths.diskConvert("a"), "{\"format\":\"%s\",\"type\":\"dynamic\"}".formatted(format)));
            } else {
                done(kume.create(create.formatted(format, kind.endsWith(" sparse"))));
            }
            fill(kume);
            crashes.record(true);
            done(run(kume, path, body));
            crashes.record(false);
            claim.check(kume);
        }
        assertFalse(crashes.states().isEmpty());
        for (CrashStates.State state : crashes.states()) {
            crashes.restore(state);
            try (RunningManagement kume = RunningManagement.in(folder)) {
                claim.check(kume);
                RunningManagement.Reply check = kume.post(ApiPaths.diskCheck("a"), "");
                OperationView checked = kume.ended(check.body().path("id").asLong());
                done(checked);
                assertTrue(checked.result().check().clean(), checked.toString());
                assertEquals(List.of(), files("state/unfinished"));
                assertEquals(List.of(), files("state/growing"));
            } catch (AssertionError e) {
                throw new AssertionError("killed " + state.when() + ": " + e.getMessage(), e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vhd, raw, fixed",
        "raw sparse, vhd, fixed",
        "vhd, vhd, dynamic",
        "raw, vhdx, dynamic",
        "vhdx dynamic, vhd, dynamic",
        "vhd dynamic, vhdx, fixed"
    })
    void convert(String from, String to, String type) throws Exception {
        crashesOf(from, ApiPaths.diskConvert("a"), "{\"format\":\"%s\",\"type\":\"%s\"}".formatted(to, type), kume -> {
            assertArrayEquals(content, read(kume, "a"));
            assertEquals(List.of(fileOf(kume, "a")), files("disks"));
        });
    }

    @Test
    void convertThatKeepsTheSource() throws Exception {
        crashesOf("vhd", ApiPaths.diskConvert("a"), "{\"format\":\"raw\",\"keepSource\":true}", kume -> {
            assertArrayEquals(content, read(kume, "a"));
            assertEquals(
                    fileOf(kume, "a").equals("a.vhd") ? List.of("a.vhd") : List.of("a.img", "a.vhd"), files("disks"));
            byte[] kept = Files.readAllBytes(folder.resolve("disks/a.vhd"));
            assertArrayEquals(content, Arrays.copyOf(kept, SIZE_BYTES));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "raw", "vhdx"})
    void copy(String format) throws Exception {
        crashesOf("vhd", ApiPaths.diskCopy("a"), "{\"name\":\"b\",\"format\":\"%s\"}".formatted(format), kume -> {
            assertArrayEquals(content, read(kume, "a"));
            boolean made = kume.get(ApiPaths.disk("b")).status() == 200;
            if (made) {
                assertArrayEquals(content, read(kume, "b"));
                assertEquals(Stream.of("a.vhd", fileOf(kume, "b")).sorted().toList(), files("disks"));
            } else {
                assertEquals(List.of("a.vhd"), files("disks"));
            }
        });
    }

    @Test
    void export() throws Exception {
        Files.createDirectories(folder.resolve("out"));
        String body = "{\"file\":\"%s\",\"format\":\"raw\"}".formatted(folder.resolve("out/x.img"));
        crashesOf("vhd", ApiPaths.diskExport("a"), body, kume -> {
            assertArrayEquals(content, read(kume, "a"));
            if (!files("out").isEmpty()) {
                assertEquals(List.of("x.img"), files("out"));
                assertArrayEquals(content, Files.readAllBytes(folder.resolve("out/x.img")));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw sparse", "vhd dynamic", "vhdx dynamic"})
    void compact(String kind) throws Exception {
        crashesOf(kind, ApiPaths.diskCompact("a"), "", kume -> {
            assertArrayEquals(content, read(kume, "a"));
            assertEquals(List.of(fileOf(kume, "a")), files("disks"));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "raw", "vhd dynamic", "vhdx dynamic"})
    void shrink(String kind) throws Exception {
        crashesOf(kind, ApiPaths.diskResize("a"), "{\"size\":\"1536KB\",\"shrink\":true}", kume -> {
            byte[] now = read(kume, "a");
            int sizeBytes = disk(kume, "a").path("sizeBytes").asInt();
            assertEquals(sizeBytes, now.length);
            assertTrue(sizeBytes == SIZE_BYTES || sizeBytes == SIZE_BYTES * 3 / 4, sizeBytes + " bytes");
            assertArrayEquals(Arrays.copyOf(content, sizeBytes), now);
            assertEquals(List.of(fileOf(kume, "a")), files("disks"));
        });
    }
}
