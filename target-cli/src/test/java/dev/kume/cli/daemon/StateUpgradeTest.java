package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.daemon.FaultyFiles.Fault;
import dev.kume.cli.state.StateException;
import dev.kume.cli.state.StateUpgrade;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateUpgradeTest {
    private static final Instant NOW = Instant.parse("2026-11-23T07:00:00Z");

    @TempDir
    private Path temporary;

    private Path state;

    @BeforeEach
    void name() {
        state = temporary.resolve("state");
    }

    private void old() throws IOException {
        Files.createDirectories(state.resolve("history"));
        Files.createDirectories(state.resolve("secrets"));
        Files.createDirectories(state.resolve("disks"));
        Files.writeString(state.resolve("inventory.yaml"), "schemaVersion: 1\n");
        Files.writeString(state.resolve("history/inventory-0000000001.yaml"), "version: 1\n");
        Files.writeString(state.resolve("secrets/one"), "a secret");
        Files.writeString(state.resolve("disks/one.vhd"), "an image");
        Files.writeString(state.resolve("lock"), "");
    }

    private StateUpgrade upgrade(DurableFiles files) {
        return new StateUpgrade(state, "0.9.0", files);
    }

    private StateUpgrade upgrade() {
        return upgrade(DurableFiles.OF_THIS_HOST);
    }

    /** All files with what is in them. */
    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        return contents;
    }

    private List<Path> copies() throws IOException {
        try (Stream<Path> all = Files.list(state.resolve("backup"))) {
            return all.sorted().toList();
        }
    }

    @Test
    void aNewStateGetsTheVersionAndNoCopy() throws Exception {
        Files.createDirectories(state);

        assertNull(upgrade().run(NOW));

        assertEquals(List.of("version.yaml"), List.copyOf(contents(state).keySet()));
        assertTrue(Files.readString(state.resolve("version.yaml")).contains("schemaVersion: 2"));
        assertNull(upgrade().run(NOW));
    }

    @Test
    void anOldStateIsCopiedWithoutItsImagesAndForItsOwnerAlone() throws Exception {
        old();
        Map<String, String> before = contents(state);

        StateUpgrade.Upgraded done = upgrade().run(NOW);

        assertNotNull(done);
        assertEquals(1, done.from());
        assertEquals(2, done.to());
        assertEquals(state.resolve("backup/before-0.9.0-20261123T070000Z"), done.copy());
        Map<String, String> expected = new TreeMap<>(before);
        expected.remove("lock");
        expected.remove("disks/one.vhd");
        assertEquals(expected, contents(done.copy()));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(done.copy().resolve("inventory.yaml"))));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(done.copy())));
        before.forEach((name, text) -> assertEquals(text, readString(state.resolve(name))));
        assertNull(upgrade().run(NOW.plusSeconds(9)));
        assertEquals(1, copies().size());
    }

    private static String readString(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCrashAtAnyStepLeavesTheOldStateOrTheNewAndOneCopyInTheEnd() throws Exception {
        old();
        FaultyFiles counting = new FaultyFiles(Integer.MAX_VALUE, Fault.KILLED_BEFORE);
        upgrade(counting).run(NOW);
        int steps = counting.steps();
        assertTrue(steps > 10, () -> "only " + steps);
        for (Fault fault : Fault.values()) {
            for (int step = 1; step <= steps; step++) {
                state = temporary.resolve(fault + "-" + step);
                old();
                Map<String, String> before = contents(state);
                FaultyFiles faulty = new FaultyFiles(step, fault);
                Throwable end =
                        assertThrows(Throwable.class, () -> upgrade(faulty).run(NOW));
                assertTrue(end instanceof FaultyFiles.Killed || end instanceof StateException, end::toString);
                before.forEach((name, text) -> assertEquals(text, readString(state.resolve(name))));

                upgrade().run(NOW.plusSeconds(60));

                before.forEach((name, text) -> assertEquals(text, readString(state.resolve(name))));
                assertEquals(1, copies().size(), fault + " at " + step);
                before.remove("lock");
                before.remove("disks/one.vhd");
                assertEquals(before, contents(copies().getFirst()), fault + " at " + step);
                assertNull(upgrade().run(NOW.plusSeconds(120)));
            }
        }
    }

    @Test
    void aNewerStateIsNamedAndLeftAlone() throws Exception {
        old();
        Files.writeString(state.resolve("version.yaml"), "schemaVersion: 3\nkume: 2.0.0\nofTheFuture: [1]\n");
        Map<String, String> before = contents(state);

        StateException refusal =
                assertThrows(StateException.class, () -> upgrade().check());

        assertEquals(
                "the state in %s was written by Kume 2.0.0, as schema version 3; this Kume 0.9.0 knows versions up to 2 and leaves it alone: start Kume 2.0.0 again, or go back to a copy in %s as docs/upgrade.md says"
                        .formatted(state, state.resolve("backup")),
                refusal.getMessage());
        assertThrows(StateException.class, () -> upgrade().run(NOW));
        assertEquals(before, contents(state));
    }

    @Test
    void aDamagedVersionIsRefusedWithItsPlace() throws Exception {
        old();
        for (String text : List.of("", "schemaVersion: two\n", "schemaVersion: 2\nkume: 1\nkeys: 1\n", "\0\1", "{")) {
            Files.writeString(state.resolve("version.yaml"), text);
            StateException refusal =
                    assertThrows(StateException.class, () -> upgrade().check(), text);
            assertTrue(refusal.getMessage().startsWith(state.resolve("version.yaml") + ":"), refusal.getMessage());
            assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
        }
    }
}
