package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk is there whole or not at all, whatever ends its creation. */
final class DiskCreationTest {
    private static final String BIG = "{\"name\":\"big\",\"size\":\"1MB\"}";

    @TempDir
    Path folder;

    private final FaultyStores stores = new FaultyStores();
    private RunningManagement kume;

    @BeforeEach
    void start() throws DaemonException {
        kume = RunningManagement.with(folder, stores, DurableFiles.OF_THIS_HOST);
    }

    @AfterEach
    void stop() {
        stores.mayReserve.countDown();
        kume.close();
    }

    @Test
    void aFullDeviceLeavesNothingAndTheNameIsFree() throws Exception {
        stores.full = true;
        OperationView failed = kume.create(BIG);
        assertEquals(OperationView.FAILED, failed.state());
        assertEquals(
                "disk 'big' is not created: there is not enough space for %s/disks/big.vhd; nothing is left behind; free"
                                .formatted(folder)
                        + " space, choose another --file, or use --sparse",
                failed.error().line());
        assertEquals(1, failed.error().exitCode());
        nothingIsLeft();
        stores.full = false;
        assertEquals(OperationView.DONE, kume.create(BIG).state());
    }

    @Test
    void aCancelledCreationLeavesNothing() throws Exception {
        stores.reserving = new CountDownLatch(1);
        stores.mayReserve = new CountDownLatch(1);
        long id = kume.post(ApiPaths.DISKS, BIG).body().path("id").asLong();
        assertTrue(stores.reserving.await(10, TimeUnit.SECONDS));
        assertEquals(
                "running", kume.get(ApiPaths.operation(id)).body().path("state").asText());
        assertEquals(409, kume.post(ApiPaths.DISKS, BIG).status(), "the name is taken while it is being made");
        assertEquals(200, kume.post(ApiPaths.cancel(id), "").status());
        stores.mayReserve.countDown();
        OperationView cancelled = kume.ended(id);
        assertEquals(OperationView.CANCELLED, cancelled.state());
        assertEquals(
                "disk create 'big' was cancelled; nothing is left behind",
                cancelled.error().line());
        nothingIsLeft();
    }

    @Test
    void aStopCancelsACreation() throws Exception {
        stores.reserving = new CountDownLatch(1);
        stores.mayReserve = new CountDownLatch(1);
        kume.post(ApiPaths.DISKS, BIG);
        assertTrue(stores.reserving.await(10, TimeUnit.SECONDS));
        Thread stopping = Thread.ofPlatform().start(() -> kume.close());
        while (kume.get(ApiPaths.STATUS).body().path("state").asText().equals("ready")) {
            Thread.onSpinWait();
        }
        stores.mayReserve.countDown();
        stopping.join();
        kume = RunningManagement.in(folder);
        assertEquals(0, kume.get(ApiPaths.DISKS).body().path("disks").size());
        assertEquals(List.of(), files("disks"));
    }

    @Test
    void aCrashBeforeTheInventoryLeavesNoFileAfterTheNextStart() throws Exception {
        stop();
        UUID uuid = new UUID(1, 2);
        Path place = folder.resolve("disks/lost.vhd");
        Path working = UnfinishedFiles.workingName(place, uuid);
        Files.createDirectories(place.getParent());
        Files.writeString(working, "half a disk");
        new UnfinishedFiles(folder.resolve("state"), DurableFiles.OF_THIS_HOST, stores).note(uuid, working, place);
        start();
        assertEquals(List.of(), files("disks"));
        assertEquals(List.of(), files("state/unfinished"));
        assertEquals(
                OperationView.DONE,
                kume.create("{\"name\":\"lost\",\"size\":\"1MB\"}").state());
    }

    @Test
    void aCrashBetweenInventoryAndRenameIsFinishedByTheNextStart() throws Exception {
        assertEquals(OperationView.DONE, kume.create(BIG).state());
        UUID uuid = UUID.fromString(kume.get(ApiPaths.disk("big"))
                .body()
                .path("identity")
                .path("uuid")
                .asText());
        stop();
        // What such a crash leaves: the disk in the inventory, the file under its working name, and the note.
        Path place = folder.resolve("disks/big.vhd");
        Path working = UnfinishedFiles.workingName(place, uuid);
        Files.move(place, working);
        new UnfinishedFiles(folder.resolve("state"), DurableFiles.OF_THIS_HOST, stores).note(uuid, working, place);
        start();
        assertEquals(
                "idle", kume.get(ApiPaths.disk("big")).body().path("status").asText());
        assertEquals(List.of("big.vhd"), files("disks"));
        assertEquals(List.of(), files("state/unfinished"));
    }

    @Test
    void aCrashInTheMiddleOfARemovalRemovesTheFileAtTheNextStart() throws Exception {
        kume.create(BIG);
        UUID uuid = UUID.fromString(kume.get(ApiPaths.disk("big"))
                .body()
                .path("identity")
                .path("uuid")
                .asText());
        kume.delete(ApiPaths.diskRemoval("big", false));
        stop();
        Path file = folder.resolve("disks/big.vhd");
        assertTrue(Files.exists(file));
        new UnfinishedFiles(folder.resolve("state"), DurableFiles.OF_THIS_HOST, stores).note(uuid, file, file);
        start();
        assertFalse(Files.exists(file));
    }

