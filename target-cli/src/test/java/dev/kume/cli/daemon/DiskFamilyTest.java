package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.daemon.RunningManagement.Reply;
import dev.kume.core.disk.VirtualDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks of every format and type, and disks that are children of others. */
final class DiskFamilyTest {
    @TempDir
    Path folder;

    private RunningManagement kume;

    @BeforeEach
    void start() throws DaemonException {
        kume = RunningManagement.in(folder);
    }

    @AfterEach
    void stop() {
        kume.close();
    }

    private void create(String body) throws IOException {
        OperationView made = kume.create(body);
        assertEquals(OperationView.DONE, made.state(), made::toString);
    }

    private JsonNode disk(String name) throws IOException {
        return kume.get(ApiPaths.disk(name)).body();
    }

    private VirtualDisk open(String name) {
        return kume.exports.disks.values().stream()
                .filter(each -> each.record().name().equals(name))
                .map(each -> Objects.requireNonNull(each.disk(), each.offlineReason()))
                .findFirst()
                .orElseThrow();
    }

    private void share(String name, String sharing) throws IOException {
        Reply reply = kume.patch(ApiPaths.disk(name), "{\"sharing\":\"%s\"}".formatted(sharing));
        assertEquals(200, reply.status(), reply::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "vhd, fixed, 512e, 0",
        "vhd, dynamic, 512e, 2097152",
        "vhdx, fixed, 4kn, 33554432",
        "vhdx, dynamic, 512n, 33554432",
        "raw, fixed, 4kn, 0"
    })
    void aDiskOfEachKindIsMadeAndShown(String format, String type, String sectors, long blockBytes) throws Exception {
        create("{\"name\":\"a\",\"size\":\"40MB\",\"format\":\"%s\",\"type\":\"%s\",\"sectorFormat\":\"%s\"}"
                .formatted(format, type, sectors));
        JsonNode disk = disk("a");
        assertEquals("idle", disk.path("status").asText(), disk::toString);
        assertEquals(format, disk.path("format").asText());
        assertEquals(type, disk.path("type").asText());
        assertEquals(!type.equals("fixed"), disk.path("sparse").asBoolean());
        assertEquals(sectors, disk.path("sector").path("format").asText());
        JsonNode layout = disk.path("layout");
        assertEquals(blockBytes, layout.path("blockBytes").asLong());
        assertEquals(blockBytes == 0, layout.path("blockBytes").isNull());
        long fileBytes = Files.size(Path.of(disk.path("file").asText()));
        assertEquals(fileBytes, layout.path("fileBytes").asLong());
        assertTrue(type.equals("fixed") ? fileBytes >= 40 << 20 : fileBytes < 20 << 20, disk::toString);
        assertEquals(0, layout.path("parents").size());
        assertEquals(0, layout.path("snapshots").asInt());
        ImageFiles.put(open("a"), 7, 70);
        open("a").flush();
        stop();
        start();
        assertEquals(70, ImageFiles.at(open("a"), 7));
    }

