package dev.kume.cli.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.access.Caller;
import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.AuditView;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.log.LogTroubles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of changes: bounded, without secrets, and no obstacle where it cannot be written. */
final class AuditLogTest {
    private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");
    private static final Caller ANN = Caller.local("ann");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    Path directory;

    private final List<String> troubles = new ArrayList<>();
    private final LogTroubles told = new LogTroubles() {
        @Override
        public void begun(String place, String reason) {
            troubles.add("begun " + place);
        }

        @Override
        public void over(String place) {
            troubles.add("over " + place);
        }
    };
    private Path audit = Path.of("");

    @BeforeEach
    void place() {
        audit = directory.resolve("audit");
    }

    @Test
    void theNewestComeFirstAndOnlyWhatIsWanted() throws IOException {
        try (AuditLog log = new AuditLog(audit, told)) {
            for (int i = 0; i < 5; i++) {
                assertTrue(log.write(patch("disk" + i)));
            }
            List<AuditView> found = log.newest(change -> !change.path().endsWith("disk3"), 3);
            assertEquals(
                    List.of("/v1/disks/disk4", "/v1/disks/disk2", "/v1/disks/disk1"),
                    found.stream().map(AuditView::path).toList());
            assertEquals(List.of("disk/disk4"), found.getFirst().subjects());
            assertEquals("ann", found.getFirst().caller());
            assertEquals("local", found.getFirst().from());
        }
        assertEquals("rw-r-----", mode(audit.resolve("audit.log")));
    }

    @Test
    void theOldestGoWhenThereAreTooMany() throws IOException {
        try (AuditLog log = new AuditLog(audit, 1_000, told)) {
            for (int i = 0; i < 200; i++) {
                log.write(patch("disk" + i));
            }
            try (var files = Files.list(audit)) {
                assertEquals(AuditLog.OLDER_FILES + 1, files.count());
            }
            List<AuditView> kept = log.newest(change -> true, 1_000);
            assertEquals("/v1/disks/disk199", kept.getFirst().path());
            assertTrue(kept.size() > 10 && kept.size() < 50, "kept: " + kept.size());
            for (int i = 0; i < kept.size(); i++) {
                assertEquals("/v1/disks/disk" + (199 - i), kept.get(i).path(), "none is missing in between");
            }
        }
    }

    @Test
    void aLineThatACrashHasCutIsPassedOver() throws IOException {
        try (AuditLog log = new AuditLog(audit, told)) {
            log.write(patch("one"));
            Files.writeString(audit.resolve("audit.log"), "{\"time\":\"2026-\n", StandardOpenOption.APPEND);
            log.write(patch("two"));
            assertEquals(2, log.newest(change -> true, 10).size());
        }
    }

    @Test
    void whatCannotBeWrittenIsTroubleAndItsNumberIsWrittenLater() throws IOException {
        Files.writeString(audit, "a file where the directory should be");
        try (AuditLog log = new AuditLog(audit, told)) {
            assertFalse(log.write(patch("one")));
            assertFalse(log.write(patch("two")));
            assertEquals(List.of("begun audit log " + audit.resolve("audit.log")), troubles);
            Files.delete(audit);
            assertTrue(log.write(patch("three")));
            assertEquals("over audit log " + audit.resolve("audit.log"), troubles.getLast());
            List<AuditView> kept = log.newest(change -> true, 10);
            assertEquals(
                    List.of("PATCH", "GAP"),
                    kept.stream().map(AuditView::method).toList());
            assertTrue(String.valueOf(kept.getLast().error()).startsWith("2 changes since 2026-11-27T10:00:00Z"));
        }
    }

    @Test
    void secretsAreLeftOutWhereverTheyStand() throws IOException {
        JsonNode body = JSON.readTree("{\"name\":\"c\",\"user\":\"u\",\"secret\":\"S3CRET\",\"longSecret\":true}");
        Change add = Change.of(ANN, "POST", List.of("credentials"), "/v1/credentials", body, null);
        assertEquals("{\"name\":\"c\",\"user\":\"u\"}", String.valueOf(add.request()));
        JsonNode config = JSON.readTree("{\"file\":\"/a\",\"text\":\"S3CRET\",\"secrets\":[{\"secret\":\"S3CRET\"}]}");
        Change apply = Change.of(ANN, "POST", List.of("config", "apply"), "/v1/config/apply", config, null);
        assertEquals("{\"file\":\"/a\"}", String.valueOf(apply.request()));
        JsonNode token = JSON.readTree("{\"name\":\"t\",\"token\":\"S3CRET\",\"x\":[{\"chapSecret\":\"S3CRET\"}]}");
        AuditView made = Change.of(ANN, "POST", List.of("tokens"), "/v1/tokens", token, null)
                .done(NOW, token);
        assertFalse(JSON.writeValueAsString(List.of(String.valueOf(made.after()), String.valueOf(made.request())))
                .contains("S3CRET"));
        assertEquals(List.of("token/t"), made.subjects());
    }

    @Test
    void subjectsAreWhatTheCommandLineNames() throws IOException {
        assertEquals(
                List.of("disk/vms"),
                subjects("disks/vms/snapshots/monday/restore").subList(0, 1));
        assertEquals(List.of("disk/vms", "target/t"), subjects("mappings/vms/t"));
        assertEquals(List.of("cluster/hv", "disk/q"), subjects("clusters/hv/disks/q"));
        assertEquals(List.of("disk/q"), subjects("reservations/q"));
        assertEquals(List.of(), subjects("service/reload"));
        JsonNode map = JSON.readTree("{\"disk\":\"vms\",\"target\":\"t\"}");
        assertEquals(List.of("disk/vms", "target/t"), Subjects.of(List.of("mappings"), map));
        JsonNode create = JSON.readTree("{\"name\":\"vms\"}");
        assertEquals(List.of("disk/vms"), Subjects.of(List.of("disks"), create));
        assertEquals(List.of("disk/vms"), Subjects.of(List.of("disks", "import"), create));
        JsonNode clone = JSON.readTree("{\"disks\":[\"a\",{\"name\":\"b\"}]}");
        assertEquals(List.of("disk/a", "disk/b"), Subjects.of(List.of("snapshots"), clone));
    }

    @Test
    void aRefusalHasItsCodeAndItsLine() {
        AuditView refused = Change.of(ANN, "DELETE", List.of("disks", "vms"), "/v1/disks/vms", null, null)
                .refused(NOW, ApiError.of(ErrorCode.BUSY, "disk 'vms' is in use", "log out first"));
        assertEquals("busy", refused.outcome());
        assertEquals("disk 'vms' is in use; log out first", refused.error());
    }

    private static List<String> subjects(String path) {
        return Subjects.of(List.of(path.split("/")), null);
    }

    private static AuditView patch(String disk) {
        return Change.of(ANN, "PATCH", List.of("disks", disk), "/v1/disks/" + disk, null, null)
                .done(NOW, null);
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