    @Test
    void aRemovalThatFailedOnceNeverTakesTheFileOfALaterDisk() throws Exception {
        kume.create(BIG);
        stores.removesNothing = true;
        assertEquals(500, kume.delete(ApiPaths.diskRemoval("big", true)).status());
        stores.removesNothing = false;
        // What the error advises, and then a new disk in the same place.
        Path file = folder.resolve("disks/big.vhd");
        Files.delete(file);
        assertEquals(OperationView.DONE, kume.create(BIG).state());
        stop();
        start();
        assertTrue(Files.exists(file));
        assertEquals(
                "idle", kume.get(ApiPaths.disk("big")).body().path("status").asText());
    }

    @Test
    void aNoteOfARemovalDoesNotTakeAFileThatTheInventoryHas() throws Exception {
        kume.create(BIG);
        stop();
        Path file = folder.resolve("disks/big.vhd");
        Path link = Files.createSymbolicLink(folder.resolve("disks/link.vhd"), file);
        UnfinishedFiles unfinished = new UnfinishedFiles(folder.resolve("state"), DurableFiles.OF_THIS_HOST, stores);
        unfinished.note(new UUID(3, 4), file, file);
        unfinished.note(new UUID(3, 5), link, link);
        start();
        assertTrue(Files.exists(file));
        assertEquals(List.of(), files("state/unfinished"));
    }

    @Test
    void aFileThatWasToBeRemovedAndIsImportedAgainIsKeptWhenItsDiskGoes() throws Exception {
        kume.create(BIG);
        stores.removesNothing = true;
        assertEquals(500, kume.delete(ApiPaths.diskRemoval("big", true)).status());
        stores.removesNothing = false;
        Path file = folder.resolve("disks/big.vhd");
        assertEquals(
                201,
                kume.post(ApiPaths.DISK_IMPORT, "{\"name\":\"again\",\"file\":\"%s\"}".formatted(file))
                        .status());
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("again", false)).status());
        stop();
        start();
        assertTrue(Files.exists(file));
    }

    @Test
    void noDiskIsMadeAmongTheNotesOfTheDaemon() throws Exception {
        Files.createDirectories(folder.resolve("state/unfinished"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("state/unfinished"));
        for (Path directory : List.of(folder.resolve("state/unfinished"), link)) {
            RunningManagement.Reply refused = kume.post(
                    ApiPaths.DISKS, "{\"name\":\"odd\",\"size\":\"1MB\",\"file\":\"%s/odd.vhd\"}".formatted(directory));
            assertEquals(5, refused.exitCode(), refused.toString());
        }
    }

    @Test
    void aFileThatAppearsMeanwhileIsNotReplaced() throws Exception {
        stores.reserving = new CountDownLatch(1);
        stores.mayReserve = new CountDownLatch(1);
        long id = kume.post(ApiPaths.DISKS, BIG).body().path("id").asLong();
        assertTrue(stores.reserving.await(10, TimeUnit.SECONDS));
        Path file = Files.writeString(folder.resolve("disks/big.vhd"), "precious");
        stores.mayReserve.countDown();
        OperationView failed = kume.ended(id);
        assertEquals(OperationView.FAILED, failed.state());
        assertEquals(4, failed.error().exitCode());
        assertEquals("precious", Files.readString(file));
        assertEquals(List.of("big.vhd"), files("disks"));
        assertEquals(0, kume.get(ApiPaths.DISKS).body().path("disks").size());
    }

    @Test
    void aStateDirectoryThatIsFullRefusesTheChangeAndKeepsTheOldOne() throws Exception {
        stop();
        boolean[] full = new boolean[1];
        kume = RunningManagement.with(folder, stores, new DurableFiles() {
            @Override
            public void write(Path file, byte[] content) throws IOException {
                if (full[0]) {
                    throw new IOException("No space left on device");
                }
                DurableFiles.OF_THIS_HOST.write(file, content);
            }
        });
        kume.create(BIG);
        full[0] = true;
        RunningManagement.Reply refused = kume.patch(ApiPaths.disk("big"), "{\"sharing\":\"cluster\"}");
        assertEquals(507, refused.status());
        assertEquals(
                "the change could not be written to %s/state (No space left on device), so nothing was changed; free space"
                                .formatted(folder)
                        + " there and try again",
                refused.error());
        assertEquals(
                "exclusive",
                kume.get(ApiPaths.disk("big")).body().path("sharing").asText());
        full[0] = false;
        assertEquals(
                200,
                kume.patch(ApiPaths.disk("big"), "{\"sharing\":\"cluster\"}").status());
    }

    private void nothingIsLeft() throws IOException {
        assertEquals(0, kume.get(ApiPaths.DISKS).body().path("disks").size());
        assertEquals(List.of(), files("disks"));
        assertEquals(List.of(), files("state/unfinished"));
    }

    private List<String> files(String directory) throws IOException {
        try (Stream<Path> entries = Files.list(folder.resolve(directory))) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