    @Test
    void theSizeOfBlocksIsChosen() throws Exception {
        create("{\"name\":\"a\",\"size\":\"40MB\",\"format\":\"vhdx\",\"type\":\"dynamic\",\"blockSizeMb\":4}");
        assertEquals(4 << 20, disk("a").path("layout").path("blockBytes").asInt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void aChildReadsItsParentAndHasWhatItWritesForItself(String format) throws Exception {
        create("{\"name\":\"golden\",\"size\":\"40MB\",\"format\":\"%s\",\"type\":\"dynamic\"}".formatted(format));
        ImageFiles.put(open("golden"), 1, 11);
        ImageFiles.put(open("golden"), 2, 12);
        Reply early = kume.post(ApiPaths.DISKS, "{\"name\":\"a\",\"parent\":\"golden\"}");
        assertEquals(5, early.exitCode());
        assertEquals(
                "disk 'golden' can be written, so it is no parent of other disks; run 'kume disk set golden --sharing"
                        + " read-only' first",
                early.error());
        share("golden", "read-only");
        create("{\"name\":\"a\",\"parent\":\"golden\"}");
        create("{\"name\":\"b\",\"parent\":\"golden\",\"type\":\"differencing\",\"size\":\"40MB\",\"file\":\"%s\"}"
                .formatted(Files.createDirectory(folder.resolve("far")).resolve("b." + format)));
        JsonNode a = disk("a");
        assertEquals(40 << 20, a.path("sizeBytes").asLong());
        assertEquals(format, a.path("format").asText());
        assertEquals("differencing", a.path("type").asText());
        assertEquals("golden", a.path("layout").path("parent").asText());
        Path golden = folder.toRealPath().resolve("disks/golden." + format);
        assertEquals(golden.toString(), a.path("layout").path("parents").path(0).asText());
        ImageFiles.put(open("a"), 2, 22);
        ImageFiles.put(open("b"), 2, 32);
        for (String name : List.of("a", "b")) {
            open(name).flush();
        }
        stop();
        start();
        assertEquals(11, ImageFiles.at(open("a"), 1));
        assertEquals(22, ImageFiles.at(open("a"), 2));
        assertEquals(11, ImageFiles.at(open("b"), 1));
        assertEquals(32, ImageFiles.at(open("b"), 2));
        assertEquals(12, ImageFiles.at(open("golden"), 2));
        Reply removal = kume.delete(ApiPaths.diskRemoval("golden", false));
        assertEquals(5, removal.exitCode());
        assertEquals(
                "disk 'golden' is not removed: disks 'a' and 'b' need what it holds; remove the others first, or"
                        + " convert each to a disk of its own",
                removal.error());
        Reply written = kume.patch(ApiPaths.disk("golden"), "{\"sharing\":\"cluster\"}");
        assertEquals(5, written.exitCode());
        assertTrue(
                written.error().startsWith("disk 'golden' stays read-only: disks 'a' and 'b' need"), written.error());
        assertEquals(
                5,
                kume.post(ApiPaths.diskResize("golden"), "{\"size\":\"80MB\"}").exitCode());
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("a", true)).status());
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("b", true)).status());
        share("golden", "exclusive");
        ImageFiles.put(open("golden"), 2, 99);
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("golden", true)).status());
        assertFalse(Files.exists(golden));
    }

    @Test
    void aChildOfAChildIsMade() throws Exception {
        create("{\"name\":\"one\",\"size\":\"40MB\",\"format\":\"vhdx\",\"type\":\"dynamic\"}");
        share("one", "read-only");
        create("{\"name\":\"two\",\"parent\":\"one\"}");
        ImageFiles.put(open("two"), 1, 21);
        share("two", "read-only");
        create("{\"name\":\"three\",\"parent\":\"two\"}");
        assertEquals(21, ImageFiles.at(open("three"), 1));
        assertEquals(2, disk("three").path("layout").path("parents").size());
        assertEquals("two", disk("three").path("layout").path("parent").asText());
    }

    @Test
    void aChildWithoutItsParentIsOfflineUntilThatIsBack() throws Exception {
        create("{\"name\":\"golden\",\"size\":\"40MB\",\"format\":\"vhdx\",\"type\":\"dynamic\"}");
        share("golden", "read-only");
        create("{\"name\":\"a\",\"parent\":\"golden\"}");
        stop();
        Path golden = folder.resolve("disks/golden.vhdx");
        Files.move(golden, folder.resolve("away.vhdx"));
        start();
        JsonNode offline = disk("a");
        assertEquals("offline", offline.path("status").asText());
        assertTrue(
                offline.path("statusReason")
                        .asText()
                        .startsWith("the parent of %s is missing: there is no "
                                .formatted(folder.toRealPath().resolve("disks/a.vhdx"))),
                offline::toString);
        assertEquals(0, offline.path("layout").path("parents").size());
        assertEquals("golden", offline.path("layout").path("parent").asText());
        assertTrue(offline.path("layout").path("fileBytes").isNull());
        Files.move(folder.resolve("away.vhdx"), golden);
        assertEquals(200, kume.post(ApiPaths.diskOnline("a"), "").status());
        assertEquals("idle", disk("a").path("status").asText());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"type\":\"differencing\"|2|a differencing disk has a parent; name a disk that is read-only as --parent",
                "\"type\":\"dynamic\",\"parent\":\"golden\"|2|a dynamic disk has no parent; use --type differencing, or"
                        + " leave --parent out",
                "\"parent\":\"golden\",\"format\":\"vhd\"|2|its parent 'golden' is of the format vhdx, so it cannot be of"
                        + " the format vhd; leave --format out",
                "\"parent\":\"golden\",\"size\":\"41MB\"|2|it has the size of its parent 'golden', 40 MB (41943040"
                        + " bytes); leave --size out",
                "\"parent\":\"golden\",\"sectorFormat\":\"4kn\"|2|it has the sectors of its parent 'golden', 512e; leave"
                        + " --sectors out",
                "\"parent\":\"flat\"|2|there are no differencing files of the format raw; use --format vhd or vhdx, or"
                        + " --type fixed",
                "\"size\":\"1GB\",\"type\":\"dynamic\",\"format\":\"raw\"|2|there are no dynamic files of the format raw;"
                        + " use --format vhd or vhdx, or --type fixed",
                "\"size\":\"1GB\",\"blockSizeMb\":4|2|the bytes of a fixed vhd disk lie in order, not in blocks; leave"
                        + " --block-size-mb out",
                "\"size\":\"2000TB\",\"format\":\"raw\"|1|/",
            })
    void whatCannotBeIsSaidBeforeAFileIsMade(String body, int exitCode, String message) throws Exception {
        create("{\"name\":\"golden\",\"size\":\"40MB\",\"format\":\"vhdx\",\"type\":\"dynamic\"}");
        create("{\"name\":\"flat\",\"size\":\"1MB\",\"format\":\"raw\"}");
        share("golden", "read-only");
        share("flat", "read-only");
        Reply refused = kume.post(ApiPaths.DISKS, "{\"name\":\"x\"," + body + "}");
        assertEquals(exitCode, refused.exitCode(), refused::toString);
        assertTrue(refused.error().startsWith("disk 'x' is not created: " + message), refused.error());
        assertNull(open().get("x"));
        try (Stream<Path> files = Files.list(folder.resolve("disks"))) {
            assertEquals(2, files.count());
        }
    }

    private java.util.Map<String, OpenDisk> open() {
        return kume.exports.disks;
    }

    @Test
    void blocksHaveASizeThatFormatsKnow() throws Exception {
        Reply refused = kume.post(
                ApiPaths.DISKS,
                "{\"name\":\"x\",\"size\":\"1GB\",\"format\":\"vhdx\",\"type\":\"dynamic\",\"blockSizeMb\":3}");
        assertEquals(2, refused.exitCode());
        assertEquals("blocks of 3 MB cannot be; use a power of two from 1 to 256", refused.error());
    }
}
