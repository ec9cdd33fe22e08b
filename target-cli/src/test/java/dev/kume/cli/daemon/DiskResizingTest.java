package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk has its old size or its new one, whatever ends a resize. */
final class DiskResizingTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private final FaultyStores stores = new FaultyStores();
    private boolean inventoryFull;
    private RunningManagement kume;

    @BeforeEach
    void start() throws DaemonException {
        kume = RunningManagement.with(folder, stores, new DurableFiles() {
            @Override
            public void write(Path file, byte[] content) throws IOException {
                if (inventoryFull && file.toString().contains("inventory")) {
                    throw new IOException("No space left on device");
                }
                DurableFiles.OF_THIS_HOST.write(file, content);
            }
        });
    }

    @AfterEach
    void stop() {
        stores.mayReserve.countDown();
        kume.close();
    }

    private Path made(String format) throws IOException {
        OperationView made = kume.create("{\"name\":\"a\",\"size\":\"1MB\",\"format\":\"%s\"}".formatted(format));
        assertEquals(OperationView.DONE, made.state(), () -> String.valueOf(made.error()));
        Path file = Path.of(disk().path("file").asText());
        byte[] content = new byte[MIB];
        Arrays.fill(content, (byte) 7);
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(content));
        }
        return file;
    }

    private JsonNode disk() throws IOException {
        return kume.get(ApiPaths.disk("a")).body();
    }

    private RunningManagement.Reply ask(String size) throws IOException {
        return kume.post(ApiPaths.diskResize("a"), "{\"size\":\"%s\"}".formatted(size));
    }

    private OperationView resize(String size) throws IOException {
        RunningManagement.Reply started = ask(size);
        assertEquals(202, started.status(), started.toString());
        return kume.ended(started.body().path("id").asLong());
    }

    /** The size that inventory, server and file agree on. */
    private void has(int sizeBytes, Path file) throws IOException {
        assertEquals(sizeBytes, disk().path("sizeBytes").asInt());
        assertEquals("idle", disk().path("status").asText(), disk().toString());
        int tailBytes = file.toString().endsWith(".vhd") ? 512 : 0;
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(sizeBytes + tailBytes, bytes.length);
        byte[] expected = new byte[sizeBytes];
        Arrays.fill(expected, 0, MIB, (byte) 7);
        assertArrayEquals(expected, Arrays.copyOf(bytes, sizeBytes));
        OpenDisk open = kume.exports.disks.values().iterator().next();
        assertEquals(sizeBytes, open.disk().info().sizeBytes());
        assertEquals(List.of(), notes());
    }

    private List<String> notes() throws IOException {
        Path growing = folder.resolve("state/growing");
        if (!Files.isDirectory(growing)) {
            return List.of();
        }
        try (Stream<Path> notes = Files.list(growing)) {
            return notes.map(path -> path.getFileName().toString()).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "raw"})
    void aDiskGrowsAndIsStillThatAfterARestart(String format) throws Exception {
        Path file = made(format);
        OperationView done = resize("3MB");
        assertEquals(OperationView.DONE, done.state(), () -> String.valueOf(done.error()));
        assertEquals("disk resize", done.kind());
        has(3 * MIB, file);
        assertEquals(3 * MIB, kume.exports.published.disk("a").sizeBytes());
        stop();
        start();
        has(3 * MIB, file);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "512KB|422|disk 'a' has 1 MB (1048576 bytes) and is not made smaller (524288 bytes): what lies behind would"
                        + " be lost; give a larger size",
                "1MB|400|disk 'a' has 1 MB (1048576 bytes) already; give a larger size",
                "1048577|400|the size of disk 'a', 1048577 bytes, is not a whole number of 512-byte blocks; use a multiple"
                        + " of 512",
                "2041GB|400|disk 'a' is not resized: a VHD holds at most 2040 GiB (2190433320960 bytes), not 2191507062784"
                        + " bytes; make it smaller or use the vhdx or raw format; null",
                "big|400|'big' is not a size; write one such as 30GB, 1.5TB, 30720MB or a number of bytes; null"
            })
    void aSizeThatCannotBeIsRefused(String size, int status, String error) throws Exception {
        Path file = made("vhd");
        RunningManagement.Reply refused = ask(size);
        assertEquals(error, refused.error());
        assertEquals(status, refused.status());
        has(MIB, file);
    }

    @Test
    void aReadOnlyDiskKeepsItsSize() throws Exception {
        Path file = made("vhd");
        kume.patch(ApiPaths.disk("a"), "{\"sharing\":\"read-only\"}");
        RunningManagement.Reply refused = ask("3MB");
        assertEquals(5, refused.exitCode());
        assertEquals(
                "disk 'a' is read-only, so it keeps its size; change its sharing with 'kume disk set' first",
                refused.error());
        has(MIB, file);
    }

    @Test
    void anOfflineDiskKeepsItsSize() throws Exception {
        Path file = made("vhd");
        stop();
        Files.delete(file);
        start();
        RunningManagement.Reply refused = ask("3MB");
        assertEquals(5, refused.exitCode());
        assertTrue(refused.error().startsWith("disk 'a' is offline: the file " + file), refused.error());
    }

    @Test
    void aDiskThatIsNotThereIsNotFound() throws Exception {
        assertEquals(404, ask("3MB").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "raw"})
    void aFullDeviceChangesNothing(String format) throws Exception {
        Path file = made(format);
        reopen();
        stores.full = true;
        OperationView failed = resize("3MB");
        assertEquals(
                "disk 'a' is not resized: there is not enough space for %s; nothing was changed; free space there, or choose"
                                .formatted(file)
                        + " a smaller size",
                failed.error().line());
        assertEquals("no-space", failed.error().code().word());
        has(MIB, file);
        stores.full = false;
        assertEquals(OperationView.DONE, resize("3MB").state());
        has(3 * MIB, file);
    }

    /** Opens the files as a start does, so that they can fail. */
    private void reopen() throws DaemonException {
        stop();
        start();
    }

    @Test
    void nothingElseIsDoneToADiskThatIsBeingResizedAndACancelChangesNothing() throws Exception {
        Path file = made("vhd");
        reopen();
        stores.reserving = new CountDownLatch(1);
        stores.mayReserve = new CountDownLatch(1);
        long id = ask("3MB").body().path("id").asLong();
        assertTrue(stores.reserving.await(10, TimeUnit.SECONDS));
        assertEquals(MIB, disk().path("sizeBytes").asInt(), "nobody is told yet");
        assertEquals(
                "disk 'a' is being resized; wait for that, or cancel it",
                ask("4MB").error());
        assertEquals(8, kume.delete(ApiPaths.diskRemoval("a", true)).exitCode());
        assertEquals(200, kume.post(ApiPaths.cancel(id), "").status());
        stores.mayReserve.countDown();
        OperationView cancelled = kume.ended(id);
        assertEquals(OperationView.CANCELLED, cancelled.state());
        has(MIB, file);
        assertEquals(OperationView.DONE, resize("2MB").state());
        has(2 * MIB, file);
    }

    @Test
    void aDiskMayBeRenamedMeanwhile() throws Exception {
        made("vhd");
        reopen();
        stores.reserving = new CountDownLatch(1);
        stores.mayReserve = new CountDownLatch(1);
        long id = ask("3MB").body().path("id").asLong();
        assertTrue(stores.reserving.await(10, TimeUnit.SECONDS));
        assertEquals(200, kume.patch(ApiPaths.disk("a"), "{\"rename\":\"b\"}").status());
        stores.mayReserve.countDown();
        assertEquals(OperationView.DONE, kume.ended(id).state());
        assertEquals(
                3 * MIB, kume.get(ApiPaths.disk("b")).body().path("sizeBytes").asInt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "raw"})
    void anInventoryThatCannotBeWrittenKeepsTheOldSize(String format) throws Exception {
        Path file = made(format);
        inventoryFull = true;
        OperationView failed = resize("3MB");
        assertEquals(OperationView.FAILED, failed.state());
        assertTrue(
                failed.error().line().contains("so nothing was changed"),
                failed.error().line());
        has(MIB, file);
        inventoryFull = false;
        assertEquals(OperationView.DONE, resize("3MB").state());
        has(3 * MIB, file);
    }

    private UUID uuid() throws IOException {
        return UUID.fromString(disk().path("identity").path("uuid").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "raw"})
    void aCrashBeforeTheInventoryIsTakenBackByTheNextStart(String format) throws Exception {
        Path file = made(format);
        byte[] old = Files.readAllBytes(file);
        UUID uuid = uuid();
        assertEquals(OperationView.DONE, resize("3MB").state());
        stop();
        // What such a crash leaves: the file grown, the inventory of before, and the note.
        Path history = folder.resolve("state/history");
        Path before;
        try (Stream<Path> versions = Files.list(history)) {
            before = versions.sorted().toList().getFirst();
        }
        Files.writeString(folder.resolve("state/inventory.yaml"), Files.readString(before));
        note(uuid, MIB, 3 * MIB);
        start();
        has(MIB, file);
        assertArrayEquals(old, Files.readAllBytes(file));
    }

    @Test
    void aCrashInTheMiddleOfTheFileIsTakenBackByTheNextStart() throws Exception {
        Path file = made("vhd");
        UUID uuid = uuid();
        stop();
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.position(3L * MIB).write(ByteBuffer.wrap(new byte[512]));
        }
        note(uuid, MIB, 3 * MIB);
        start();
        has(MIB, file);
    }

    @Test
    void aCrashBehindTheInventoryKeepsTheNewSize() throws Exception {
        Path file = made("vhd");
        UUID uuid = uuid();
        assertEquals(OperationView.DONE, resize("3MB").state());
        stop();
        note(uuid, MIB, 3 * MIB);
        start();
        has(3 * MIB, file);
    }

    @Test
    void anotherFileInItsPlaceIsNotTouched() throws Exception {
        Path file = made("raw");
        UUID uuid = uuid();
        stop();
        byte[] other = new byte[5 * MIB];
        Files.write(file, other);
        note(uuid, MIB, 3 * MIB);
        start();
        assertEquals("offline", disk().path("status").asText());
        assertEquals(5 * MIB, Files.size(file));
        assertFalse(notes().isEmpty(), "the right file may come back");
    }

    private void note(UUID uuid, long fromBytes, long toBytes) throws IOException {
        Path growing = Files.createDirectories(folder.resolve("state/growing"));
        Files.writeString(growing.resolve(uuid.toString()), fromBytes + "\n" + toBytes + "\n");
    }
}
