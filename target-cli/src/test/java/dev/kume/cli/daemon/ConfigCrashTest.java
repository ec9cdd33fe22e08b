package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.core.store.LocalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process ends, or a step fails, at any point of an apply: the old state is there or the new one, whole. */
final class ConfigCrashTest {
    private static final String OLD = """
            schemaVersion: 1
            disks:
              - { name: stays, size: 64KB, format: raw }
              - { name: goes, size: 64KB, format: raw }
            """;

    private static final String NEW = """
            schemaVersion: 1
            credentials:
              - { name: node, user: node, secretFile: any }
            disks:
              - { name: stays, size: 128KB, format: raw, description: larger }
            clusters:
              - name: HV
                nodes:
                  - { name: n1, iqn: "iqn.1991-05.com.microsoft:n1", chap: [node] }
                  - { name: n2, iqn: "iqn.1991-05.com.microsoft:n2" }
                disks:
                  - { name: quorum, role: witness, size: 64KB, format: raw }
                  - { name: vms, role: data, size: 64KB, format: vhdx, type: dynamic }
            """;

    private static final String SECRETS = "[{\"credential\":\"node\",\"secret\":\"c2VjcmV0LW9mLTE0LWI=\"}]";

    @TempDir
    Path folder;

    private static String body(String text) {
        return "{\"file\":\"new.yaml\",\"text\":\"%s\",\"force\":true,\"secrets\":%s}"
                .formatted(
                        text.replace("\"", "\\\"").replace("\n", "\\n"), text.contains("credentials") ? SECRETS : "[]");
    }

    private static OperationView apply(RunningManagement kume, String text) throws IOException {
        RunningManagement.Reply begun = kume.post(ApiPaths.CONFIG_APPLY, body(text));
        assertEquals(202, begun.status(), begun.toString());
        return kume.ended(begun.body().path("id").asLong());
    }

