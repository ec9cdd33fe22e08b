package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.archive.ArchiveReader;
import dev.kume.system.wire.RawInitiator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets and data that can be recognised are planted where they can lie; none of it is in a bundle, in any form. */
final class SupportBundleClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String CHAP = "chap-Xq7Secret-1";
    private static final String CHAP_IN_THE_LOG = "chap-Wm3Secret-2";
    private static final String IN_A_COMMENT = "comment-Hk9Secret";
    private static final String ON_THE_DISK = "disk-Pz4Content";
    private static final byte[] WRITE_10 = {0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0};
    private static final int BLOCK_BYTES = 512;

    @TempDir
    Path directory;

    private String token = "";

    @Test
    void noSecretAndNoDataIsInABundle() throws Exception {
        Clients.need("tar");
        String more = """
                log:
                  file: %s
                # password: %s
                """.formatted(directory.resolve("kume.log"), IN_A_COMMENT);
        Path running = directory.resolve("running.tar.gz");
        Path stopped = directory.resolve("stopped.tar.gz");
        try (RunningDaemon daemon = RunningDaemon.start(directory, more, List.of())) {
            String iqn = daemon.provide("one", "16MB", "raw");
            plant(daemon);
            try (RawInitiator node = daemon.login(RunningDaemon.NODE1, iqn)) {
                node.clearUnitAttentions(0);
                byte[] block = Arrays.copyOf(ON_THE_DISK.repeat(20).getBytes(StandardCharsets.UTF_8), BLOCK_BYTES);
                assertTrue(node.command(0, WRITE_10, block, 0).good());
                assertTrue(daemon.admin("support", "bundle", running.toString()).contains("Support bundle with"));
                node.logout();
            }
            Program.Result again = daemon.kume("support", "bundle", running.toString());
            assertEquals(4, again.exitCode(), again::toString);
            daemon.stop();
            daemon.admin(
                    "support",
                    "bundle",
                    stopped.toString(),
                    "--config",
                    directory.resolve("kume.yaml").toString());
        }
        Map<String, byte[]> live = check(running);
        for (String name : List.of(
                "manifest.txt",
                "views/status.json",
                "views/sessions.json",
                "views/disks.json",
                "views/statistics.json",
                "metrics.txt",
                "process/threads.txt",
                "host/network.txt",
                "settings.yaml",
                "log/kume.log",
                "log/audit.log")) {
            assertTrue(live.containsKey(name), () -> name + " is not in " + live.keySet());
        }
        assertTrue(live.keySet().stream().anyMatch(name -> name.startsWith("views/trace-")), live.keySet()::toString);
        assertTrue(text(live, "views/disks.json").contains("\"one\""));
        List<String> written = text(live, "metrics.txt")
                .lines()
                .filter(line -> line.startsWith("kume_disk_written_bytes_total{"))
                .toList();
        assertEquals(List.of("kume_disk_written_bytes_total{disk=\"one\"} 512.0"), written);
        assertTrue(text(live, "process/threads.txt").contains("kume-changes"));
        assertTrue(text(live, "settings.yaml").contains("stateDirectory"));
        Map<String, byte[]> files = check(stopped);
        assertTrue(files.containsKey("log/kume.log") && files.containsKey("settings.yaml"), files.keySet()::toString);
        assertTrue(text(files, "manifest.txt").contains("the daemon does not answer"));
    }

    private static String text(Map<String, byte[]> members, String name) {
        return new String(members.get(name), StandardCharsets.UTF_8);
    }

    private void plant(RunningDaemon daemon) throws Exception {
        for (String secret : List.of(CHAP, CHAP_IN_THE_LOG)) {
            Path file = directory.resolve("secret-" + secret.length() + secret.hashCode());
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, secret);
            String name = secret.equals(CHAP) ? "one" : "two";
            daemon.admin("credential", "add", name, "--user", name, "--secret-file", file.toString());
        }
        // As if a line of the log had one, which none has: raw, and as a dump would show it.
        byte[] raw = CHAP_IN_THE_LOG.getBytes(StandardCharsets.UTF_8);
        Files.writeString(
                directory.resolve("kume.log"),
                "%s %s %s%n"
                        .formatted(
                                CHAP_IN_THE_LOG,
                                HexFormat.of().formatHex(raw),
                                Base64.getEncoder().encodeToString(raw)),
                StandardOpenOption.APPEND);
        token = daemon.admin("token", "create", "helper", "--role", "admin").strip();
        assertTrue(token.startsWith("kume_"), token);
    }

    private Map<String, byte[]> check(Path bundle) throws Exception {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(bundle)));
        Program.run(LIMIT, "tar", "-tzf", bundle.toString()).outOfSuccess();
        Map<String, byte[]> members = ArchiveReader.read(Files.readAllBytes(bundle));
        for (String secret : List.of(CHAP, CHAP_IN_THE_LOG, IN_A_COMMENT, ON_THE_DISK, token)) {
            byte[] raw = secret.getBytes(StandardCharsets.UTF_8);
            String hex = HexFormat.of().formatHex(raw);
            String base64 = Base64.getEncoder().withoutPadding().encodeToString(raw);
            members.forEach((name, content) -> {
                String text = new String(content, StandardCharsets.ISO_8859_1);
                for (String form : List.of(secret, hex, hex.toUpperCase(Locale.ROOT), base64)) {
                    assertFalse(text.contains(form), () -> secret + " is in " + name + " as " + form);
                }
            });
        }
        return members;
    }
}
