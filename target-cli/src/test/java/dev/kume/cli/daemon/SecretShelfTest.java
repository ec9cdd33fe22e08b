package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.cli.api.CredentialCreate;
import dev.kume.cli.api.CredentialSet;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.Credentials;
import dev.kume.core.inventory.Inventory;
import dev.kume.protocol.login.Authentication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets in the state directory: whose they are, and what a crash leaves of them. */
final class SecretShelfTest {
    private static final String OLD = "old-secret-123";
    private static final String NEW = "new-secret-4567";

    @TempDir
    Path folder;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @AfterEach
    void end() {
        thread.shutdownNow();
    }

    /** A daemon's credentials over some files. */
    private record Store(InventoryFile file, SecretShelf secrets, CredentialProvisioning credentials) {}

    private Store open(Path state, DurableFiles files) throws Exception {
        InventoryFile file = new InventoryFile(state, 5, files);
        Inventory loaded = file.load();
        SecretShelf secrets = new SecretShelf(state, files);
        secrets.load(loaded);
        Changes changes = new Changes(thread, file, state, new FakeExports(), loaded);
        return new Store(
                file,
                secrets,
                new CredentialProvisioning(state, Limits.DEFAULTS, changes, secrets, new StandingClock()));
    }

    private Store open() throws Exception {
        return open(folder, DurableFiles.OF_THIS_HOST);
    }

    private static void add(Store store, String name, String secret) {
        store.credentials().add(new CredentialCreate(name, "user", base64(secret), false));
    }

    private static void rotate(Store store, String name, String secret) {
        store.credentials().set(name, new CredentialSet("changed", base64(secret), false));
    }

    private static String base64(String secret) {
        return Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
    }

