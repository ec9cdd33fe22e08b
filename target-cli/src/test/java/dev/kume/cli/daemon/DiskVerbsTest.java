package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.CheckView;
import dev.kume.cli.api.OperationView;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done with whole disks while they are used: the content stays, and so does the disk when it fails. */
final class DiskVerbsTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE_BYTES = 5 * MIB;

    @TempDir
    Path folder;

    private final FaultyStores stores = new FaultyStores();
    private final Random random = new Random(41);
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

    private static void done(OperationView operation) {
        assertEquals(OperationView.DONE, operation.state(), () -> String.valueOf(operation.error()));
    }

    private void made(String format, boolean sparse) throws IOException {
        done(kume.create(
                "{\"name\":\"a\",\"size\":\"5MB\",\"format\":\"%s\",\"sparse\":%s}".formatted(format, sparse)));
    }

    private JsonNode disk(String name) throws IOException {
        return kume.get(ApiPaths.disk(name)).body();
    }

    /** The disk as an initiator has it. */
    private VirtualDisk open(String name) throws IOException {
        OpenDisk open = kume.exports.disks.get(
                disk(name).path("identity").path("serial").asText());
        return Objects.requireNonNull(open.disk());
    }

    private byte[] content(String name) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) open(name).info().sizeBytes());
        open(name).read(0, all);
        return all.array();
    }

    private void writeSome(VirtualDisk disk) throws IOException {
        byte[] bytes = new byte[512 * (1 + random.nextInt(60))];
        random.nextBytes(bytes);
        disk.write(512L * random.nextInt((SIZE_BYTES - bytes.length) / 512), ByteBuffer.wrap(bytes));
    }

    private OperationView run(String path, String body) throws IOException {
        RunningManagement.Reply begun = kume.post(path, body);
        assertEquals(202, begun.status(), begun.toString());
        return kume.ended(begun.body().path("id").asLong());
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

    private void nothingIsNoted() throws IOException {
        assertEquals(List.of(), files("state/unfinished"));
        assertEquals(List.of(), files("state/growing"));
    }

    // ---- convert ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "vhd, raw, fixed, a.img",
        "raw, vhd, fixed, a.vhd",
        "vhd, vhd, sparse, a-2.vhd",
        "raw, raw, sparse, a-2.img",
        "vhd, raw, sparse, a.img",
        "vhd, vhd, dynamic, a-2.vhd",
        "vhd, vhdx, dynamic, a.vhdx",
        "raw, vhdx, fixed, a.vhdx"
    })
    void aConvertedDiskIsTheSameInAnotherFileAndAfterARestart(String from, String to, String kind, String file)
            throws Exception {
        made(from, false);
        for (int i = 0; i < 20; i++) {
            writeSome(open("a"));
        }
        JsonNode before = disk("a");
        byte[] content = content("a");
        VirtualDisk served = open("a");
        boolean sparse = kind.equals("sparse");
        String type = kind.equals("dynamic") ? "dynamic" : "fixed";
        OperationView done = run(
                ApiPaths.diskConvert("a"),
                "{\"format\":\"%s\",\"type\":\"%s\"%s}".formatted(to, type, sparse ? ",\"sparse\":true" : ""));
        done(done);
        assertEquals("disk convert", done.kind());
        assertEquals(SIZE_BYTES, done.doneBytes());
        assertEquals(List.of(file), files("disks"), "the old file is gone");
        assertEquals(
                folder.resolve("disks").resolve(file).toString(), done.result().file());
        nothingIsNoted();
        JsonNode after = disk("a");
        assertEquals(before.path("identity"), after.path("identity"));
        assertEquals(to, after.path("format").asText());
        assertEquals(!kind.equals("fixed"), after.path("sparse").asBoolean());
        assertEquals(type, after.path("type").asText());
        assertEquals(done.result().file(), after.path("file").asText());
        assertEquals(to, kume.exports.published.disk("a").format());
        assertEquals(served, open("a"), "initiators have what they had");
        assertArrayEquals(content, content("a"));
        writeSome(open("a"));
        byte[] last = content("a");
        open("a").flush();
        stop();
        start();
        assertEquals("idle", disk("a").path("status").asText(), disk("a").toString());
        assertArrayEquals(last, content("a"));
    }

    @Test
    void aDiskIsConvertedUnderWritesAndNoneIsLost() throws Exception {
        made("vhd", true);
        VirtualDisk disk = open("a");
        byte[] model = new byte[SIZE_BYTES];
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        Thread writer = Thread.ofPlatform().start(() -> {
            Random at = new Random(5);
            try {
                while (!over.get()) {
                    byte[] bytes = new byte[4096];
                    at.nextBytes(bytes);
                    int offset = 512 * at.nextInt((SIZE_BYTES - 4096) / 512);
                    System.arraycopy(bytes, 0, model, offset, 4096);
                    disk.write(offset, ByteBuffer.wrap(bytes));
                }
            } catch (IOException | RuntimeException e) {
                wrong.set(e);
            }
        });
        String[] formats = {"raw", "vhd", "raw", "vhd"};
        for (String format : formats) {
            done(run(ApiPaths.diskConvert("a"), "{\"format\":\"%s\"}".formatted(format)));
        }
        over.set(true);
        writer.join();
        assertEquals(null, wrong.get());
        assertArrayEquals(model, content("a"));
        assertTrue(disk("a").path("sparse").asBoolean(), "it stays sparse when nothing is said");
        assertEquals(1, files("disks").size(), files("disks").toString());
        stop();
        start();
        assertArrayEquals(model, content("a"));
    }

    @Test
    void theOldFileStaysWhenItIsToAndIsNoDisk() throws Exception {
        made("vhd", false);
        writeSome(open("a"));
        done(run(ApiPaths.diskConvert("a"), "{\"format\":\"raw\",\"keepSource\":true}"));
        assertEquals(List.of("a.img", "a.vhd"), files("disks"));
        nothingIsNoted();
        stop();
        start();
        assertEquals(List.of("a.img", "a.vhd"), files("disks"));
        assertEquals(
                409,
                kume.post(
                                ApiPaths.DISK_IMPORT,
                                "{\"name\":\"b\",\"file\":\"%s\"}".formatted(folder.resolve("disks/a.img")))
                        .status());
    }

    @Test
    void aFileAloneMovesTheDisk() throws Exception {
        made("vhd", false);
        Path place = Files.createDirectory(folder.resolve("other")).resolve("b.vhd");
        done(run(ApiPaths.diskConvert("a"), "{\"file\":\"%s\"}".formatted(place)));
        assertEquals(List.of(), files("disks"));
        assertEquals(place.toString(), disk("a").path("file").asText());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|409|disk 'a' is a fixed VHD already; choose another --format or --type, or move it with --file",
                "{'format':'vhs'}|400|'vhs' is not a disk format; did you mean vhd or vhdx?",
                "{'type':'differencing'}|400|'differencing' is not a type of a disk of its own; use one of: fixed,"
                        + " dynamic",
                "{'format':'raw','type':'dynamic'}|400|disk 'a' is not converted: there are no dynamic files of the"
                        + " format raw; use --type fixed, with --sparse when space is to be taken as it is written",
                "{'format':'raw','blockSizeMb':2}|400|disk 'a' is not converted: a fixed raw file has no blocks; leave"
                        + " the block size out",
                "{'format':'raw','blockSizeMb':3}|400|blocks of 3 MB cannot be; use a power of two from 1 to 256",
                "{'format':'raw','file':'/nowhere/a.img'}|404|disk 'a' is not converted: there is no directory"
                        + " /nowhere on the server; make it, or choose another --file",
                "{'format':'raw','file':'a.img'}|400|'a.img' is not the absolute path of a file; paths are those of"
                        + " the server and begin with /",
            })
    void whatCannotBeIsRefusedBeforeAnythingIsWritten(String body, int status, String error) throws Exception {
        made("vhd", false);
        RunningManagement.Reply refused = kume.post(ApiPaths.diskConvert("a"), body.replace('\'', '"'));
        assertEquals(error, refused.error());
        assertEquals(status, refused.status());
        assertEquals(List.of("a.vhd"), files("disks"));
        nothingIsNoted();
    }

    @Test
    void aFileThatIsThereIsNotOverwritten() throws Exception {
        made("vhd", false);
        Path there = folder.resolve("disks/there.img");
        Files.writeString(there, "mine");
        RunningManagement.Reply refused =
                kume.post(ApiPaths.diskConvert("a"), "{\"format\":\"raw\",\"file\":\"%s\"}".formatted(there));
        assertEquals(409, refused.status());
        assertEquals("mine", Files.readString(there));
        Files.writeString(folder.resolve("disks/a.img"), "mine too");
        done(run(ApiPaths.diskConvert("a"), "{\"format\":\"raw\"}"));
        assertEquals(List.of("a-2.img", "a.img", "there.img"), files("disks"));
    }

    @Test
    void blocksOf4096BytesDoNotGoIntoAVhd() throws Exception {
        done(kume.create("{\"name\":\"a\",\"size\":\"5MB\",\"format\":\"raw\",\"sectorFormat\":\"4kn\"}"));
        RunningManagement.Reply refused = kume.post(ApiPaths.diskConvert("a"), "{\"format\":\"vhd\"}");
        assertEquals(400, refused.status());
        assertTrue(refused.error().startsWith("disk 'a' cannot have blocks of 4096 bytes"), refused.error());
        done(kume.create("{\"name\":\"big\",\"size\":\"2041GB\",\"format\":\"raw\",\"sparse\":true}"));
        RunningManagement.Reply large = kume.post(ApiPaths.diskConvert("big"), "{\"format\":\"vhd\"}");
        assertEquals(400, large.status());
        assertTrue(
                large.error().startsWith("disk 'big' is not converted: a VHD holds at most 2040 GiB"), large.error());
    }

    /** A file that reserves nothing is met by it in the middle of the copy. */
    @ParameterizedTest
    @CsvSource({"raw, fixed, false", "raw, fixed, true", "vhd, dynamic, false", "vhdx, dynamic, false"})
    void aFullDeviceLeavesTheDiskAndNoFile(String format, String type, boolean sparse) throws Exception {
        made("vhd", false);
        writeSome(open("a"));
        byte[] content = content("a");
        stores.full = true;
        String kind = "\"type\":\"%s\"%s".formatted(type, sparse ? ",\"sparse\":true" : "");
        OperationView failed = run(ApiPaths.diskConvert("a"), "{\"format\":\"%s\",%s}".formatted(format, kind));
        assertEquals("no-space", failed.error().code().word(), failed.error().line());
        assertEquals(List.of("a.vhd"), files("disks"));
        nothingIsNoted();
        assertArrayEquals(content, content("a"));
        stores.full = false;
        done(run(ApiPaths.diskConvert("a"), "{\"format\":\"raw\"}"));
        assertArrayEquals(content, content("a"));
    }

    /** Before a byte is copied: what the disk holds is more than is free. */
    @Test
    void tooLittleSpaceIsSeenBeforeTheCopy() throws Exception {
        made("vhd", false);
        for (int i = 0; i < 50; i++) {
            writeSome(open("a"));
        }
        open("a").flush();
        stores.freeBytes = 4096;
        OperationView failed = run(ApiPaths.diskConvert("a"), "{\"format\":\"raw\",\"sparse\":true}");
        assertEquals("no-space", failed.error().code().word(), failed.error().line());
        assertEquals(0, failed.doneBytes());
        assertEquals(List.of("a.vhd"), files("disks"));
    }

    @Test
    void anInventoryThatCannotBeWrittenLeavesTheOldFileInService() throws Exception {
        made("vhd", false);
        VirtualDisk served = open("a");
        inventoryFull = true;
        OperationView failed = run(ApiPaths.diskConvert("a"), "{\"format\":\"raw\"}");
        assertEquals(OperationView.FAILED, failed.state());
        inventoryFull = false;
        assertEquals(List.of("a.vhd"), files("disks"));
        nothingIsNoted();
        writeSome(served);
        served.flush();
        byte[] content = content("a");
        stop();
        start();
        assertArrayEquals(content, content("a"));
        done(run(ApiPaths.diskConvert("a"), "{\"format\":\"raw\"}"));
        assertArrayEquals(content, content("a"));
    }

    @Test
    void anOldFileThatCannotBeRemovedGoesAtTheNextStart() throws Exception {
        made("vhd", false);
        stores.removesNothing = true;
        OperationView failed = run(ApiPaths.diskConvert("a"), "{\"format\":\"raw\"}");
        assertTrue(
                failed.error().line().startsWith("disk 'a' is converted, but its old file "),
                failed.error().line());
        assertEquals("raw", disk("a").path("format").asText());
        assertEquals(List.of("a.img", "a.vhd"), files("disks"));
        stores.removesNothing = false;
        stop();
        start();
        assertEquals(List.of("a.img"), files("disks"));
        nothingIsNoted();
    }

    @Test
    void aChildBecomesADiskOfItsOwnAndItsParentStaysUntilThen() throws Exception {
        made("vhdx", true);
        done(run(ApiPaths.diskConvert("a"), "{\"format\":\"vhdx\",\"type\":\"dynamic\"}"));
        for (int i = 0; i < 20; i++) {
            writeSome(open("a"));
        }
        open("a").flush();
        assertEquals(
                200,
                kume.patch(ApiPaths.disk("a"), "{\"sharing\":\"read-only\"}").status());
        done(kume.create("{\"name\":\"c\",\"parent\":\"a\"}"));
        for (int i = 0; i < 20; i++) {
            writeSome(open("c"));
        }
        byte[] parent = content("a");
        byte[] child = content("c");
        assertFalse(Arrays.equals(parent, child));
        RunningManagement.Reply refused = kume.post(ApiPaths.diskConvert("a"), "{\"format\":\"raw\"}");
        assertEquals(422, refused.status());
        assertTrue(
                refused.error().startsWith("disk 'a' is not converted: disk 'c' needs what it holds"), refused.error());
        done(run(ApiPaths.diskCopy("c"), "{\"name\":\"d\",\"format\":\"vhd\"}"));
        assertArrayEquals(child, content("d"));
        assertEquals("dynamic", disk("d").path("type").asText());
        done(run(ApiPaths.diskConvert("c"), "{}"));
        assertEquals("dynamic", disk("c").path("type").asText());
        assertArrayEquals(child, content("c"));
        assertArrayEquals(parent, content("a"));
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("a", true)).status());
        stop();
        start();
        assertArrayEquals(child, content("c"));
        assertArrayEquals(child, content("d"));
        assertEquals(2, files("disks").size(), files("disks").toString());
    }

    @Test
    void aDiskWithSnapshotsKeepsItsFilesAndIsCopied() throws Exception {
        made("vhd", false);
        done(run(ApiPaths.diskConvert("a"), "{\"format\":\"vhdx\",\"type\":\"dynamic\"}"));
        writeSome(open("a"));
        done(run(ApiPaths.snapshots("a"), "{\"name\":\"monday\"}"));
        writeSome(open("a"));
        byte[] content = content("a");
        RunningManagement.Reply refused = kume.post(ApiPaths.diskConvert("a"), "{\"format\":\"raw\"}");
        assertEquals(
                "disk 'a' is not converted: it has snapshot 'monday'; remove it first, or make a copy with 'kume disk copy'",
                refused.error());
        assertEquals(422, refused.status());
        RunningManagement.Reply smaller = askToShrink("2MB");
        assertTrue(
                smaller.error().startsWith("disk 'a' is not made smaller: it has snapshot 'monday'"), smaller.error());
        done(run(ApiPaths.diskCopy("a"), "{\"name\":\"b\",\"format\":\"raw\"}"));
        assertArrayEquals(content, content("b"));
        done(run(ApiPaths.diskCheck("a"), ""));
        done(run(ApiPaths.diskCompact("a"), ""));
        assertArrayEquals(content, content("a"));
        done(run(ApiPaths.snapshotMount("a", "monday"), "{\"name\":\"m\"}"));
        byte[] monday = content("m");
        RunningManagement.Reply shown = kume.post(ApiPaths.diskConvert("m"), "{\"format\":\"raw\"}");
        assertEquals(
                "disk 'm' is not converted: it shows the file of the snapshot 'monday'; make a copy with 'kume disk copy'",
                shown.error());
        done(run(ApiPaths.diskCopy("m"), "{\"name\":\"n\",\"format\":\"raw\"}"));
        assertEquals("exclusive", disk("n").path("sharing").asText());
        assertArrayEquals(monday, content("n"));
    }

    @Test
    void onlyADiskThatIsOnlineAndIdleIsConverted() throws Exception {
        made("vhd", false);
        kume.post(ApiPaths.diskOffline("a", false), "");
        RunningManagement.Reply refused = kume.post(ApiPaths.diskConvert("a"), "{\"format\":\"raw\"}");
        assertEquals(422, refused.status());
        assertTrue(refused.error().startsWith("disk 'a' is offline: "), refused.error());
        assertEquals(404, kume.post(ApiPaths.diskConvert("b"), "{}").status());
    }

    // ---- copy and export --------------------------------------------------------------------------------------------

    @Test
    void aCopyIsADiskOfItsOwn() throws Exception {
        made("vhd", false);
        for (int i = 0; i < 20; i++) {
            writeSome(open("a"));
        }
        byte[] content = content("a");
        done(run(ApiPaths.diskCopy("a"), "{\"name\":\"b\",\"format\":\"vhd\",\"description\":\"to try\"}"));
        assertArrayEquals(content, content("b"));
        JsonNode a = disk("a");
        JsonNode b = disk("b");
        assertNotEquals(a.path("identity").path("uuid"), b.path("identity").path("uuid"));
        assertNotEquals(a.path("identity").path("serial"), b.path("identity").path("serial"));
        assertEquals("to try", b.path("description").asText());
        assertEquals(0, b.path("accessBy").size());
        writeSome(open("b"));
        assertArrayEquals(content, content("a"));
        nothingIsNoted();
        // The identity inside of the file is the new disk's too.
        RunningManagement.Reply twice = kume.post(ApiPaths.diskCopy("a"), "{\"name\":\"B\"}");
        assertEquals(409, twice.status());
        stop();
        start();
        assertEquals("idle", disk("b").path("status").asText());
        assertEquals(List.of("a.vhd", "b.vhd"), files("disks"));
    }

    @Test
    void anExportIsAFileThatIsNoDiskUntilItIsImported() throws Exception {
        made("raw", true);
        writeSome(open("a"));
        byte[] content = content("a");
        Path file = folder.resolve("out.vhd");
        OperationView done = run(ApiPaths.diskExport("a"), "{\"file\":\"%s\",\"format\":\"vhd\"}".formatted(file));
        done(done);
        assertEquals(file.toString(), done.result().file());
        byte[] exported = Files.readAllBytes(file);
        assertEquals(SIZE_BYTES + 512, exported.length);
        assertArrayEquals(content, Arrays.copyOf(exported, SIZE_BYTES));
        assertEquals(1, kume.get(ApiPaths.DISKS).body().path("disks").size());
        nothingIsNoted();
        assertEquals(
                201,
                kume.post(ApiPaths.DISK_IMPORT, "{\"name\":\"b\",\"file\":\"%s\"}".formatted(file))
                        .status());
        assertFalse(disk("b").path("sparse").asBoolean(), "its space is taken, so that Windows attaches it");
        assertArrayEquals(content, content("b"));
        assertEquals(
                409,
                kume.post(ApiPaths.diskExport("a"), "{\"file\":\"%s\"}".formatted(file))
                        .status());
        assertEquals(400, kume.post(ApiPaths.diskExport("a"), "{}").status());
    }

    @Test
    void anExportThatFailsLeavesNothing() throws Exception {
        made("vhd", false);
        stores.full = true;
        OperationView failed = run(
                ApiPaths.diskExport("a"),
                "{\"file\":\"%s\",\"format\":\"raw\"}".formatted(folder.resolve("disks/out.img")));
        assertEquals("no-space", failed.error().code().word());
        OperationView copy = run(ApiPaths.diskCopy("a"), "{\"name\":\"b\"}");
        assertEquals("no-space", copy.error().code().word());
        assertEquals(List.of("a.vhd"), files("disks"));
        nothingIsNoted();
        stores.full = false;
        done(run(ApiPaths.diskCopy("a"), "{\"name\":\"b\"}"));
    }

    // ---- check ------------------------------------------------------------------------------------------------------

    @Test
    void aCheckTellsWhatItHasFound() throws Exception {
        made("vhd", false);
        OperationView done = run(ApiPaths.diskCheck("a"), "");
        done(done);
        CheckView check = done.result().check();
        assertTrue(check.clean());
        assertEquals("vhd", check.format());
        assertEquals(folder.resolve("disks/a.vhd").toString(), check.file());
        RunningManagement.Reply online = kume.post(ApiPaths.diskCheck("a"), "{\"repair\":true}");
        assertEquals(
                "disk 'a' is not repaired: it is online; run 'kume disk offline a' first, and 'disk online' afterwards",
                online.error());
        assertEquals(423, online.status());
        kume.post(ApiPaths.diskOffline("a", false), "");
        done(run(ApiPaths.diskCheck("a"), "{\"repair\":true}"));
        assertEquals(200, kume.post(ApiPaths.diskOnline("a"), "").status());
    }

    @Test
    void aFileThatIsNoDiskIsCheckedToo() throws Exception {
        made("vhd", false);
        Path file = folder.resolve("broken.vhd");
        byte[] bytes = Files.readAllBytes(folder.resolve("disks/a.vhd"));
        bytes[bytes.length - 400]++;
        Files.write(file, bytes);
        OperationView done = run(ApiPaths.DISK_CHECK, "{\"file\":\"%s\"}".formatted(file));
        done(done);
        CheckView check = done.result().check();
        assertFalse(check.clean());
        assertEquals("damage", check.findings().getFirst().severity());
        assertTrue(check.findings().getFirst().problem().contains("checksum"), check.toString());
        RunningManagement.Reply ofDisk =
                kume.post(ApiPaths.DISK_CHECK, "{\"file\":\"%s\"}".formatted(folder.resolve("disks/a.vhd")));
        assertEquals(409, ofDisk.status());
        assertEquals(
                404,
                kume.post(ApiPaths.DISK_CHECK, "{\"file\":\"%s\"}".formatted(folder.resolve("none.vhd")))
                        .status());
        assertEquals(
                400,
                kume.post(ApiPaths.DISK_CHECK, "{\"file\":\"%s\"}".formatted(folder))
                        .status());
        assertEquals(
                400, kume.post(ApiPaths.diskCheck("a"), "{\"file\":\"/x\"}").status());
    }

    // ---- compact ----------------------------------------------------------------------------------------------------

    @Test
    void aSparseDiskGivesZeroesBackAndAFixedOneDoesNot() throws Exception {
        made("raw", true);
        open("a").write(0, ByteBuffer.wrap(filled(2 * MIB)));
        open("a").write(MIB, ByteBuffer.allocate(MIB));
        open("a").flush();
        byte[] content = content("a");
        OperationView done = run(ApiPaths.diskCompact("a"), "");
        done(done);
        assertTrue(done.result().freedBytes() >= MIB - 65_536, done.toString());
        assertArrayEquals(content, content("a"));
        done(run(ApiPaths.diskConvert("a"), "{\"type\":\"fixed\"}"));
        RunningManagement.Reply refused = kume.post(ApiPaths.diskCompact("a"), "");
        assertEquals(422, refused.status());
        assertTrue(
                refused.error()
                        .startsWith("disk 'a' is not compacted: it is fixed, all of its space is reserved for it"),
                refused.error());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void aDynamicDiskGivesBlocksOfZeroesBack(String format) throws Exception {
        made("raw", true);
        String kind = "{\"format\":\"%s\",\"type\":\"dynamic\",\"blockSizeMb\":1}".formatted(format);
        done(run(ApiPaths.diskConvert("a"), kind));
        open("a").write(0, ByteBuffer.wrap(filled(SIZE_BYTES)));
        open("a").write(MIB, ByteBuffer.allocate(2 * MIB));
        open("a").flush();
        Path file = Path.of(disk("a").path("file").asText());
        long before = Files.size(file);
        byte[] content = content("a");
        OperationView done = run(ApiPaths.diskCompact("a"), "");
        done(done);
        assertTrue(Files.size(file) <= before - 2 * MIB, before + " and then " + Files.size(file));
        assertTrue(done.result().freedBytes() >= MIB, done.toString());
        assertArrayEquals(content, content("a"));
        OperationView checked = run(ApiPaths.diskCheck("a"), "");
        assertTrue(checked.result().check().clean(), checked.toString());
        assertEquals(3, checked.result().check().blocks());
        stop();
        start();
        assertArrayEquals(content, content("a"));
    }

    private static byte[] filled(int bytes) {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) 7);
        return content;
    }

    // ---- shrink -----------------------------------------------------------------------------------------------------

    private RunningManagement.Reply askToShrink(String size) throws IOException {
        return kume.post(ApiPaths.diskResize("a"), "{\"size\":\"%s\",\"shrink\":true}".formatted(size));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "raw", "vhd dynamic", "vhdx dynamic", "vhdx"})
    void aDiskWithAnEmptyTailBecomesSmaller(String kind) throws Exception {
        String format = kind.split(" ")[0];
        if (kind.endsWith("dynamic")) {
            made("raw", true);
            done(run(
                    ApiPaths.diskConvert("a"),
                    "{\"format\":\"%s\",\"type\":\"dynamic\",\"blockSizeMb\":1}".formatted(format)));
        } else {
            made(format, false);
        }
        open("a").write(0, ByteBuffer.wrap(filled(2 * MIB)));
        open("a").write(4 * MIB, ByteBuffer.allocate(4096));
        RunningManagement.Reply begun = askToShrink("2MB");
        assertEquals(202, begun.status(), begun.toString());
        OperationView done = kume.ended(begun.body().path("id").asLong());
        done(done);
        assertEquals("disk resize", done.kind());
        hasTwoMib(kind);
        stop();
        start();
        hasTwoMib(kind);
        done(run(ApiPaths.diskResize("a"), "{\"size\":\"3MB\"}"));
        assertArrayEquals(new byte[MIB], Arrays.copyOfRange(content("a"), 2 * MIB, 3 * MIB));
    }

    private void hasTwoMib(String kind) throws IOException {
        assertEquals(2 * MIB, disk("a").path("sizeBytes").asInt());
        assertEquals("idle", disk("a").path("status").asText(), disk("a").toString());
        assertEquals(2 * MIB, kume.exports.published.disk("a").sizeBytes());
        assertArrayEquals(filled(2 * MIB), content("a"));
        if (kind.equals("vhd") || kind.equals("raw")) {
            int tail = kind.equals("vhd") ? 512 : 0;
            assertEquals(
                    2 * MIB + tail, Files.size(Path.of(disk("a").path("file").asText())));
        }
        OperationView checked = run(ApiPaths.diskCheck("a"), "");
        assertTrue(checked.result().check().clean(), checked.toString());
        nothingIsNoted();
    }

    @Test
    void oneByteBehindTheNewEndKeepsTheSize() throws Exception {
        made("vhd", false);
        open("a").write(SIZE_BYTES - 512, ByteBuffer.wrap(filled(512)));
        RunningManagement.Reply begun = askToShrink("2MB");
        OperationView failed = kume.ended(begun.body().path("id").asLong());
        assertEquals(
                "disk 'a' is not resized: there is data at byte 5242368, behind the new end; let the host make its last"
                        + " partition smaller, and trim it, before the disk",
                failed.error().line());
        assertEquals(5, failed.error().exitCode());
        assertEquals(SIZE_BYTES, disk("a").path("sizeBytes").asInt());
        assertEquals(SIZE_BYTES, open("a").info().sizeBytes());
        nothingIsNoted();
    }

    @Test
    void aDiskThatIsUsedKeepsItsSize() throws Exception {
        made("vhd", false);
        kume.post(ApiPaths.TARGETS, "{\"name\":\"t\"}");
        kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"a\",\"target\":\"t\"}");
        String iqn = kume.get(ApiPaths.target("t")).body().path("iqn").asText();
        kume.exports.connect(7, "iqn.1991-05.com.microsoft:n1", iqn);
        RunningManagement.Reply refused = askToShrink("2MB");
        assertEquals(423, refused.status());
        assertTrue(refused.error().contains("where iqn.1991-05.com.microsoft:n1 is connected"), refused.error());
        kume.exports.logout(7);
        done(kume.ended(askToShrink("2MB").body().path("id").asLong()));
    }

    @Test
    void smallerNeedsTheWordAndTheWordNeedsSmaller() throws Exception {
        made("vhd", false);
        assertEquals(
                422, kume.post(ApiPaths.diskResize("a"), "{\"size\":\"2MB\"}").status());
        RunningManagement.Reply larger = askToShrink("6MB");
        assertEquals(400, larger.status());
        assertEquals(
                "disk 'a' has 5 MB (5242880 bytes), which is not more than 6291456 bytes; give a smaller size, or leave"
                        + " --shrink out",
                larger.error());
        assertEquals(400, askToShrink("1000001").status());
    }

    @Test
    void anInventoryThatCannotBeWrittenKeepsTheSize() throws Exception {
        made("vhd", false);
        inventoryFull = true;
        OperationView failed = kume.ended(askToShrink("2MB").body().path("id").asLong());
        assertEquals(OperationView.FAILED, failed.state());
        inventoryFull = false;
        assertEquals(SIZE_BYTES, open("a").info().sizeBytes());
        nothingIsNoted();
        done(kume.ended(askToShrink("2MB").body().path("id").asLong()));
    }

    // ---- all --------------------------------------------------------------------------------------------------------

    @Test
    void oneOperationAtATimeWorksOnADisk() throws Exception {
        made("vhd", false);
        stores.reserving = new java.util.concurrent.CountDownLatch(1);
        stores.mayReserve = new java.util.concurrent.CountDownLatch(1);
        long id = kume.post(ApiPaths.diskConvert("a"), "{\"format\":\"raw\"}")
                .body()
                .path("id")
                .asLong();
        stores.reserving.await();
        for (String path : List.of(
                ApiPaths.diskConvert("a"),
                ApiPaths.diskCompact("a"),
                ApiPaths.diskCheck("a"),
                ApiPaths.diskOffline("a", true))) {
            RunningManagement.Reply busy = kume.post(path, path.contains("convert") ? "{\"format\":\"raw\"}" : "");
            assertEquals("disk 'a' is being converted; wait for that, or cancel it", busy.error(), path);
        }
        assertEquals(423, kume.post(ApiPaths.diskCopy("a"), "{\"name\":\"b\"}").status());
        assertEquals(423, kume.delete(ApiPaths.diskRemoval("a", false)).status());
        assertEquals(200, kume.patch(ApiPaths.disk("a"), "{\"rename\":\"c\"}").status());
        kume.post(ApiPaths.cancel(id), "");
        stores.mayReserve.countDown();
        OperationView cancelled = kume.ended(id);
        assertEquals(OperationView.CANCELLED, cancelled.state());
        assertEquals(List.of("a.vhd"), files("disks"));
        nothingIsNoted();
        done(run(ApiPaths.diskConvert("c"), "{\"format\":\"raw\"}"));
        DiskRecord renamed = kume.exports.published.disk("c");
        assertEquals("raw", renamed.format());
    }
}
