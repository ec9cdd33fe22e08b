package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disk files of every kind, both ways: what is written through iSCSI is what QEMU and libvhdi read from Kume's files,
 * and what QEMU has put into files is what initiators read.
 */
final class DiskFormatsClientIT {
    private static final long SEED = 20261127;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String IQN = RunningDaemon.IQN_PREFIX + ":formats";

    /** No whole number of blocks of any size. */
    private static final long SIZE_BYTES = (37L << 20) + 12_288;

    private static final int CHANGES = 40;
    private static final int BITMAP_BYTE_SECTORS_BYTES = 8 * 512;

    /** A kind of file, as the options of {@code disk create} and of {@code vhdiinfo}. */
    private record Kind(String name, String options, int sectorBytes) {
        String format() {
            return name.substring(0, name.indexOf('-'));
        }
    }

    private static final List<Kind> KINDS = List.of(
            new Kind("raw-whole", "--format raw", 512),
            new Kind("raw-sparse", "--format raw --sparse", 512),
            new Kind("vhd-fixed", "", 512),
            new Kind("vhd-sparse", "--sparse", 512),
            new Kind("vhd-dynamic", "--type dynamic", 512),
            new Kind("vhd-dynamic1", "--type dynamic --block-size-mb 1", 512),
            new Kind("vhd-dynamic16", "--type dynamic --block-size-mb 16", 512),
            new Kind("vhdx-fixed", "--format vhdx", 512),
            new Kind("vhdx-fixed1", "--format vhdx --block-size-mb 1 --sparse", 512),
            new Kind("vhdx-dynamic", "--format vhdx --type dynamic", 512),
            new Kind("vhdx-dynamic1", "--format vhdx --type dynamic --block-size-mb 1 --sectors 512n", 512),
            new Kind("vhdx-dynamic256", "--format vhdx --type dynamic --block-size-mb 256", 512),
            new Kind("vhdx-4knfixed", "--format vhdx --sectors 4kn --block-size-mb 2", 4096),
            new Kind("vhdx-4kn", "--format vhdx --type dynamic --sectors 4kn --block-size-mb 1", 4096));

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need("qemu-img", "qemu-io", "vhdiinfo", "vhdimount");
    }

    private static void create(RunningDaemon daemon, String name, String options) {
        List<String> words = new ArrayList<>(List.of("disk", "create", name));
        words.addAll(List.of(options.strip().split(" +")));
        words.removeIf(String::isEmpty);
        daemon.admin(words.toArray(String[]::new));
    }

    private static void target(RunningDaemon daemon) throws IOException {
        daemon.post("/v1/targets", """
                {"name":"formats","iqn":"%s","initiators":["%s"]}""".formatted(IQN, RunningDaemon.NODE1));
    }

    private static void map(RunningDaemon daemon, String disk, int lun) throws IOException {
        daemon.post("/v1/mappings", """
                {"disk":"%s","target":"formats","lun":%d}""".formatted(disk, lun));
    }

    private ModelDisk model(String name, int lun, int sectorBytes, long sizeBytes) throws IOException {
        return ModelDisk.of(lun, sectorBytes, sizeBytes, directory.resolve(name + ".model"));
    }

    private static void closeAll(List<ModelDisk> disks) throws IOException {
        for (ModelDisk disk : disks) {
            disk.close();
        }
    }

    /** Logs in and lets each disk be changed at random. */
    private static void changeAll(RunningDaemon daemon, List<ModelDisk> disks, Random random) throws IOException {
        try (RawInitiator session = daemon.login(RunningDaemon.NODE1, IQN)) {
            for (ModelDisk disk : disks) {
                disk.clearAttentions(session);
                disk.change(session, random, CHANGES);
            }
        }
    }

    private static void compareAll(RunningDaemon daemon, List<ModelDisk> disks) throws IOException {
        try (RawInitiator session = daemon.login(RunningDaemon.NODE1, IQN)) {
            for (ModelDisk disk : disks) {
                disk.clearAttentions(session);
                disk.compare(session);
            }
        }
    }

    @Test
    void whatInitiatorsWriteIsWhatQemuReads() throws Exception {
        List<ModelDisk> disks = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            target(daemon);
            for (Kind kind : KINDS) {
                create(daemon, kind.name(), "--size " + SIZE_BYTES + " " + kind.options());
                map(daemon, kind.name(), disks.size());
                disks.add(model(kind.name(), disks.size(), kind.sectorBytes(), SIZE_BYTES));
                files.add(daemon.file(kind.name()));
            }
            changeAll(daemon, disks, new Random(SEED));
            compareAll(daemon, disks);
            daemon.stop();
        }
        for (int at = 0; at < KINDS.size(); at++) {
            Kind kind = KINDS.get(at);
            Path file = files.get(at);
            if (kind.sectorBytes() == 512) {
                DiskImages.same(disks.get(at).file(), file);
            }
            if (!kind.format().equals("raw")) {
                boolean fixed = !kind.options().contains("dynamic");
                assertEquals(fixed ? "Fixed" : "Dynamic", DiskImages.fact(file, "Disk type"), kind::name);
                DiskImages.sameByLibvhdi(disks.get(at).file(), file, 1);
            }
        }
        closeAll(disks);
    }

    /**
     * QEMU refuses a differencing VHDX, and opens a differencing VHD as if it had no parent: libvhdi reads both. Where
     * a stretch of sectors ends within a byte of the bitmap, it takes the rest of that byte for set, so what it is to
     * read was written in whole bytes, eight sectors each.
     */
    @Test
    void childrenAreReadOverTheirParents() throws Exception {
        List<Kind> parents = List.of(
                new Kind("vhd-dynamic", "--type dynamic", 512),
                new Kind("vhd-fixed", "--sparse", 512),
                new Kind("vhdx-dynamic", "--format vhdx --type dynamic --block-size-mb 1", 512),
                new Kind("vhdx-fixed", "--format vhdx --sparse", 512),
                new Kind("vhdx-4kn", "--format vhdx --type dynamic --sectors 4kn", 4096));
        List<ModelDisk> models = new ArrayList<>();
        List<Path> children = new ArrayList<>();
        Random random = new Random(SEED);
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            target(daemon);
            for (Kind kind : parents) {
                create(daemon, kind.name(), "--size " + SIZE_BYTES + " " + kind.options());
                map(daemon, kind.name(), models.size());
                models.add(model(kind.name(), models.size(), kind.sectorBytes(), SIZE_BYTES));
            }
            changeAll(daemon, models, random);
            for (int at = 0; at < parents.size(); at++) {
                child(daemon, parents.get(at), at == 2 ? "--block-size-mb 4" : "");
                children.add(daemon.file(parents.get(at).name() + "-child"));
                map(daemon, parents.get(at).name() + "-child", 10 + at);
                Path parentModel = models.get(at).file();
                models.get(at).close();
                models.set(
                        at,
                        ModelDisk.of(10 + at, parents.get(at).sectorBytes(), SIZE_BYTES, parentModel)
                                .inUnitsOf(BITMAP_BYTE_SECTORS_BYTES));
            }
            changeAll(daemon, models, random);
            compareAll(daemon, models);
            daemon.stop();
        }
        for (int at = 0; at < parents.size(); at++) {
            assertEquals("Differential", DiskImages.fact(children.get(at), "Disk type"));
            DiskImages.sameByLibvhdi(models.get(at).file(), children.get(at), 2);
        }
        closeAll(models);
    }

    private static void child(RunningDaemon daemon, Kind parent, String options) {
        daemon.admin("disk", "set", parent.name(), "--sharing", "read-only");
        create(daemon, parent.name() + "-child", "--parent " + parent.name() + " " + options);
    }

    /** A file that QEMU makes, with what {@code qemu-img} takes after {@code -o}. */
    private record Foreign(String name, String options) {
        String extension() {
            return name.startsWith("vhdx") ? ".vhdx" : ".vhd";
        }
    }

    private static final List<Foreign> FOREIGN = List.of(
            new Foreign("vhd-dynamic", "subformat=dynamic,force_size=on"),
            new Foreign("vhd-fixed", "subformat=fixed,force_size=on"),
            new Foreign("vhdx-dynamic", "subformat=dynamic,block_size=1M"),
            new Foreign("vhdx-blocks", "subformat=dynamic,block_size=16M,log_size=4M"),
            new Foreign("vhdx-empty", "subformat=dynamic,block_size=2M,block_state_zero=off"),
            new Foreign("vhdx-fixed", "subformat=fixed,block_size=8M,log_size=2M"));

    @Test
    void whatQemuWritesIsWhatInitiatorsRead() throws Exception {
        Random random = new Random(SEED);
        List<ModelDisk> disks = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        Path source = noise(random);
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            target(daemon);
            for (Foreign foreign : FOREIGN) {
                Path file = directory.resolve(foreign.name() + foreign.extension());
                DiskImages.run(
                        "qemu-img",
                        "convert",
                        "-f",
                        "raw",
                        "-O",
                        DiskImages.qemuFormat(file),
                        "-o",
                        foreign.options(),
                        source,
                        file);
                daemon.admin("disk", "import", foreign.name(), "--file", file.toString());
                map(daemon, foreign.name(), disks.size());
                Path model = Files.copy(source, directory.resolve(foreign.name() + ".model"));
                disks.add(ModelDisk.of(disks.size(), 512, Files.size(source), model));
                files.add(file);
            }
            compareAll(daemon, disks);
            changeAll(daemon, disks, random);
            compareAll(daemon, disks);
            daemon.stop();
        }
        for (int at = 0; at < files.size(); at++) {
            DiskImages.same(disks.get(at).file(), files.get(at));
            DiskImages.sameByLibvhdi(disks.get(at).file(), files.get(at), 1);
        }
        closeAll(disks);
    }

    /** A raw file of megabytes, each random or zeroes. */
    private Path noise(Random random) throws IOException {
        Path file = directory.resolve("source.raw");
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] piece = new byte[1 << 20];
            for (long at = 0; at < SIZE_BYTES; at += piece.length) {
                byte[] now = random.nextInt(3) == 0 ? new byte[piece.length] : piece;
                random.nextBytes(piece);
                out.write(now, 0, (int) Math.min(now.length, SIZE_BYTES - at));
            }
        }
        return file;
    }

    /** QEMU that fails between its log and its block allocation table leaves a log that has to be replayed. */
    @Test
    void aLogThatQemuLeftIsReplayed() throws Exception {
        Path left = directory.resolve("left.vhdx");
        DiskImages.run("qemu-img", "create", "-f", "vhdx", "-o", "block_size=1M", left, SIZE_BYTES);
        DiskImages.run("qemu-io", "-f", "vhdx", "-c", "write -P 1 1M 64k", "-c", "write -P 2 5M 64k", left);
        String failing = """
                json:{"driver":"vhdx","file":{"driver":"blkdebug","image":{"driver":"file","filename":"%s"},\
                "inject-error":[{"event":"none","iotype":"write","sector":%d,"errno":5,"once":false}]}}""";
        Program.Result failed = Program.run(
                Duration.ofSeconds(20),
                "qemu-io",
                "-c",
                "write -P 3 30M 64k",
                failing.formatted(left, tableOffset(left) / 512));
        assertTrue((failed.out() + failed.err()).contains("Input/output error"), failed::toString);
        Program.Result dirty = Program.run(Duration.ofSeconds(20), "qemu-img", "info", "-f", "vhdx", left.toString());
        assertTrue(dirty.err().contains("log that needs to be replayed"), dirty::toString);
        Path replayed = Files.copy(left, directory.resolve("replayed.vhdx"));
        DiskImages.run("qemu-img", "check", "-r", "all", "-f", "vhdx", replayed);
        Path model = directory.resolve("left.model");
        DiskImages.run("qemu-img", "convert", "-f", "vhdx", "-O", "raw", replayed, model);
        try (RunningDaemon daemon = RunningDaemon.start(directory);
                ModelDisk disk = ModelDisk.of(0, 512, SIZE_BYTES, model)) {
            target(daemon);
            daemon.admin("disk", "import", "left", "--file", left.toString());
            map(daemon, "left", 0);
            compareAll(daemon, List.of(disk));
            changeAll(daemon, List.of(disk), new Random(SEED));
            daemon.stop();
        }
        DiskImages.same(model, left);
    }

    /** Where the block allocation table lies, from the region table, [MS-VHDX] 2.2.3. */
    private static long tableOffset(Path vhdx) throws IOException {
        try (FileChannel file = FileChannel.open(vhdx)) {
            ByteBuffer table = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
            file.read(table, 192 << 10);
            int first = 16;
            boolean bat = table.getInt(first) == 0x2DC27766;
            return table.getLong(first + (bat ? 0 : 32) + 16);
        }
    }

    @Test
    void unmapGivesSpaceBack() throws Exception {
        List<Kind> kinds = List.of(
                new Kind("raw", "--format raw --sparse", 512),
                new Kind("vhd-sparse", "--sparse", 512),
                new Kind("vhd-dynamic", "--type dynamic", 512),
                new Kind("vhdx-fixed", "--format vhdx --sparse --block-size-mb 1", 512),
                new Kind("vhdx-dynamic", "--format vhdx --type dynamic --block-size-mb 2", 512));
        long writtenBytes = 16L << 20;
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            target(daemon);
            int lun = 0;
            for (Kind each : kinds) {
                create(daemon, each.name(), "--size 64MB " + each.options());
                map(daemon, each.name(), lun);
                long emptyBytes = taken(daemon, each.name());
                qemuIo(daemon, lun, "write -P 7 8M 16M", "flush");
                long fullBytes = taken(daemon, each.name());
                assertTrue(fullBytes >= emptyBytes + writtenBytes, () -> each + ": " + emptyBytes + ", " + fullBytes);
                assertEquals(List.of(false, true, false), mapped(daemon, lun), each::toString);
                qemuIo(daemon, lun, "discard 8M 16M", "flush", "read -P 0 0 64M");
                long freedBytes =
                        shown(daemon, each.name()).path("allocatedBytes").asLong();
                // The map keeps its own pages, and a log the space that it has.
                assertTrue(freedBytes < emptyBytes + (1 << 20), () -> each + ": " + emptyBytes + ", " + freedBytes);
                assertEquals(List.of(false), mapped(daemon, lun), each::toString);
                lun++;
            }
            daemon.stop();
        }
    }

    private static long taken(RunningDaemon daemon, String disk) throws IOException {
        return daemon.get("/v1/disks/" + disk).path("allocatedBytes").asLong();
    }

    private static JsonNode shown(RunningDaemon daemon, String disk) throws IOException {
        return JSON.readTree(daemon.admin("disk", "show", disk, "--output", "json"));
    }

    private static void qemuIo(RunningDaemon daemon, int lun, String... commands) {
        List<Object> words = new ArrayList<>(List.of("qemu-io", "-d", "unmap"));
        for (String command : commands) {
            words.add("-c");
            words.add(command);
        }
        words.add("--image-opts");
        words.add(daemon.imageOptions(RunningDaemon.NODE1, IQN, lun));
        String out = DiskImages.run(words.toArray());
        assertTrue(!out.contains("failed"), out);
    }

    /** What GET LBA STATUS says of the disk from one end to the other: mapped or not, stretch after stretch. */
    private static List<Boolean> mapped(RunningDaemon daemon, int lun) throws IOException {
        try (RawInitiator session = daemon.login(RunningDaemon.NODE1, IQN)) {
            session.clearUnitAttentions(lun);
            RawAnswer answer = session.command(lun, Cdb.getLbaStatus(0, 4096), new byte[0], 4096);
            assertTrue(answer.good(), answer::outcome);
            ByteBuffer data = answer.fields();
            List<Boolean> stretches = new ArrayList<>();
            for (int at = 8; at + 16 <= data.limit(); at += 16) {
                stretches.add(data.get(at + 12) == 0);
            }
            return stretches;
        }
    }
}
