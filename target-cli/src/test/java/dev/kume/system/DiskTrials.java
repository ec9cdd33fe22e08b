package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.system.wire.Cdb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The verbs that make disks and change them, each as something that can be ended in its middle. */
final class DiskTrials {
    private static final String MADE = "made";
    private static final long STEP_BYTES = 2L << 20;

    private final RunningDaemon daemon;
    private final LoadedDisk disk;
    private final Look look;

    DiskTrials(RunningDaemon daemon, LoadedDisk disk) {
        this.daemon = daemon;
        this.disk = disk;
        this.look = new Look(daemon);
    }

    private JsonNode view() throws IOException {
        return daemon.get("/v1/disks/" + disk.name());
    }

    private void removeMade() throws IOException {
        Operation.delete(daemon, "/v1/disks/" + MADE + "?deleteFile=true");
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** No verb at all: what the disks do of themselves. */
    Verb nothing() {
        return new Verb() {
            @Override
            public JsonNode begin() throws IOException {
                try {
                    Thread.sleep(400);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return daemon.get("/v1/mappings");
            }

            @Override
            public boolean isDone() {
                return true;
            }

            @Override
            public boolean isToBeSeen() {
                return false;
            }
        };
    }

    // ---- verbs that make something

    /** {@code disk create}. */
    Verb create(String kind) {
        return new Verb() {
            @Override
            public JsonNode begin() throws IOException {
                return Operation.post(daemon, "/v1/disks", "{\"name\":\"%s\",%s}".formatted(MADE, kind));
            }

            @Override
            public boolean isDone() throws Exception {
                return look.exists(MADE);
            }

            @Override
            public void verify(long fromNanos, long toNanos) throws Exception {
                look.expectWritable(MADE);
            }

            @Override
            public void undo() throws Exception {
                removeMade();
            }
        };
    }

    /** {@code disk import --new-identity} of a file that is the disk's copy. */
    Verb importing(String kind) throws Exception {
        Path directory = Files.createDirectories(daemon.directory().resolve("import"));
        Path file = directory.resolve("copy.img");
        disk.startLoad();
        disk.endLoad();
        Operation.done(daemon, "/v1/disks/" + disk.name() + "/export", "{\"file\":\"%s\",%s}".formatted(file, kind));
        String request = "{\"name\":\"%s\",\"file\":\"%s\",\"newIdentity\":true}".formatted(MADE, file);
        Operation.done(daemon, "/v1/disks/import", request);
        String content = look.digest(MADE);
        Operation.delete(daemon, "/v1/disks/" + MADE);
        return new Verb() {
            @Override
            public JsonNode begin() throws IOException {
                return Operation.post(daemon, "/v1/disks/import", request);
            }

            @Override
            public boolean isDone() throws Exception {
                assertTrue(Files.exists(file), "the imported file is gone");
                return look.exists(MADE);
            }

            @Override
            public void verify(long fromNanos, long toNanos) throws Exception {
                assertEquals(content, look.digest(MADE));
            }

            @Override
            public void undo() throws Exception {
                Operation.delete(daemon, "/v1/disks/" + MADE);
                assertEquals(List.of(file), files(directory), "nothing is left beside the file");
            }
        };
    }

    /** {@code disk copy}. */
    Verb copy(String kind) {
        return new Verb() {
            @Override
            public JsonNode begin() throws IOException {
                return Operation.post(
                        daemon, "/v1/disks/" + disk.name() + "/copy", "{\"name\":\"%s\",%s}".formatted(MADE, kind));
            }

            @Override
            public boolean isDone() throws Exception {
                return look.exists(MADE);
            }

            @Override
            public void verify(long fromNanos, long toNanos) throws Exception {
                look.expectCopy(MADE, disk, fromNanos, toNanos);
                look.expectWritable(MADE);
            }

            @Override
            public void undo() throws Exception {
                removeMade();
            }
        };
    }

    /** {@code disk export}; a file that was not finished is not there. */
    Verb export(String kind) throws IOException {
        Path directory = Files.createDirectories(daemon.directory().resolve("export"));
        Path file = directory.resolve("out.img");
        return new Verb() {
            @Override
            public JsonNode begin() throws IOException {
                return Operation.post(
                        daemon, "/v1/disks/" + disk.name() + "/export", "{\"file\":\"%s\",%s}".formatted(file, kind));
            }

            @Override
            public boolean isDone() throws Exception {
                boolean there = Files.exists(file);
                assertEquals(there ? List.of(file) : List.of(), files(directory));
                return there;
            }

            @Override
            public void verify(long fromNanos, long toNanos) throws Exception {
                Operation.done(
                        daemon,
                        "/v1/disks/import",
                        "{\"name\":\"%s\",\"file\":\"%s\",\"newIdentity\":true}".formatted(MADE, file));
                look.expectCopy(MADE, disk, fromNanos, toNanos);
                Operation.delete(daemon, "/v1/disks/" + MADE);
            }

            @Override
            public void undo() throws Exception {
                Files.delete(file);
            }
        };
    }

    // ---- verbs that change the disk

    /** {@code disk convert}, from each kind to the next. */
    Verb convert(String... kinds) {
        return new Verb() {
            private int next;
            private String before = "";

            @Override
            public void prepare() throws Exception {
                before = kind();
                next = (next + 1) % kinds.length;
            }

            private String kind() throws IOException {
                JsonNode view = view();
                return view.path("format").asText() + " " + view.path("type").asText();
            }

            @Override
            public JsonNode begin() throws IOException {
                String[] words = kinds[next].split(" ");
                return Operation.post(
                        daemon,
                        "/v1/disks/" + disk.name() + "/convert",
                        "{\"format\":\"%s\",\"type\":\"%s\"}".formatted(words[0], words[1]));
            }

            @Override
            public boolean isDone() throws Exception {
                String now = kind();
                assertTrue(List.of(before, kinds[next]).contains(now), now);
                return now.equals(kinds[next]);
            }
        };
    }

    /** {@code disk compact}: a disk looks the same before, in the middle and after. */
    Verb compact() {
        return new Verb() {
            @Override
            public JsonNode begin() throws IOException {
                return Operation.post(daemon, "/v1/disks/" + disk.name() + "/compact", "");
            }

            @Override
            public boolean isDone() throws Exception {
                return true;
            }

            @Override
            public boolean isToBeSeen() {
                return false;
            }

            @Override
            public void undo() throws Exception {
                Operation.done(daemon, "/v1/disks/" + disk.name() + "/compact", "");
            }
        };
    }

    /** {@code disk resize} to a larger size. */
    Verb grow() {
        return new Resize() {
            @Override
            public void prepare() throws Exception {
                from(sizeBytes(), STEP_BYTES);
            }
        };
    }

    /** {@code disk resize --shrink}; nobody may use the disk meanwhile. */
    Verb shrink() {
        return new Resize() {
            @Override
            public void prepare() throws Exception {
                Operation.done(
                        daemon,
                        "/v1/disks/" + disk.name() + "/resize",
                        "{\"size\":\"%d\"}".formatted(sizeBytes() + STEP_BYTES));
                disk.startLoad();
                disk.endLoad();
                from(sizeBytes(), -STEP_BYTES);
            }

            @Override
            public boolean isLive() {
                return false;
            }
        };
    }

    private abstract class Resize implements Verb {
        private long before;
        private long after;

        void from(long sizeBytes, long differenceBytes) {
            before = sizeBytes;
            after = sizeBytes + differenceBytes;
        }

        long sizeBytes() throws IOException {
            return view().path("sizeBytes").asLong();
        }

        @Override
        public JsonNode begin() throws IOException {
            return Operation.post(
                    daemon,
                    "/v1/disks/" + disk.name() + "/resize",
                    "{\"size\":\"%d\",\"shrink\":%b}".formatted(after, after < before));
        }

        @Override
        public boolean isDone() throws Exception {
            long now = sizeBytes();
            assertTrue(now == before || now == after, () -> "the disk has " + now + " bytes");
            disk.with(session -> assertEquals(
                    now / WriteHistory.SECTOR_BYTES - 1,
                    session.command(0, Cdb.readCapacity16(), new byte[0], 32)
                            .fields()
                            .getLong(0)));
            return now == after;
        }
    }
}
