package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.store.LocalFiles;
import dev.kume.core.store.StoreClosedException;
import dev.kume.core.store.StoreLockedException;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files over files: each is found, checked, opened once and closed by the last who has it. */
final class DiskChainsTest {
    private static final int SECTOR = 512;
    private static final long SIZE = 64 * SECTOR;

    @TempDir
    Path folder;

    private final StoreProvider stores = LocalFiles.ofThisHost();
    private final DiskFormat vhd = new LayeredFormat("vhd");
    private final DiskFormat vhdx = new LayeredFormat("vhdx");
    private final DiskChains chains = new DiskChains(stores);

    private static UUID id(int number) {
        return new UUID(0x4000, number);
    }

    private Path make(String file, int id, @Nullable ParentLink link) throws IOException {
        return make(vhd, file, id, link, SIZE, 512);
    }

    private Path make(DiskFormat format, String file, int id, @Nullable ParentLink link, long sizeBytes, int sector)
            throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        new DiskFiles(stores)
                .make(
                        path,
                        format,
                        new DiskFormat.CreateOptions(
                                sizeBytes,
                                id(id),
                                link == null ? DiskType.DYNAMIC : DiskType.DIFFERENCING,
                                true,
                                0,
                                new DiskImage.Sectors(sector, 0),
                                link,
                                DiskFormat.Progress.NONE));
        return path;
    }

    private static ParentLink to(int id, String relative) {
        return new ParentLink(id(id), relative, "", ParentLink.NO_TIME);
    }

    private static void put(VirtualDisk disk, int sector, int value) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(SECTOR);
        data.put(0, (byte) value);
        disk.write((long) sector * SECTOR, data);
    }

    private static int at(VirtualDisk disk, int sector) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(SECTOR);
        disk.read((long) sector * SECTOR, data);
        return data.get(0);
    }

    private String refusal(Path file, DiskFormat format) {
        DiskFormatException e = assertThrows(DiskFormatException.class, () -> chains.open(file, format, true));
        return String.valueOf(e.getMessage());
    }

    @Test
    void aChildReadsWhatItHasNotFromItsParents() throws IOException {
        Path base = make("base.vhd", 1, null);
        Path middle = make("sub/middle.vhd", 2, to(1, "../base.vhd"));
        Path top = make("top.vhd", 3, to(2, "sub/middle.vhd"));
        try (Chain of = chains.open(base, vhd, true)) {
            put(of.disk(), 1, 11);
            put(of.disk(), 2, 12);
        }
        try (Chain of = chains.open(middle, vhd, true)) {
            put(of.disk(), 2, 22);
        }
        try (Chain of = chains.open(top, vhd, true)) {
            put(of.disk(), 3, 33);
            assertEquals(11, at(of.disk(), 1));
            assertEquals(22, at(of.disk(), 2));
            assertEquals(33, at(of.disk(), 3));
            assertEquals(0, at(of.disk(), 4));
            Chain parent = assertNotNullChain(of.parent());
            assertEquals(middle.toRealPath(), parent.file());
            assertEquals(base.toRealPath(), assertNotNullChain(parent.parent()).file());
            assertEquals(1, parent.children());
            assertEquals(0, of.children());
        }
        assertNull(chains.find(base));
    }

    private static Chain assertNotNullChain(@Nullable Chain chain) {
        assertNotNull(chain);
        return chain;
    }

    @Test
    void aParentIsOpenOnceForAllItsChildrenAndNobodyElseChangesIt() throws IOException {
        Path base = make("base.vhd", 1, null);
        Chain one = chains.open(make("one.vhd", 2, to(1, "base.vhd")), vhd, true);
        Chain two = chains.open(make("two.vhd", 3, to(1, "base.vhd")), vhd, true);
        Chain itself = chains.open(folder.resolve("./base.vhd"), vhd, true);
        assertSame(itself.disk(), assertNotNullChain(one.parent()).disk());
        assertSame(itself.disk(), assertNotNullChain(two.parent()).disk());
        assertEquals(2, itself.children());
        assertEquals(2, chains.children(base));
        assertThrows(StoreLockedException.class, () -> stores.open(base, true));
        one.close();
        one.close();
        itself.close();
        assertEquals(1, chains.children(base));
        assertEquals(0, at(two.disk(), 5), "the parent is still open");
        VirtualDisk of = two.disk();
        two.close();
        assertThrows(StoreClosedException.class, () -> at(of, 5));
        stores.open(base, false).close();
    }

    @Test
    void aParentIsFoundByItsWholePathAndByItsNameBesideTheChild() throws IOException {
        make("far/base.vhd", 1, null);
        String absolute = folder.resolve("far/base.vhd").toString();
        Path byPath = make("a.vhd", 2, new ParentLink(id(1), "gone/base.vhd", absolute, ParentLink.NO_TIME));
        chains.open(byPath, vhd, true).close();
        Files.copy(folder.resolve("far/base.vhd"), folder.resolve("base.vhd"));
        Path byName = make("b.vhd", 3, new ParentLink(id(1), "", "X:\\disks\\base.vhd", ParentLink.NO_TIME));
        chains.open(byName, vhd, true).close();
    }

    @Test
    void aMissingParentIsNamedWithItsIdAndTheRemedy() throws IOException {
        Path child = make("a.vhd", 2, to(1, "sub/base.vhd"));
        assertEquals(
                "the parent of %s is missing: there is no %s or %s; bring the file with the id %s back"
                        .formatted(
                                child.toRealPath(),
                                folder.toRealPath().resolve("sub/base.vhd"),
                                folder.toRealPath().resolve("base.vhd"),
                                id(1)),
                refusal(child, vhd));
        stores.open(child, false).close();
    }

    @Test
    void anotherFileInThePlaceOfTheParentIsNamedWithBothIds() throws IOException {
        make("base.vhd", 7, null);
        Path child = make("a.vhd", 2, to(1, "base.vhd"));
        assertEquals(
                "the parent of %s was changed or replaced: %s has the id %s, not the id %s; bring the file with that"
                                .formatted(
                                        child.toRealPath(), folder.toRealPath().resolve("base.vhd"), id(7), id(1))
                        + " id back",
                refusal(child, vhd));
        stores.open(folder.resolve("base.vhd"), false).close();
        stores.open(child, false).close();
    }

    @Test
    void aCircleIsRefused() throws IOException {
        Path a = make("a.vhd", 1, to(2, "b.vhd"));
        make("b.vhd", 2, to(1, "a.vhd"));
        assertTrue(refusal(a, vhd).contains("its parents are a circle"), refusal(a, vhd));
        Path self = make("self.vhd", 3, to(4, "self.vhd"));
        assertTrue(refusal(self, vhd).contains("is this file itself, or a child of it"), refusal(self, vhd));
        assertNull(chains.find(a));
    }

    @Test
    void manyFilesLieOverEachOtherButNotEndlessly() throws IOException {
        make("0.vhd", 1000, null);
        for (int i = 1; i <= DiskChains.DEPTH_MAX; i++) {
            make(i + ".vhd", 1000 + i, to(1000 + i - 1, (i - 1) + ".vhd"));
        }
        Path deepest = folder.resolve((DiskChains.DEPTH_MAX - 1) + ".vhd");
        try (Chain of = chains.open(deepest, vhd, true)) {
            put(of.disk(), 0, 1);
            assertEquals(0, at(of.disk(), 1));
            assertTrue(
                    refusal(folder.resolve(DiskChains.DEPTH_MAX + ".vhd"), vhd).contains("more than 512 parents"));
        }
        assertTrue(refusal(folder.resolve(DiskChains.DEPTH_MAX + ".vhd"), vhd).contains("more than 512 parents"));
        assertNull(chains.find(deepest));
    }

    @Test
    void sizesAndSectorsFitThoseOfTheParent() throws IOException {
        make("base.vhd", 1, null);
        Path larger = make(vhd, "a.vhd", 2, to(1, "base.vhd"), 2 * SIZE, 512);
        assertTrue(refusal(larger, vhd).contains("is a disk of %d bytes, its parent".formatted(2 * SIZE)));
        make(vhdx, "base.vhdx", 3, null, SIZE, 512);
        Path grown = make(vhdx, "b.vhdx", 4, to(3, "base.vhdx"), 2 * SIZE, 512);
        try (Chain of = chains.open(grown, vhdx, true)) {
            assertEquals(0, at(of.disk(), 100));
        }
        Path smaller = make(vhdx, "c.vhdx", 5, to(3, "base.vhdx"), SIZE / 2, 512);
        assertTrue(refusal(smaller, vhdx).contains("is a disk of %d bytes, its parent".formatted(SIZE / 2)));
        Path sectors = make(vhdx, "d.vhdx", 6, to(3, "base.vhdx"), SIZE, 4096);
        assertTrue(refusal(sectors, vhdx).contains("has sectors of 4096 bytes, its parent"));
    }

    @Test
    void aParentThatWasWrittenAsADiskOfItsOwnIsAskedForItsIdAnew() throws IOException {
        Path base = make("base.vhd", 1, null);
        try (Chain of = chains.open(base, vhd, true)) {
            vhd.identify(of.store(), id(9));
            Path child = make("a.vhd", 2, to(9, "base.vhd"));
            chains.open(child, vhd, true).close();
            assertEquals(id(9), of.inspect().contentId());
            Path old = make("b.vhd", 3, to(1, "base.vhd"));
            assertTrue(refusal(old, vhd).contains("has the id " + id(9)));
            assertEquals(0, of.children());
        }
    }

    @Test
    void aChildIsGivenAnotherParentAndAFileAnotherName() throws IOException {
        Path base = make("base.vhd", 1, null);
        Path other = make("other.vhd", 2, null);
        Path child = make("a.vhd", 3, to(1, "base.vhd"));
        try (Chain of = chains.open(child, vhd, true)) {
            Chain next = chains.open(other, vhd, true);
            put(next.disk(), 4, 44);
            of.replaceParent(next).close();
            assertNull(chains.find(base), "nobody has the old parent any more");
            assertEquals(1, chains.children(other));
            assertEquals(44, at(of.disk(), 4));
        }
        assertNull(chains.find(other));
    }

    @Test
    void aReadOnlyDiskIsNeverWritten() throws IOException {
        VirtualDisk behind = MemoryDisk.ofSize(SIZE);
        put(behind, 1, 5);
        VirtualDisk disk = new ReadOnlyDisk(behind);
        assertTrue(disk.info().readOnly());
        assertEquals(5, at(disk, 1));
        assertEquals(0, disk.atomicBytesMax());
        assertThrows(IOException.class, () -> put(disk, 1, 6));
        assertThrows(IOException.class, () -> disk.unmap(0, SECTOR));
        assertThrows(IOException.class, () -> disk.zero(0, SECTOR));
        assertThrows(IOException.class, () -> disk.copyFrom(behind, 0, SECTOR, SECTOR));
        assertThrows(IOException.class, () -> disk.writeAtomically(0, ByteBuffer.allocate(SECTOR)));
        assertThrows(IOException.class, () -> disk.grow(2 * SIZE, DiskFormat.Progress.NONE));
        assertThrows(IOException.class, () -> disk.shrink(SECTOR));
        disk.flush();
        assertEquals(5, at(behind, 1));
    }
}
