package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.cli.api.BackupView;
import dev.kume.cli.daemon.FaultyFiles.Fault;
import dev.kume.cli.state.Backup;
import dev.kume.cli.state.StateException;
import dev.kume.cli.state.StateRestore;
import dev.kume.cli.state.StateUpgrade;
import dev.kume.core.store.LocalFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateRestoreTest {
    private static final Instant NOW = Instant.parse("2026-11-23T07:00:00Z");

    @TempDir
    private Path temporary;

    private static Backup backup() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("inventory.yaml", "version: 3\nunits: true\ncomplete: true\n".getBytes(StandardCharsets.UTF_8));
        files.put("history/inventory-0000000003.yaml", "version: 3\n".getBytes(StandardCharsets.UTF_8));
        files.put("units/7f9d0734-aeab-4723-a224-113192fb59f9.state", new byte[100]);
        BackupView about =
                new BackupView("kume.tar.gz", NOW, "0.1.0", "store1", 2, 3, false, Backup.members(files), List.of());
        return new Backup(about, files);
    }

    private static StateRestore restore(Path state, DurableFiles files) {
        return new StateRestore(state, files, LocalFiles.ofThisHost());
    }

    private static void checkWhole(Path state) throws Exception {
        new StateUpgrade(state, "0.1.0", DurableFiles.OF_THIS_HOST).check();
        assertEquals("version: 3\nunits: true\ncomplete: true\n", Files.readString(state.resolve("inventory.yaml")));
        assertEquals("version: 3\n", Files.readString(state.resolve("history/inventory-0000000003.yaml")));
        assertTrue(Files.exists(state.resolve("units/7f9d0734-aeab-4723-a224-113192fb59f9.slots")));
    }

    private static Path old(Path state) throws IOException {
        Files.createDirectories(state.resolve("secrets"));
        Files.writeString(state.resolve("inventory.yaml"), "old");
        Files.writeString(state.resolve("secrets/one"), "old secret");
        return state;
    }

    @Test
    void aStateIsReplacedByForceAloneAndKept() throws Exception {
        Path state = old(temporary.resolve("state"));
        StateRestore restore = restore(state, DurableFiles.OF_THIS_HOST);

        StateException refusal = assertThrows(StateException.class, () -> restore.run(backup(), true, false, NOW));
        assertTrue(refusal.getMessage().contains("has a state already (inventory.yaml)"), refusal.getMessage());
        assertEquals("old", Files.readString(state.resolve("inventory.yaml")));

        Path aside = restore.run(backup(), true, true, NOW);
        checkWhole(state);
        assertEquals(state.resolve("backup/before-restore-20261123T070000Z"), aside);
        assertEquals("old", Files.readString(aside.resolve("inventory.yaml")));
        assertEquals("old secret", Files.readString(aside.resolve("secrets/one")));
    }

    @Test
    void theOldStateKeepsItsVersion() throws Exception {
        Path state = old(temporary.resolve("state"));
        Files.writeString(state.resolve("version.yaml"), "schemaVersion: 1\nkume: 0.0.9\n");
        Path aside = restore(state, DurableFiles.OF_THIS_HOST).run(backup(), true, true, NOW);
        assertTrue(Files.readString(aside.resolve("version.yaml")).contains("schemaVersion: 1\n"));
        assertTrue(Files.readString(state.resolve("version.yaml")).contains("schemaVersion: 2\n"));
    }

    @Test
    void whatRootRestoresIsTheOwnersAndNothingElseBecomesSo() throws Exception {
        assumeTrue("root".equals(Files.getOwner(temporary).getName()), "only root can give files away");
        Path state = old(temporary.resolve("state"));
        UserPrincipal nobody =
                state.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Path precious = Files.writeString(temporary.resolve("precious"), "root's");
        Path folder = Files.createDirectory(temporary.resolve("folder"));
        Files.writeString(folder.resolve("file"), "root's");
        Files.createDirectory(state.resolve("backup"));
        Files.createSymbolicLink(state.resolve("backup/file"), precious);
        Files.createSymbolicLink(state.resolve("backup/folder"), folder);
        Files.createSymbolicLink(state.resolve("units"), folder);
        Files.setOwner(state, nobody);

        restore(state, DurableFiles.OF_THIS_HOST).run(backup(), true, true, NOW);
        checkWhole(state);
        for (Path each : List.of(precious, folder, folder.resolve("file"))) {
            assertEquals("root", Files.getOwner(each).getName(), each::toString);
        }
        try (Stream<Path> all = Files.walk(state)) {
            for (Path each : all.toList()) {
                assertEquals(nobody, Files.getOwner(each, LinkOption.NOFOLLOW_LINKS), each::toString);
            }
        }
    }

    @Test
    void aDaemonThatRunsKeepsItsState() throws Exception {
        Path state = temporary.resolve("state");
        StateRestore restore = restore(state, DurableFiles.OF_THIS_HOST);
        try (StateDirectory held = StateDirectory.lock(state, LocalFiles.ofThisHost(), 1)) {
            StateException refusal = assertThrows(StateException.class, () -> restore.run(backup(), true, true, NOW));
            assertEquals(
                    "a daemon runs with the state in %s; stop it first".formatted(held.path()), refusal.getMessage());
        }
    }

    @Test
    void withoutReservationsTheUnitsBeginAnew() throws Exception {
        Path state = temporary.resolve("state");
        restore(state, DurableFiles.OF_THIS_HOST).run(backup(), false, false, NOW);
        assertEquals("version: 3\ncomplete: true\n", Files.readString(state.resolve("inventory.yaml")));
        assertTrue(Files.notExists(state.resolve("units/7f9d0734-aeab-4723-a224-113192fb59f9.slots")));
    }

    @Test
    void aCrashAtAnyStepIsNeverTakenForAWholeState() throws Exception {
        FaultyFiles counting = new FaultyFiles(Integer.MAX_VALUE, Fault.KILLED_BEFORE);
        restore(old(temporary.resolve("counted")), counting).run(backup(), true, true, NOW);
        assertTrue(counting.steps() > 10);
        for (Fault fault : Fault.values()) {
            for (int step = 1; step <= counting.steps(); step++) {
                Path state = old(temporary.resolve(fault + "-" + step));
                FaultyFiles faulty = new FaultyFiles(step, fault);
                Throwable end = assertThrows(
                        Throwable.class, () -> restore(state, faulty).run(backup(), true, true, NOW));
                assertTrue(end instanceof FaultyFiles.Killed || end instanceof StateException, end::toString);
                boolean old = isOld(state);
                if (!old) {
                    try {
                        checkWhole(state);
                    } catch (StateException notWhole) {
                        assertTrue(notWhole.getMessage().contains("has not ended"), notWhole.getMessage());
                    }
                }
                restore(state, DurableFiles.OF_THIS_HOST).run(backup(), true, old, NOW);
                checkWhole(state);
            }
        }
    }

    /** As it was before, and whole. */
    private static boolean isOld(Path state) throws IOException {
        try {
            new StateUpgrade(state, "0.1.0", DurableFiles.OF_THIS_HOST).check();
        } catch (StateException e) {
            return false;
        }
        return true;
    }
}
