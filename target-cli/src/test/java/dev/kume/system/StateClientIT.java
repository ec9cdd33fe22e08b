package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.PersistentReserve;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state is backed up while it is used, lost, and restored: whoever asks finds no difference, nodes neither. */
final class StateClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String SECRET = "correct horse b";
    private static final int REGISTER = 0;
    private static final int RESERVE = 1;
    private static final int WRITE_EXCLUSIVE_REGISTRANTS = 5;
    private static final int FULL_STATUS = 3;
    private static final long KEY = 0xA1;
    private static final List<String> VIEWS = List.of(
            "/v1/disks", "/v1/targets", "/v1/mappings", "/v1/credentials", "/v1/config/export", "/v1/reservations");

    @TempDir
    Path directory;

    private List<String> views(RunningDaemon daemon) throws IOException {
        List<String> views = new ArrayList<>();
        for (String path : VIEWS) {
            views.add(daemon.get(path).toString().replaceAll("\"(loggedIn|sessions|connected)\":[^,}]*", ""));
        }
        return views;
    }

    private static byte[] fullStatus(RunningDaemon daemon, String iqn) throws IOException {
        try (RawInitiator node = daemon.login(RunningDaemon.NODE1, iqn)) {
            node.clearUnitAttentions(0);
            byte[] status = node.command(0, PersistentReserve.in(FULL_STATUS, 8_192), new byte[0], 8_192)
                    .data();
            node.logout();
            return status;
        }
    }

    private static byte[] identity(RunningDaemon daemon, String iqn) throws IOException {
        try (RawInitiator node = daemon.login(RunningDaemon.NODE1, iqn)) {
            node.clearUnitAttentions(0);
            byte[] page = node.command(0, new byte[] {0x12, 1, (byte) 0x83, 1, 0, 0}, new byte[0], 256)
                    .data();
            node.logout();
            return page;
        }
    }

    private void wipe(Path state) throws IOException {
        for (String entry : List.of("history", "units", "secrets")) {
            try (Stream<Path> all = Files.walk(state.resolve(entry))) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
        for (String entry : List.of("inventory.yaml", "version.yaml", "initiators.yaml")) {
            Files.deleteIfExists(state.resolve(entry));
        }
        Files.deleteIfExists(state.resolve("target-ports.yaml"));
    }

    @Test
    void aStateThatWasLostComesBackWithItsReservations() throws Exception {
        Path state = directory.resolve("state");
        Path secret = Files.writeString(directory.resolve("secret"), SECRET);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Path whole = directory.resolve("whole.tar.gz");
        Path plain = directory.resolve("plain.tar.gz");
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = daemon.provide("one", "16MB", "vhd");
            daemon.provide("two", "8MB", "raw");
            daemon.admin("credential", "add", "hv", "--user", "hv", "--secret-file", secret.toString());
            try (RawInitiator node = daemon.login(RunningDaemon.NODE1, iqn)) {
                node.clearUnitAttentions(0);
                persist(node, REGISTER, 0, PersistentReserve.list(0, KEY, true));
                persist(node, RESERVE, WRITE_EXCLUSIVE_REGISTRANTS, PersistentReserve.list(KEY, 0, true));
                daemon.admin("state", "backup", whole.toString(), "--with-secrets");
                daemon.admin("state", "backup", plain.toString());
                node.logout();
            }
            checkFiles(daemon, whole, plain);
            List<String> views = views(daemon);
            byte[] reservations = fullStatus(daemon, iqn);
            byte[] page = identity(daemon, iqn);
            Program.Result running = cli("state", "restore", whole.toString(), "--state", state.toString(), "--force");
            assertEquals(1, running.exitCode(), running::toString);
            assertTrue(running.err().contains("a daemon runs"), running::toString);
            daemon.stop();
            wipe(state);

            Program.Result trial = cli("state", "restore", whole.toString(), "--state", state.toString(), "--dry-run");
            assertTrue(trial.outOfSuccess().startsWith("Would restore inventory version"), trial::toString);
            assertFalse(Files.exists(state.resolve("inventory.yaml")));
            Program.Result done = cli("state", "restore", whole.toString(), "--state", state.toString());
            assertEquals(List.of(), done.errorLines(), done::toString);
            done.outOfSuccess();
            daemon.restart();

            assertEquals(views, views(daemon));
            assertEquals(
                    new String(page, StandardCharsets.ISO_8859_1),
                    new String(identity(daemon, iqn), StandardCharsets.ISO_8859_1));
            assertEquals(HexFormat.of().formatHex(reservations), HexFormat.of().formatHex(fullStatus(daemon, iqn)));
            daemon.stop();
            withoutReservations(daemon, state, plain, iqn);
        }
    }

    private void withoutReservations(RunningDaemon daemon, Path state, Path backup, String iqn) throws Exception {
        Files.delete(directory.resolve("state/disks/two.img"));
        Program.Result refused = cli("state", "restore", backup.toString(), "--state", state.toString());
        assertEquals(1, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("has a state already"), refused::toString);
        Program.Result done = cli(
                "state",
                "restore",
                backup.toString(),
                "--state",
                state.toString(),
                "--force",
                "--without-reservations");
        done.outOfSuccess();
        assertTrue(done.err().contains("disk 'two': "), done::toString);
        assertTrue(done.err().contains("secrets are not in the backup"), done::toString);
        daemon.restart();
        assertEquals(8, fullStatus(daemon, iqn).length);
        assertTrue(daemon.log().contains("credential 'hv' is unusable"), daemon.log());
        daemon.stop();
    }

    private static void persist(RawInitiator node, int action, int type, byte[] list) throws IOException {
        assertTrue(node.command(0, PersistentReserve.out(action, type), list, 0).good());
    }

    private void checkFiles(RunningDaemon daemon, Path whole, Path plain) throws IOException {
        for (Path each : List.of(whole, plain)) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
            String names = Program.run(LIMIT, "tar", "-tzf", each.toString()).outOfSuccess();
            assertTrue(names.contains("inventory.yaml") && names.contains("kume.yaml"), names);
            assertFalse(names.contains("disks/"), names);
            assertEquals(each.equals(whole), names.contains("secrets/"), names);
        }
        Program.Result again = daemon.kume("state", "backup", whole.toString());
        assertEquals(4, again.exitCode(), again::toString);
        assertTrue(cli("state", "show", whole.toString()).outOfSuccess().contains("with secrets"));
    }

    private static Program.Result cli(String... words) {
        List<String> line = Program.words(Clients.home().resolve("bin").resolve("kume"), List.of(words));
        return Program.run(LIMIT, Map.of("NO_COLOR", "1"), line);
    }
}