    private List<String> files(Path base, String directory) throws IOException {
        Path path = base.resolve(directory);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(each -> String.valueOf(each.getFileName()))
                    .filter(name -> !name.endsWith(".kume-atomic"))
                    .sorted()
                    .toList();
        }
    }

    /** True of the new state; anything but one of the two is a failure. */
    private boolean check(RunningManagement kume, Path base) throws IOException {
        JsonNode stays = kume.get(ApiPaths.disk("stays")).body();
        boolean isNew = kume.get(ApiPaths.disk("goes")).status() == 404;
        assertEquals("idle", stays.path("status").asText(), stays.toString());
        assertEquals(isNew ? 128 << 10 : 64 << 10, stays.path("sizeBytes").asInt());
        assertEquals(isNew ? 128 << 10 : 64 << 10, Files.size(base.resolve("disks/stays.img")));
        assertEquals(isNew ? "larger" : "", stays.path("description").asText());
        assertEquals(
                isNew ? List.of("goes.img", "quorum.img", "stays.img", "vms.vhdx") : List.of("goes.img", "stays.img"),
                files(base, "disks"));
        assertEquals(
                isNew ? 2 : 0, kume.get(ApiPaths.TARGETS).body().path("targets").size());
        assertEquals(
                isNew ? 4 : 0,
                kume.get(ApiPaths.MAPPINGS).body().path("mappings").size());
        JsonNode credentials = kume.get(ApiPaths.CREDENTIALS).body().path("credentials");
        assertEquals(isNew ? 1 : 0, credentials.size());
        if (isNew) {
            assertEquals("usable", credentials.path(0).path("status").asText());
            for (String name : List.of("quorum", "vms")) {
                assertEquals(
                        "idle",
                        kume.get(ApiPaths.disk(name)).body().path("status").asText(),
                        name);
            }
        }
        return isNew;
    }

    /** After a start; before it a note that could not be written may have left its beginning. */
    private void checkNotes(Path base) throws IOException {
        assertEquals(List.of(), files(base, "state/unfinished"));
        assertEquals(List.of(), files(base, "state/growing"));
    }

    /** What the states of a crash do not have: the modes of secret files. */
    private void closeSecrets() throws IOException {
        Path secrets = folder.resolve("state/secrets");
        if (Files.isDirectory(secrets)) {
            Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rwx------"));
            for (String name : files(folder, "state/secrets")) {
                Files.setPosixFilePermissions(secrets.resolve(name), PosixFilePermissions.fromString("rw-------"));
            }
        }
    }

    @Test
    void aKillAtAnyStepLeavesTheOldStateOrTheNewOne() throws Exception {
        CrashStates crashes = new CrashStates(folder);
        try (RunningManagement kume = RunningManagement.with(folder, crashes.stores(), crashes.files())) {
            assertEquals(OperationView.DONE, apply(kume, OLD).state());
            crashes.record(true);
            OperationView applied = apply(kume, NEW);
            crashes.record(false);
            assertEquals(OperationView.DONE, applied.state(), () -> String.valueOf(applied.error()));
            assertTrue(check(kume, folder));
        }
        int old = 0;
        int changed = 0;
        for (CrashStates.State state : crashes.states()) {
            crashes.restore(state);
            closeSecrets();
            try (RunningManagement kume = RunningManagement.in(folder)) {
                boolean isNew = check(kume, folder);
                checkNotes(folder);
                old += isNew ? 0 : 1;
                changed += isNew ? 1 : 0;
            } catch (AssertionError e) {
                throw new AssertionError("killed " + state.when() + ": " + e.getMessage(), e);
            }
        }
        assertTrue(old > 10 && changed > 2, "states: %d old, %d new".formatted(old, changed));
    }

    @Test
    void aStepThatFailsLeavesTheOldState() throws Exception {
        FaultyFiles counting = new FaultyFiles(Integer.MAX_VALUE, FaultyFiles.Fault.FAILS);
        int before;
        try (RunningManagement kume = prepared("counted", counting)) {
            before = counting.steps();
            assertEquals(OperationView.DONE, apply(kume, NEW).state());
        }
        int failed = 0;
        for (int step = before + 1; step <= counting.steps(); step++) {
            FaultyFiles faulty = new FaultyFiles(step, FaultyFiles.Fault.FAILS);
            Path base = folder.resolve("step" + step);
            try (RunningManagement kume = prepared("step" + step, faulty)) {
                OperationView ended = apply(kume, NEW);
                boolean isNew = check(kume, base);
                assertEquals(ended.state().equals(OperationView.DONE), isNew, "step " + step + ": " + ended);
                failed += isNew ? 0 : 1;
            }
            try (RunningManagement kume = RunningManagement.in(base)) {
                check(kume, base);
                checkNotes(base);
            }
        }
        assertTrue(failed > 5, failed + " steps failed");
    }

    /** A management with the old state, in a folder of its own. */
    private RunningManagement prepared(String name, FaultyFiles files) throws Exception {
        Path base = Files.createDirectories(folder.resolve(name));
        try (RunningManagement kume = RunningManagement.in(base)) {
            assertEquals(OperationView.DONE, apply(kume, OLD).state());
        }
        return RunningManagement.with(base, LocalFiles.ofThisHost(), files);
    }

    @Test
    void aDeviceThatIsFullLeavesTheOldState() throws Exception {
        FaultyStores stores = new FaultyStores();
        try (RunningManagement kume = RunningManagement.with(folder, stores, DurableFiles.OF_THIS_HOST)) {
            assertEquals(OperationView.DONE, apply(kume, OLD).state());
            stores.full = true;
            OperationView ended = apply(kume, NEW);
            assertEquals(OperationView.FAILED, ended.state());
            assertTrue(String.valueOf(ended.error()).contains("there is not enough space"), ended.toString());
            assertTrue(!check(kume, folder));
            stores.full = false;
            assertEquals(OperationView.DONE, apply(kume, NEW).state());
            assertTrue(check(kume, folder));
        }
    }

    @Test
    void cancelledItLeavesTheOldState() throws Exception {
        FaultyStores stores = new FaultyStores();
        try (RunningManagement kume = RunningManagement.with(folder, stores, DurableFiles.OF_THIS_HOST)) {
            assertEquals(OperationView.DONE, apply(kume, OLD).state());
            stores.reserving = new CountDownLatch(1);
            stores.mayReserve = new CountDownLatch(1);
            RunningManagement.Reply begun = kume.post(ApiPaths.CONFIG_APPLY, body(NEW));
            long id = begun.body().path("id").asLong();
            stores.reserving.await();
            kume.post(ApiPaths.cancel(id), "");
            stores.mayReserve.countDown();
            assertEquals(OperationView.CANCELLED, kume.ended(id).state());
            assertTrue(!check(kume, folder));
        }
    }

    @Test
    void aChangeInBetweenIsNotOverwritten() throws Exception {
        FaultyStores stores = new FaultyStores();
        try (RunningManagement kume = RunningManagement.with(folder, stores, DurableFiles.OF_THIS_HOST)) {
            assertEquals(OperationView.DONE, apply(kume, OLD).state());
            stores.reserving = new CountDownLatch(1);
            stores.mayReserve = new CountDownLatch(1);
            RunningManagement.Reply begun = kume.post(ApiPaths.CONFIG_APPLY, body(NEW));
            stores.reserving.await();
            assertEquals(201, kume.post(ApiPaths.TARGETS, "{\"name\":\"late\"}").status());
            stores.mayReserve.countDown();
            OperationView ended = kume.ended(begun.body().path("id").asLong());
            assertEquals(4, ended.error().exitCode(), ended.toString());
            assertEquals(1, kume.get(ApiPaths.TARGETS).body().path("targets").size());
            assertEquals(List.of("goes.img", "stays.img"), files(folder, "disks"));
        }
    }
}
