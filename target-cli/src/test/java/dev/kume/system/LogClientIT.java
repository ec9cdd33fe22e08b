package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a running daemon, also where nothing can be written. */
final class LogClientIT {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    Path directory;

    @Test
    void jsonHasPeerInitiatorAndTargetAndReloadChangesIt() throws Exception {
        Path file = directory.resolve("kume.log");
        String log = "log: {format: json, file: %s}\n".formatted(file);
        try (RunningDaemon daemon = RunningDaemon.start(directory, log, List.of())) {
            String iqn = daemon.provide("vms", "16MB", "vhd");
            daemon.login(RunningDaemon.NODE1, iqn).close();
            await("the session's end", () -> text(file).contains("KUME-1201"));
            JsonNode login = line(file, "KUME-1101");
            assertEquals("LOGIN_ACCEPTED", login.path("name").asText());
            assertEquals(
                    RunningDaemon.NODE1, login.path("fields").path("initiator").asText());
            assertEquals(iqn, login.path("fields").path("target").asText());
            assertTrue(login.path("fields").path("peer").asText().startsWith("127.0.0.1:"), login::toString);
            assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            Path yaml = directory.resolve("kume.yaml");
            Files.writeString(yaml, Files.readString(yaml).replace("format: json", "format: text, level: warn"));
            String reloaded = daemon.admin("service", "reload");
            assertTrue(reloaded.contains("log.format was json and is to be text"), reloaded);
            int before = text(file).length();
            daemon.login(RunningDaemon.NODE1, iqn).close();
            refused(daemon, iqn);
            await("the refusal", () -> text(file).contains("WARN  KUME-1103 login refused"));
            assertFalse(text(file).substring(before).contains("KUME-1101"), "info is below the level now");
            daemon.stop();
        }
    }

    @Test
    void aFullLogDiskIsAnAlarmAndNothingElse() throws Exception {
        Assumptions.assumeTrue(DiskImages.run("id", "-u").strip().equals("0"), "only root can mount a file system");
        Path mount = Files.createDirectories(directory.resolve("small"));
        Path file = mount.resolve("kume.log");
        DiskImages.run("mount", "-t", "tmpfs", "-o", "size=64k", "kume-test", mount);
        try (RunningDaemon daemon = RunningDaemon.start(directory, "log: {file: %s}\n".formatted(file), List.of())) {
            String iqn = daemon.provide("vms", "16MB", "vhd");
            fill(mount.resolve("ballast"));
            for (int i = 0; i < 40; i++) {
                RawInitiator.discovery(daemon.portal(), RunningDaemon.NODE1 + i).close(); // Two lines each.
            }
            await("the alarm", () -> alarms(daemon).contains("log file " + file + " cannot be written: No space left"));
            assertEquals(1, daemon.get("/v1/alarms").path("alarms").size(), () -> alarms(daemon));
            assertTrue(daemon.log().contains("KUME-2402 log file " + file), "the standard error has it");
            try (RawInitiator session = daemon.login(RunningDaemon.NODE1, iqn)) {
                session.ping();
            }
            Files.delete(mount.resolve("ballast"));
            await("the end of the alarm", () -> {
                login(daemon, iqn);
                return !alarms(daemon).contains("log file");
            });
            assertTrue(text(file).contains("KUME-2403 log file " + file + " can be written again"), text(file));
            assertTrue(Files.readAllLines(file).stream().allMatch(line -> line.startsWith("20")), "no line is torn");
            daemon.stop();
        } finally {
            DiskImages.run("umount", "-l", mount);
        }
    }

    @Test
    void aStandardErrorThatTakesNothingHoldsUpNobody() throws Exception {
        List<String> full = List.of("sh", "-c", "exec \"$@\" 2> /dev/full", "sh");
        try (RunningDaemon daemon = RunningDaemon.start(directory, "", full)) {
            String iqn = daemon.provide("vms", "16MB", "vhd");
            try (RawInitiator session = daemon.login(RunningDaemon.NODE1, iqn)) {
                session.ping();
            }
            await("the alarm", () -> alarms(daemon).contains("standard error cannot be written: No space left"));
            daemon.stop();
        }
    }

    private static void login(RunningDaemon daemon, String iqn) {
        try {
            daemon.login(RunningDaemon.NODE1, iqn).close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void refused(RunningDaemon daemon, String iqn) {
        try {
            daemon.login(RunningDaemon.NODE2, iqn).close();
            throw new AssertionError("node 2 may log in");
        } catch (IOException refused) {
            assertTrue(String.valueOf(refused.getMessage()).contains("refused"), refused::toString);
        }
    }

    /** Until nothing more goes in. */
    private static void fill(Path ballast) throws IOException {
        try (var out = Files.newOutputStream(ballast)) {
            byte[] page = new byte[4_096];
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            assertTrue(String.valueOf(full.getMessage()).contains("No space left"), full::toString);
        }
    }

    private static String alarms(RunningDaemon daemon) {
        try {
            return daemon.get("/v1/alarms").toString();
        } catch (IOException e) {
            return "none to be had: " + e;
        }
    }

    private static JsonNode line(Path file, String event) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode read = JSON.readTree(line);
            if (read.path("event").asText().equals(event)) {
                found.add(read);
            }
        }
        return found.getFirst();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what + " does not come");
            Thread.sleep(20);
        }
    }
}
