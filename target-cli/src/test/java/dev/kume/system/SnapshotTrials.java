package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The verbs of snapshots, each as something that can be ended in its middle. */
final class SnapshotTrials {
    private static final String MADE = "made";

    private final RunningDaemon daemon;
    private final List<LoadedDisk> disks;
    private final LoadedDisk disk;
    private final Look look;

    /** Between which times the snapshots were taken, by their names. */
    private final Map<String, Span> taken = new LinkedHashMap<>();

    private int names;

    private record Span(long fromNanos, long toNanos) {}

    SnapshotTrials(RunningDaemon daemon, List<LoadedDisk> disks) {
        this.daemon = daemon;
        this.disks = disks;
        this.disk = disks.getFirst();
        this.look = new Look(daemon);
    }

    // ---- shared

    private String nextName() {
        return "s" + ++names;
    }

    private List<String> snapshots(LoadedDisk of) throws IOException {
        List<String> found = new ArrayList<>();
        for (JsonNode snapshot :
                daemon.get("/v1/disks/" + of.name() + "/snapshots").path("snapshots")) {
            found.add(snapshot.path("name").asText());
        }
        return found;
    }

    private String request(String name) {
        String all = disks.stream().map(each -> "\"" + each.name() + "\"").collect(Collectors.joining(","));
        return "{\"disks\":[%s],\"name\":\"%s\"}".formatted(all, name);
    }

    /** Takes one while the disks are written. */
    private String takeUnderLoad() throws Exception {
        for (LoadedDisk each : disks) {
            each.startLoad();
        }
        String name = nextName();
        long from = System.nanoTime();
        Operation.done(daemon, "/v1/snapshots", request(name));
        taken.put(name, new Span(from, System.nanoTime()));
        Thread.sleep(50);
        for (LoadedDisk each : disks) {
            each.endLoad();
        }
        return name;
    }

    /** All disks have in this snapshot what they had at one moment, which was between these times. */
    private void expectSnapshot(String name, Span span) throws Exception {
        CommonMoment moment = new CommonMoment();
        moment.of("the time of snapshot " + name).between(span.fromNanos(), span.toNanos());
        for (LoadedDisk each : disks) {
            Operation.done(
                    daemon, "/v1/disks/%s/snapshots/%s/mount".formatted(each.name(), name), "{\"name\":\"shown\"}");
            look.at("shown", session -> each.compare(LoadedDisk.through(session), moment, name));
            Operation.delete(daemon, "/v1/disks/shown");
        }
        assertEquals(List.of(), moment.whatDoesNotFit(), () -> "snapshot " + name);
    }

    private void expectAllTaken() throws Exception {
        for (Map.Entry<String, Span> each : taken.entrySet()) {
            expectSnapshot(each.getKey(), each.getValue());
        }
    }

    /** All snapshots go. */
    void removeAll() throws IOException {
        for (LoadedDisk each : disks) {
            List<String> names = snapshots(each);
            if (!names.isEmpty()) {
                Operation.done(
                        daemon,
                        "/v1/disks/" + each.name() + "/snapshots/remove",
                        "{\"names\":[%s]}"
                                .formatted(names.stream()
                                        .map(name -> "\"" + name + "\"")
                                        .collect(Collectors.joining(","))));
            }
        }
        taken.clear();
    }

    // ---- the verbs

    /** {@code snapshot create} of all disks at once; they stay until there are four. */
    Verb take() {
        return new Verb() {
            private String name = "";

            @Override
            public void prepare() {
                name = nextName();
            }

            @Override
            public JsonNode begin() throws IOException {
                return Operation.post(daemon, "/v1/snapshots", request(name));
            }

            @Override
            public boolean isDone() throws Exception {
                int with = 0;
                for (LoadedDisk each : disks) {
                    with += snapshots(each).contains(name) ? 1 : 0;
                }
                assertTrue(with == 0 || with == disks.size(), with + " disks have their snapshot");
                return with > 0;
            }

            @Override
            public void verify(long fromNanos, long toNanos) throws Exception {
                taken.put(name, new Span(fromNanos, toNanos));
                expectAllTaken();
            }

            @Override
            public void undo() throws Exception {
                if (taken.size() == 4) {
                    removeAll();
                }
            }
        };
    }

