package dev.kume.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kume.core.Trials;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreClosedException;
import dev.kume.core.store.StoreLockedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The files that other tests trust. */
final class PowerCutFilesTest {
    private static final Path DIRECTORY = Path.of("/d");
    private static final Path A = DIRECTORY.resolve("a");
    private static final Path B = DIRECTORY.resolve("b");

    private final Power power = new Power();
    private final PowerCutFiles files = new PowerCutFiles(power);

    @Test
    void aCreationIsDurableWithItsDirectoryAlone() throws IOException {
        try (BackingStore store = files.create(A)) {
            store.write(0, ByteBuffer.wrap(new byte[] {1}));
            store.flush();
        }
        assertEquals(Set.of(Set.of(), Set.of(A)), survivors());
        files.syncDirectory(DIRECTORY);
        assertEquals(Set.of(Set.of(A)), survivors());
    }

    @Test
    void aRenameLeavesOneNameAndARemovalOneOrNone() throws IOException {
        files.create(A).close();
        files.syncDirectory(DIRECTORY);
        Set<Set<Path>> during = new HashSet<>();
        power.watch(() -> during.addAll(survivors()));
        files.rename(A, B);
        assertEquals(Set.of(Set.of(A), Set.of(B)), during);
        assertEquals(Set.of(Set.of(B)), survivors());
        during.clear();
        files.remove(B);
        assertEquals(Set.of(Set.of(B), Set.of()), during);
        assertEquals(Set.of(Set.of()), survivors());
    }

    @Test
    void oneWritesOrManyRead() throws IOException {
        BackingStore writer = files.create(A);
        writer.write(0, ByteBuffer.wrap(new byte[] {1}));
        assertThrows(StoreLockedException.class, () -> files.open(A, true));
        assertThrows(StoreLockedException.class, () -> files.remove(A));
        assertThrows(FileAlreadyExistsException.class, () -> files.create(A));
        writer.close();
        assertThrows(StoreClosedException.class, writer::flush);
        BackingStore reader = files.open(A, true);
        BackingStore other = files.open(A, true);
        assertThrows(IOException.class, () -> reader.write(0, ByteBuffer.wrap(new byte[] {2})));
        reader.close();
        assertThrows(StoreLockedException.class, () -> files.open(A, false));
        other.close();
        files.open(A, false).close();
        assertThrows(NoSuchFileException.class, () -> files.open(B, true));
    }

    @Test
    void thePowerGoesForAllFilesAtOnce() throws IOException {
        BackingStore a = files.create(A);
        BackingStore b = files.create(B);
        power.cutAfter(1);
        a.write(0, ByteBuffer.wrap(new byte[] {1}));
        assertThrows(PowerCut.class, () -> b.write(0, ByteBuffer.wrap(new byte[] {1})));
        assertThrows(PowerCut.class, a::flush);
        assertThrows(PowerCut.class, () -> files.create(DIRECTORY.resolve("c")));
        assertEquals(1, files.afterKill(new Power()).open(A, true).sizeBytes());
    }

    private Set<Set<Path>> survivors() {
        Set<Set<Path>> seen = new HashSet<>();
        Trials.forSeed(
                1,
                100,
                random ->
                        seen.add(new TreeSet<>(files.cut(random, 1, new Power()).paths())));
        return seen;
    }
}
