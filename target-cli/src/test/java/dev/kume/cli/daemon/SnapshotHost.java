package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.core.disk.VirtualDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** A host that has disks of a daemon, and the administrator beside it. */
final class SnapshotHost {
    private final RunningManagement kume;

    SnapshotHost(RunningManagement kume) {
        this.kume = kume;
    }

    OperationView run(String path, String body) throws IOException {
        RunningManagement.Reply begun = kume.post(path, body);
        assertEquals(202, begun.status(), begun.toString());
        return kume.ended(begun.body().path("id").asLong());
    }

    void done(String path, String body) throws IOException {
        done(run(path, body));
    }

    static void done(OperationView operation) {
        assertEquals(OperationView.DONE, operation.state(), () -> String.valueOf(operation.error()));
    }

    void create(String name, String format, int sizeBytes) throws IOException {
        done(kume.create("{\"name\":\"%s\",\"size\":\"%d\",\"format\":\"%s\"}".formatted(name, sizeBytes, format)));
    }

    void take(String disk, String name) throws IOException {
        done(ApiPaths.snapshots(disk), "{\"name\":\"%s\"}".formatted(name));
    }

    void remove(String disk, String... names) throws IOException {
        done(ApiPaths.snapshotRemoval(disk), "{\"names\":[\"%s\"]}".formatted(String.join("\",\"", names)));
    }

    void restore(String disk, String name) throws IOException {
        done(ApiPaths.snapshotRestore(disk, name), "");
    }

    void mount(String disk, String name, String as, boolean writable) throws IOException {
        done(ApiPaths.snapshotMount(disk, name), "{\"name\":\"%s\",\"writable\":%s}".formatted(as, writable));
    }

    void end(String disk) throws IOException {
        assertEquals(200, kume.delete(ApiPaths.diskRemoval(disk, true, true)).status());
    }

    JsonNode view(String disk) throws IOException {
        return kume.get(ApiPaths.disk(disk)).body();
    }

    List<JsonNode> snapshots(String disk) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        kume.get(ApiPaths.snapshots(disk)).body().path("snapshots").forEach(all::add);
        return all;
    }

    List<String> names(String disk) throws IOException {
        return snapshots(disk).stream().map(each -> each.path("name").asText()).toList();
    }

    /** The disk as its unit has it. */
    VirtualDisk open(String name) throws IOException {
        JsonNode disk = view(name);
        assertTrue(
                !disk.path("status").asText().equals("offline"),
                () -> disk.path("statusReason").asText());
        String serial = disk.path("identity").path("serial").asText();
        return Objects.requireNonNull(kume.exports.disks.get(serial).disk());
    }

    byte[] read(String name) throws IOException {
        VirtualDisk disk = open(name);
        ByteBuffer all = ByteBuffer.allocate((int) disk.info().sizeBytes());
        disk.read(0, all);
        return all.array();
    }

    /** Content of a snapshot: by way of a disk that shows it, which is gone again afterwards. */
    byte[] readSnapshot(String disk, String name) throws IOException {
        mount(disk, name, "look", false);
        byte[] content = read("look");
        assertEquals(200, kume.delete(ApiPaths.diskRemoval("look", false)).status());
        return content;
    }

    static List<String> files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(each -> String.valueOf(each.getFileName()))
                    .filter(each -> !each.contains(".kume-"))
                    .sorted()
                    .toList();
        }
    }

    /** The files that the inventory speaks of are all that there are, and nothing is noted. */
    void checkTidy(Path folder) throws IOException {
        List<String> expected = new ArrayList<>();
        for (JsonNode disk : kume.get(ApiPaths.DISKS).body().path("disks")) {
            expected.add(disk.path("file").asText());
            for (JsonNode snapshot : snapshots(disk.path("name").asText())) {
                expected.add(snapshot.path("file").asText());
            }
        }
        assertEquals(
                expected.stream()
                        .distinct()
                        .map(each -> String.valueOf(Path.of(each).getFileName()))
                        .sorted()
                        .toList(),
                files(folder.resolve("disks")));
        assertEquals(List.of(), files(folder.resolve("state/unfinished")));
    }
}