    /** {@code snapshot remove} of the oldest, the middle and the newest of three, in turn. */
    Verb remove() {
        return new Verb() {
            private int turn;
            private String name = "";

            @Override
            public void prepare() throws Exception {
                while (taken.size() < 3) {
                    takeUnderLoad();
                }
                name = List.copyOf(taken.keySet()).get(turn++ % 3);
            }

            @Override
            public JsonNode begin() throws IOException {
                return Operation.post(
                        daemon,
                        "/v1/disks/" + disk.name() + "/snapshots/remove",
                        "{\"names\":[\"%s\"]}".formatted(name));
            }

            /** One that is being removed is not there any more for anybody, but its removal can be begun again. */
            @Override
            public boolean isDone() throws Exception {
                for (JsonNode each :
                        daemon.get("/v1/disks/" + disk.name() + "/snapshots").path("snapshots")) {
                    if (each.path("name").asText().equals(name)) {
                        return false;
                    }
                }
                return true;
            }

            @Override
            public void verify(long fromNanos, long toNanos) throws Exception {
                taken.remove(name);
                expectAllTaken();
            }
        };
    }

    /** {@code snapshot restore}; nobody may use the disk meanwhile. */
    Verb restore() {
        return new Verb() {
            private String name = "";
            private String file = "";

            @Override
            public void prepare() throws Exception {
                name = takeUnderLoad();
                file = daemon.file(disk.name()).toString();
            }

            @Override
            public boolean isLive() {
                return false;
            }

            @Override
            public JsonNode begin() throws IOException {
                return Operation.post(daemon, "/v1/disks/%s/snapshots/%s/restore".formatted(disk.name(), name), "");
            }

            @Override
            public void checkContent(List<LoadedDisk> all, String when) throws Exception {
                if (!isDone()) {
                    disk.checkNothingIsLost(when);
                    return;
                }
                Span span = taken.get(name);
                CommonMoment moment = new CommonMoment();
                moment.of("the time of snapshot " + name).between(span.fromNanos(), span.toNanos());
                disk.with(session -> disk.compare(LoadedDisk.through(session), moment, name));
                assertEquals(List.of(), moment.whatDoesNotFit(), when);
                expectAllTaken();
                disk.adopt();
            }

            @Override
            public boolean isDone() throws Exception {
                return !daemon.file(disk.name()).toString().equals(file);
            }

            @Override
            public void undo() throws Exception {
                removeAll();
            }
        };
    }

    /** {@code snapshot mount --writable}. */
    Verb mount() {
        return new Verb() {
            private String name = "";

            @Override
            public void prepare() throws Exception {
                name = takeUnderLoad();
            }

            @Override
            public JsonNode begin() throws IOException {
                return Operation.post(
                        daemon,
                        "/v1/disks/%s/snapshots/%s/mount".formatted(disk.name(), name),
                        "{\"name\":\"%s\",\"writable\":true}".formatted(MADE));
            }

            @Override
            public boolean isDone() throws Exception {
                return look.exists(MADE);
            }

            @Override
            public void verify(long fromNanos, long toNanos) throws Exception {
                Span span = taken.get(name);
                look.expectCopy(MADE, disk, span.fromNanos(), span.toNanos());
                look.expectWritable(MADE);
                expectAllTaken();
            }

            @Override
            public void undo() throws Exception {
                Operation.delete(daemon, "/v1/disks/" + MADE + "?deleteFile=true");
                removeAll();
            }
        };
    }

    /** {@code disk clone} by way of a new snapshot. */
    Verb cloneDisk() {
        return new Verb() {
            @Override
            public JsonNode begin() throws IOException {
                return Operation.post(
                        daemon, "/v1/disks/" + disk.name() + "/clone", "{\"name\":\"%s\"}".formatted(MADE));
            }

            @Override
            public boolean isDone() throws Exception {
                boolean made = look.exists(MADE);
                List<String> left = snapshots(disk);
                if (!made && !left.isEmpty()) {
                    fail("a snapshot is left of a clone that there is not: " + left);
                }
                return made;
            }

            @Override
            public void verify(long fromNanos, long toNanos) throws Exception {
                look.expectCopy(MADE, disk, fromNanos, toNanos);
                look.expectWritable(MADE);
            }

            @Override
            public void undo() throws Exception {
                Operation.delete(daemon, "/v1/disks/" + MADE + "?deleteFile=true");
                removeAll();
            }
        };
    }
}
