package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationType;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots are what the disk was, whatever is done with it and with the others. */
final class SnapshotTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE_BYTES = 9 * MIB;

    @TempDir
    Path folder;

    private final Random random = new Random(11);
    private RunningManagement kume;
    private SnapshotHost host;
    private byte[] content = new byte[SIZE_BYTES];
    private final Map<String, byte[]> kept = new HashMap<>();

    @BeforeEach
    void start() throws DaemonException {
        kume = RunningManagement.in(folder);
        host = new SnapshotHost(kume);
    }

    @AfterEach
    void stop() {
        kume.close();
    }

    private void restart() throws DaemonException {
        stop();
        start();
    }

    private void write(int places) throws IOException {
        for (int i = 0; i < places; i++) {
            int sectors = 1 + random.nextInt(200);
            int at = 512 * random.nextInt(SIZE_BYTES / 512 - sectors);
            byte[] bytes = new byte[512 * sectors];
            random.nextBytes(bytes);
            System.arraycopy(bytes, 0, content, at, bytes.length);
            host.open("a").write(at, ByteBuffer.wrap(bytes));
        }
        int at = 4096 * random.nextInt(SIZE_BYTES / 4096 - 100);
        host.open("a").unmap(at, 4096 * 90);
        Arrays.fill(content, at, at + 4096 * 90, (byte) 0);
    }

    private void take(String name) throws IOException {
        host.take("a", name);
        kept.put(name, content.clone());
    }

    private void check() throws IOException {
        assertArrayEquals(content, host.read("a"));
        for (String name : host.names("a")) {
            assertArrayEquals(kept.get(name), host.readSnapshot("a", name), name);
        }
        host.checkTidy(folder);
    }

    /** The first write to a file gives it the id by which a child knows it; it may come when the child was made. */
    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void theFirstWriteMayComeInTheMiddle(String format) throws Exception {
        stop();
        FaultyStores stores = new FaultyStores();
        kume = RunningManagement.with(folder, stores, DurableFiles.OF_THIS_HOST);
        host = new SnapshotHost(kume);
        host.create("a", format, SIZE_BYTES);
        for (String name : List.of("one", "two")) {
            VirtualDisk disk = host.open("a");
            AtomicInteger opened = new AtomicInteger();
            stores.opening = () -> {
                if (opened.getAndIncrement() == 0) {
                    content[MIB] = (byte) name.charAt(0);
                    try {
                        disk.write(MIB, ByteBuffer.wrap(content, MIB, 4096));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };
            take(name);
            stores.opening = () -> {};
            assertTrue(opened.get() > 0);
        }
        check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void aSnapshotIsWhatTheDiskWas(String format) throws Exception {
        host.create("a", format, SIZE_BYTES);
        write(10);
        take("one");
        assertEquals("differencing", host.view("a").path("type").asText());
        write(10);
        take("two");
        write(10);
        check();
        JsonNode one = host.snapshots("a").getFirst();
        assertEquals("one", one.path("name").asText());
        assertEquals("2026-11-23T08:00:00Z", one.path("created").asText());
        assertEquals(SIZE_BYTES, one.path("sizeBytes").asInt());
        assertEquals(
                folder.resolve("disks/a." + format).toString(), one.path("file").asText());
        assertEquals("kept", one.path("state").asText());
        assertTrue(one.path("base").isNull());
        assertEquals("one", host.snapshots("a").getLast().path("base").asText());
        assertTrue(one.path("allocatedBytes").asLong() > 0);
        assertEquals(0, one.path("writesWaitedMillis").asInt(-1));
        restart();
        check();
        write(10);
        check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void snapshotsGoInAnyOrder(String format) throws Exception {
        host.create("a", format, SIZE_BYTES);
        for (int i = 0; i < 6; i++) {
            write(6);
            take("s" + i);
        }
        write(6);
        List<String> order = new ArrayList<>(host.names("a"));
        Collections.shuffle(order, random);
        for (String name : order) {
            host.remove("a", name);
            assertFalse(host.names("a").contains(name));
            check();
            write(3);
            if (random.nextBoolean()) {
                restart();
            }
            check();
        }
        assertEquals(
                folder.resolve("disks/a." + format).toString(),
                host.view("a").path("file").asText());
        assertEquals("fixed", host.view("a").path("type").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void allGoAtOnceTheOldestFirst(String format) throws Exception {
        host.create("a", format, SIZE_BYTES);
        for (int i = 0; i < 5; i++) {
            write(4);
            take("s" + i);
        }
        write(4);
        host.remove("a", "s4", "s0", "s2", "s1");
        assertEquals(List.of("s3"), host.names("a"));
        check();
        host.remove("a", "s3");
        check();
        assertEquals(List.of("a." + format), SnapshotHost.files(folder.resolve("disks")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void aRestoredDiskIsWhatItWasAndTheLaterSnapshotsStay(String format) throws Exception {
        host.create("a", format, SIZE_BYTES);
        write(5);
        take("one");
        write(5);
        take("two");
        write(5);
        host.restore("a", "one");
        content = kept.get("one").clone();
        check();
        write(5);
        take("three");
        write(5);
        check();
        restart();
        check();
        RunningManagement.Reply refused = kume.post(ApiPaths.snapshotRemoval("a"), "{\"names\":[\"one\"]}");
        assertEquals(
                "snapshot 'one' of disk 'a' is the base of 'two' and of 'three'; remove 'two' first, with what lies on"
                        + " it",
                refused.error());
        host.remove("a", "one", "two");
        check();
        host.remove("a", "three");
        check();
        assertEquals(List.of(), host.names("a"));
    }

    @Test
    void whoHoldsTheDiskKeepsItFromBeingRestored() throws Exception {
        host.create("a", "vhdx", SIZE_BYTES);
        take("one");
        kume.post(ApiPaths.TARGETS, "{\"name\":\"t\",\"initiators\":[\"iqn.1991-05.com.microsoft:hv-node1\"]}");
        assertEquals(
                201,
                kume.post(ApiPaths.MAPPINGS, "{\"disk\":\"a\",\"target\":\"t\"}")
                        .status());
        kume.exports.connect(
                1,
                "iqn.1991-05.com.microsoft:hv-node1",
                kume.get(ApiPaths.target("t")).body().path("iqn").asText());
        RunningManagement.Reply refused = kume.post(ApiPaths.snapshotRestore("a", "one"), "");
        assertEquals(8, refused.exitCode());
        assertEquals(
                "disk 'a' is not restored: it is LUN 0 of target 't', where iqn.1991-05.com.microsoft:hv-node1 is"
                        + " connected; log off there, or unmap it with 'kume unmap a t' first",
                refused.error());
        kume.exports.sessions.clear();
        host.restore("a", "one");
        check();
    }

    /** A node that is down holds the disk as long as its registration is there: it may come back and write. */
    @Test
    void whoIsRegisteredKeepsTheDiskFromBeingRestored() throws Exception {
        host.create("a", "vhdx", SIZE_BYTES);
        take("one");
        String node = "iqn.1991-05.com.microsoft:hv-node1";
        Instant since = Instant.parse("2026-11-27T06:00:00Z");
        ITNexus nexus = new ITNexus(node, 1, "iqn.2026-11.dev.kume:t", 1);
        Registration registration = new Registration(nexus, 0xAL, false, since);
        Reservation held = new Reservation(ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY, nexus, since);
        for (Reservation reservation : Arrays.asList(held, null)) {
            PersistentReservations table = new PersistentReservations(1, true, List.of(registration), reservation);
            kume.exports.states.put(
                    "a",
                    new UnitState(
                            null,
                            "fake",
                            BlockGeometry.emulated512(SIZE_BYTES),
                            false,
                            ModeState.DEFAULT,
                            null,
                            DurableState.INITIAL.withReservations(table)));
            RunningManagement.Reply refused = kume.post(ApiPaths.snapshotRestore("a", "one"), "");
            assertEquals(8, refused.exitCode());
            assertTrue(refused.error().startsWith("disk 'a' is not restored: "), refused.error());
            assertTrue(refused.error().contains(node), refused.error());
        }
        kume.exports.states.clear();
        host.restore("a", "one");
        check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void aSnapshotIsMountedReadOnlyOrAsAClone(String format) throws Exception {
        host.create("a", format, SIZE_BYTES);
        write(5);
        take("one");
        write(5);
        host.mount("a", "one", "v", false);
        host.mount("a", "one", "c", true);
        assertArrayEquals(kept.get("one"), host.read("v"));
        assertArrayEquals(kept.get("one"), host.read("c"));
        assertEquals("read-only", host.view("v").path("sharing").asText());
        assertThrows(IOException.class, () -> host.open("v").write(0, ByteBuffer.allocate(512)));
        byte[] clone = kept.get("one").clone();
        Arrays.fill(clone, 1000 * 512, 1001 * 512, (byte) 5);
        host.open("c").write(1000 * 512, ByteBuffer.wrap(clone, 1000 * 512, 512).slice());
        restart();
        assertArrayEquals(clone, host.read("c"));
        assertArrayEquals(kept.get("one"), host.read("v"));
        assertArrayEquals(content, host.read("a"));
        host.checkTidy(folder);
        assertEquals(
                "[\"c\",\"v\"]", host.snapshots("a").getFirst().path("usedBy").toString());
        RunningManagement.Reply refused = kume.delete(ApiPaths.snapshot("a", "one"));
        assertEquals("snapshot 'one' of disk 'a' is used by disk 'c', disk 'v'; remove these first", refused.error());
        assertEquals(
                "disk 'v' shows the file of the snapshot 'one' of disk 'a', which stays; leave --delete-file out",
                kume.delete(ApiPaths.diskRemoval("v", true)).error());
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("v", false)).status());
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("c", true)).status());
        check();
        host.remove("a", "one");
        check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void aCloneOfADiskIsADiskOfItsOwn(String format) throws Exception {
        host.create("a", format, SIZE_BYTES);
        write(5);
        host.done(ApiPaths.diskClone("a"), "{\"name\":\"b\"}");
        byte[] then = content.clone();
        write(5);
        assertArrayEquals(then, host.read("b"));
        assertEquals(List.of("2026-11-23-080000"), host.names("a"));
        kept.put("2026-11-23-080000", then.clone());
        check();
        // A clone has snapshots, and clones, of its own.
        host.take("b", "mine");
        Arrays.fill(then, 0, 512, (byte) 9);
        host.open("b").write(0, ByteBuffer.wrap(then, 0, 512).slice());
        host.done(ApiPaths.diskClone("b"), "{\"name\":\"c\",\"snapshot\":\"mine\"}");
        restart();
        assertArrayEquals(then, host.read("b"));
        RunningManagement.Reply refused = kume.delete(ApiPaths.snapshot("b", "mine"));
        assertEquals("snapshot 'mine' of disk 'b' is used by disk 'c'; remove these first", refused.error());
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("c", true)).status());
        host.remove("b", "mine");
        assertArrayEquals(then, host.read("b"));
        check();
    }

    @Test
    void severalDisksHaveOneSnapshotAtOnce() throws Exception {
        host.create("a", "vhdx", SIZE_BYTES);
        host.create("b", "vhd", SIZE_BYTES);
        host.create("other", "vhd", MIB);
        kume.patch(ApiPaths.disk("a"), "{\"sharing\":\"cluster\"}");
        kume.patch(ApiPaths.disk("b"), "{\"sharing\":\"cluster\"}");
        host.done(ApiPaths.SNAPSHOTS, "{\"cluster\":true,\"name\":\"both\"}");
        assertEquals(List.of("both"), host.names("a"));
        assertEquals(List.of("both"), host.names("b"));
        assertEquals(List.of(), host.names("other"));
        host.done(ApiPaths.SNAPSHOTS, "{\"disks\":[\"other\",\"b\"]}");
        assertEquals(List.of("2026-11-23-080000"), host.names("other"));
        assertEquals(List.of("both", "2026-11-23-080000"), host.names("b"));
        assertEquals(5, kume.get(ApiPaths.SNAPSHOTS).body().path("snapshots").size() + 1);
        RunningManagement.Reply refused =
                kume.post(ApiPaths.SNAPSHOTS, "{\"disks\":[\"other\",\"a\"],\"name\":\"both\"}");
        assertEquals(4, refused.exitCode());
        assertEquals(List.of("2026-11-23-080000"), host.names("other"));
        host.checkTidy(folder);
    }

    @Test
    void aRawDiskOnAFileSystemThatCannotShareIsRefused() throws Exception {
        host.create("a", "raw", SIZE_BYTES);
        OperationView refused = host.run(ApiPaths.snapshots("a"), "{\"name\":\"one\"}");
        if (refused.state().equals(OperationView.DONE)) {
            return; // The temporary directory lies on one that can.
        }
        assertEquals(
                "disk 'a' is raw, and the file system of %s cannot let two files share their bytes; move it to XFS or"
                                .formatted(folder.resolve("disks/a.img"))
                        + " Btrfs, or convert it with 'kume disk convert a --format vhdx'",
                refused.error().line());
        host.checkTidy(folder);
    }

    @Test
    void aDiskWithSnapshotsGoesWithThemWhenAsked() throws Exception {
        host.create("a", "vhdx", SIZE_BYTES);
        take("one");
        RunningManagement.Reply refused = kume.delete(ApiPaths.diskRemoval("a", true));
        assertEquals(
                "disk 'a' has the snapshot 'one'; remove them first, or use --with-snapshots to remove them with it",
                refused.error());
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("a", true, true)).status());
        assertEquals(List.of(), SnapshotHost.files(folder.resolve("disks")));
        host.checkTidy(folder);
    }
}