    private static String secret(Store store, String name) throws DaemonException {
        byte[] secret = store.secrets().secret(store.file().load().credential(name));
        return secret == null ? null : new String(secret, StandardCharsets.UTF_8);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aSecretIsForItsOwnerAloneAndOutlivesARestart() throws Exception {
        add(open(), "Node1", OLD);
        assertEquals("rwx------", mode(folder.resolve("secrets")));
        assertEquals("rw-------", mode(folder.resolve("secrets/node1.1")));
        assertEquals(OLD, secret(open(), "NODE1"));
        rotate(open(), "node1", NEW);
        assertEquals(NEW, secret(open(), "node1"));
        assertEquals(List.of("node1.2"), names(folder.resolve("secrets")));
        open().credentials().remove("node1");
        assertEquals(List.of(), names(folder.resolve("secrets")));
    }

    private static void giveAway(Path file) throws IOException {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "only root gives files away");
        Files.setAttribute(file, "unix:uid", 4_711);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @ParameterizedTest
    @EnumSource(FaultyFiles.Fault.class)
    void whateverHappensWhileASecretIsReplacedLeavesTheOldPairOrTheNew(FaultyFiles.Fault fault) throws Exception {
        int steps = 0;
        for (int step = 1; ; step++) {
            Path state = Files.createDirectory(folder.resolve("run" + step));
            add(open(state, DurableFiles.OF_THIS_HOST), "node1", OLD);
            FaultyFiles faulty = new FaultyFiles(step, fault);
            boolean acknowledged = true;
            try {
                rotate(open(state, faulty), "node1", NEW);
            } catch (ApiException | FaultyFiles.Killed e) {
                acknowledged = false;
            }
            Store found = open(state, DurableFiles.OF_THIS_HOST);
            String user = found.file().load().credential("node1").user();
            assertEquals(user.equals("changed") ? NEW : OLD, secret(found, "node1"), "step " + step);
            if (acknowledged) {
                assertEquals(NEW, secret(found, "node1"), "step " + step);
            } else if (fault == FaultyFiles.Fault.FAILS) {
                assertEquals(OLD, secret(found, "node1"), "step " + step);
            }
            assertEquals(1, names(state.resolve("secrets")).size(), "nothing is left behind");
            if (faulty.steps() < step) {
                break;
            }
            steps++;
        }
        assertEquals(10, steps, "three of the secret, six of the inventory, one for the old secret");
    }

    @ParameterizedTest
    @EnumSource(FaultyFiles.Fault.class)
    void noCrashWhileOneIsAddedLeavesACredentialWithoutItsSecret(FaultyFiles.Fault fault) throws Exception {
        for (int step = 1; ; step++) {
            Path state = Files.createDirectory(folder.resolve("run" + step));
            add(open(state, DurableFiles.OF_THIS_HOST), "other", OLD);
            FaultyFiles faulty = new FaultyFiles(step, fault);
            boolean acknowledged = true;
            try {
                add(open(state, faulty), "node1", NEW);
            } catch (ApiException | FaultyFiles.Killed e) {
                acknowledged = false;
            }
            Store found = open(state, DurableFiles.OF_THIS_HOST);
            boolean there = found.file().load().findCredential("node1") != null;
            assertTrue(there || !acknowledged, "step " + step);
            if (there) {
                assertEquals(NEW, secret(found, "node1"), "step " + step);
            } else {
                assertEquals(List.of("other.1"), names(state.resolve("secrets")));
            }
            if (faulty.steps() < step) {
                break;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode", "directory", "owner", "gone", "empty", "long", "link", "folder"})
    void aSecretThatCannotBeTrustedLetsNobodyIn(String trouble) throws Exception {
        add(open(), "node1", OLD);
        Path file = folder.resolve("secrets/node1.1");
        switch (trouble) {
            case "mode" -> Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            case "directory" ->
                Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
            case "owner" -> giveAway(file);
            case "gone" -> Files.delete(file);
            case "empty" -> Files.write(file, new byte[0]);
            case "long" -> Files.write(file, new byte[256]);
            case "link" -> {
                Path other = Files.move(file, folder.resolve("elsewhere"));
                Files.createSymbolicLink(file, other);
            }
            default -> {
                Files.delete(file);
                Files.createDirectory(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        }
        Store found = open();
        Inventory inventory = found.file().load();
        CredentialRecord credential = inventory.credential("node1");
        assertNull(found.secrets().secret(credential));
        String reason = found.secrets().unusable(credential);
        assertNotNull(reason);
        assertTrue(reason.startsWith("credential 'node1' is unusable: "), reason);
        assertTrue(reason.contains("'kume credential set node1'"), reason);
        assertEquals(1, reason.lines().count());
        LoginProofs proofs = new LoginProofs(inventory, found.secrets());
        var unavailable =
                assertInstanceOf(Authentication.Unavailable.class, proofs.of(new ChapRule(List.of("node1"), null)));
        assertEquals(reason, unavailable.reason());
        assertEquals(Authentication.NONE, proofs.of(ChapRule.NONE));
        if (!trouble.equals("directory")) {
            rotate(found, "node1", NEW);
            assertEquals(NEW, secret(found, "node1"), "the remedy works");
        }
    }

    @Test
    void whatCannotProveTheTargetLetsNobodyInEither() throws Exception {
        Store store = open();
        add(store, "node1", OLD);
        add(store, "store1", NEW);
        Inventory inventory = store.file().load();
        LoginProofs proofs = new LoginProofs(inventory, store.secrets());
        var chap = assertInstanceOf(Authentication.Chap.class, proofs.of(new ChapRule(List.of("node1"), "store1")));
        assertEquals("user", chap.incoming().getFirst().user());
        assertNotNull(chap.outgoing());
        Files.delete(folder.resolve("secrets/store1.1"));
        LoginProofs without = new LoginProofs(inventory, open().secrets());
        assertInstanceOf(Authentication.Unavailable.class, without.of(new ChapRule(List.of("node1"), "store1")));
        assertInstanceOf(Authentication.Chap.class, without.of(new ChapRule(List.of("store1", "node1"), null)));
    }

    @Test
    void aSecretThatServesBothWaysInFilesIsNotUsed() throws Exception {
        Store store = open();
        add(store, "node1", OLD);
        add(store, "store1", NEW);
        Inventory inventory = store.file().load();
        store.file().save(inventory, Credentials.setDiscovery(inventory, new ChapRule(List.of("node1"), "store1")));
        Path secrets = folder.resolve("secrets");
        Files.write(secrets.resolve("store1.1"), Files.readAllBytes(secrets.resolve("node1.1")));
        Store found = open();
        Inventory loaded = found.file().load();
        assertNull(found.secrets().secret(loaded.credential("store1")));
        assertNotNull(found.secrets().secret(loaded.credential("node1")));
    }

    @Test
    void theInventoryAndItsHistoryShowNoSecret() throws Exception {
        Store store = open();
        add(store, "node1", OLD);
        rotate(store, "node1", NEW);
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file);
                boolean isSecret = file.getParent().endsWith("secrets");
                assertEquals(isSecret, text.contains(NEW), file.toString());
                assertFalse(text.contains(OLD) || text.contains(base64(NEW)), file.toString());
            }
        }
        assertArrayEquals(NEW.getBytes(StandardCharsets.UTF_8), Files.readAllBytes(folder.resolve("secrets/node1.2")));
    }

    private static final class StandingClock implements Clock {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Samples.THEN;
        }
    }
}
