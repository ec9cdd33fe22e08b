package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon is killed at every step of making and removing a cluster: the next start has all of it or nothing. */
final class ClusterCrashTest {
    private static final String HV = """
        {"name":"HV","nodes":[{"name":"a","iqns":["iqn.1991-05.com.microsoft:a"]},\
        {"name":"b","iqns":["iqn.1991-05.com.microsoft:b"]}],"disks":[{"name":"old"},\
        {"name":"new1","size":"2MB","type":"dynamic"},\
        {"name":"new2","size":"2MB","format":"vhdx","type":"dynamic"}]}""";

    @TempDir
    Path folder;

    @Test
    void aCrashLeavesAWholeClusterOrNothingOfIt() throws Exception {
        CrashStates crashes = new CrashStates(folder);
        try (RunningManagement kume = RunningManagement.with(folder, crashes.stores(), crashes.files())) {
            OperationView old = kume.create("{\"name\":\"old\",\"size\":\"2MB\",\"type\":\"dynamic\"}");
            assertEquals(OperationView.DONE, old.state());
            crashes.record(true);
            RunningManagement.Reply begun = kume.post(ApiPaths.CLUSTERS, HV);
            OperationView made = kume.ended(begun.body().path("id").asLong());
            assertEquals(OperationView.DONE, made.state(), () -> String.valueOf(made.error()));
            assertEquals(
                    200, kume.delete(ApiPaths.clusterRemoval("HV", true, false)).status());
            crashes.record(false);
        }
        Set<String> seen = new HashSet<>();
        for (CrashStates.State state : crashes.states()) {
            crashes.restore(state);
            try (RunningManagement kume = RunningManagement.in(folder)) {
                seen.add(check(kume));
                assertEquals(List.of(), list("state/unfinished"));
            } catch (AssertionError e) {
                throw new AssertionError("killed " + state.when() + ": " + e.getMessage(), e);
            }
        }
        assertEquals(Set.of("not yet", "whole", "gone"), seen);
    }

    /** What of the cluster is there; anything in between fails. */
    private String check(RunningManagement kume) throws IOException {
        boolean cluster = kume.get(ApiPaths.cluster("HV")).status() == 200;
        JsonNode disks = kume.get(ApiPaths.DISKS).body().path("disks");
        int targets = kume.get(ApiPaths.TARGETS).body().path("targets").size();
        if (cluster) {
            assertEquals(List.of("new1.vhd", "new2.vhdx", "old.vhd"), list("disks"));
            assertEquals(3, disks.size());
            assertEquals(2, targets);
            assertTrue(disks.valueStream()
                    .noneMatch(disk -> disk.path("status").asText().equals("offline")));
            return "whole";
        }
        assertEquals(0, targets);
        if (disks.isEmpty()) {
            assertEquals(List.of(), list("disks"));
            return "gone";
        }
        assertEquals(1, disks.size());
        assertEquals("exclusive", disks.path(0).path("sharing").asText());
        assertEquals(List.of("old.vhd"), list("disks"));
        return "not yet";
    }

    private List<String> list(String directory) throws IOException {
        Path path = folder.resolve(directory);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
