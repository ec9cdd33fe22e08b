package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.PersistentReserve;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real clients see of the guards, and what the administrator reads. */
final class GuardsClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long ALARM_LIMIT_NANOS = Duration.ofSeconds(20).toNanos();
    private static final String REFUSED = "5/20/02";
    private static final String WRITE_PROTECTED = "7/27/00";
    private static final byte[] BLOCK = new byte[512];

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need("iscsi-ls", "qemu-io", "mkfs.ext4");
    }

    private static Program.Result qemuIo(RunningDaemon daemon, String initiator, String iqn, int lun, String command) {
        return Program.run(
                LIMIT,
                Map.of(),
                Program.words("qemu-io", "--image-opts", daemon.imageOptions(initiator, iqn, lun), "-c", command));
    }

    private static String alarms(RunningDaemon daemon) throws IOException {
        return daemon.get("/v1/alarms").path("alarms").toString();
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void eventually(String what, RunningDaemon daemon, Condition condition) throws IOException {
        long end = System.nanoTime() + ALARM_LIMIT_NANOS;
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < end, () -> what + ":\n" + daemon.log());
            Thread.onSpinWait();
        }
    }

    @Test
    void aSecondHostIsRefusedAtAnExclusiveDiskAndNowhereElse() throws Exception {
        // The holder hears and answers nothing while the other clients run.
        String patient = "limits:\n  probeSeconds: 120\n";
        try (RunningDaemon daemon = RunningDaemon.start(directory, patient, List.of())) {
            String iqn = daemon.provide("vms", "64MB", "raw", "exclusive", RunningDaemon.NODE1, RunningDaemon.NODE2);
            daemon.provideDisk("""
                    {"name":"spare","size":"64MB","format":"raw","sparse":true,"sharing":"exclusive"}""");
            daemon.post("/v1/mappings", """
                    {"disk":"spare","target":"vms","lun":1}""");
            try (RawInitiator holder = daemon.login(RunningDaemon.NODE1, iqn)) {
                holder.clearUnitAttentions(0);
                assertTrue(holder.command(0, Cdb.write16(0, 1), BLOCK, 0).good());
                Program.Result refused = qemuIo(daemon, RunningDaemon.NODE2, iqn, 0, "write -P 7 0 64k");
                assertTrue(!refused.late() && refused.exitCode() != 0, refused::toString);
                Program.Result elsewhere = qemuIo(daemon, RunningDaemon.NODE2, iqn, 1, "write -P 7 0 64k");
                assertTrue(elsewhere.outOfSuccess().contains("wrote 65536/65536"), elsewhere::toString);
                Program.Result list = Program.run(
                        LIMIT,
                        Map.of(),
                        Program.words("iscsi-ls", "-i", RunningDaemon.NODE2, "iscsi://127.0.0.1:" + daemon.port()));
                assertTrue(list.outOfSuccess().contains(iqn), list::toString);
                try (RawInitiator other = daemon.login(RunningDaemon.NODE2, iqn)) {
                    for (int i = 0; i < 20; i++) {
                        RawAnswer answer = other.command(0, Cdb.write16(0, 1), BLOCK, 0);
                        assertTrue(i == 0 || answer.outcome().equals(REFUSED), answer::outcome);
                    }
                    eventually("an alarm", daemon, () -> alarms(daemon).contains("is refused at disk 'vms'"));
                    String status = daemon.admin("status");
                    assertTrue(status.contains("WARNING since"), status);
                    assertTrue(daemon.admin("disk", "show", "vms").contains("kume disk set vms --sharing cluster"));
                    assertFalse(daemon.admin("disk", "show", "spare").contains("alarms"));
                    assertTrue(holder.command(0, Cdb.write16(0, 1), BLOCK, 0).good());
                    holder.logout();
                    eventually(
                            "the next one is let in",
                            daemon,
                            () -> other.command(0, Cdb.write16(0, 1), BLOCK, 0).good());
                }
            }
            eventually("it is over", daemon, () -> alarms(daemon).equals("[]"));
            long lines = daemon.log()
                    .lines()
                    .filter(line -> line.contains(" WARN ") || line.contains("WARN"))
                    .filter(line -> line.contains("is refused at disk 'vms'"))
                    .count();
            assertEquals(1, lines, daemon::log);
            daemon.stop();
        }
    }

    /** A disk with a file system that its own tool has made, and a target for each node. */
    private List<String> provideExt4(RunningDaemon daemon) throws IOException {
        Path file = Files.createDirectories(directory.resolve("images")).resolve("vms.raw");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(64L << 20);
        }
        Program.run(LIMIT, "mkfs.ext4", "-q", file.toString()).outOfSuccess();
        daemon.admin("disk", "import", "vms", "--file", file.toString(), "--format", "raw", "--sharing", "cluster");
        for (String node : List.of(RunningDaemon.NODE1, RunningDaemon.NODE2)) {
            String name = node.substring(node.indexOf(':') + 1);
            String iqn = RunningDaemon.IQN_PREFIX + ":" + name;
            daemon.post("/v1/targets", """
                    {"name":"%s","iqn":"%s","initiators":["%s"]}""".formatted(name, iqn, node));
            daemon.post("/v1/mappings", """
                    {"disk":"vms","target":"%s","lun":0}""".formatted(name));
        }
        return List.of(RunningDaemon.IQN_PREFIX + ":hv-node1", RunningDaemon.IQN_PREFIX + ":hv-node2");
    }

    private static String write(RawInitiator node) throws IOException {
        RawAnswer answer = node.command(0, Cdb.write16(100_000, 1), BLOCK, 0);
        return answer.good() ? "good" : answer.outcome();
    }

    @Test
    void twoHostsThatWriteOneFileSystemRaiseAnAlarmAndTheNewcomerIsFrozen() throws Exception {
        String freeze = "guards:\n  unreservedWriters: freeze\n";
        try (RunningDaemon daemon = RunningDaemon.start(directory, freeze, List.of())) {
            List<String> targets = provideExt4(daemon);
            try (RawInitiator node1 = daemon.login(RunningDaemon.NODE1, targets.get(0));
                    RawInitiator node2 = daemon.login(RunningDaemon.NODE2, targets.get(1))) {
                node1.clearUnitAttentions(0);
                node2.clearUnitAttentions(0);
                assertEquals("good", write(node1));
                eventually("the newcomer is frozen", daemon, () -> {
                    assertEquals("good", write(node1));
                    return write(node2).equals(WRITE_PROTECTED);
                });
                assertTrue(node2.command(0, Cdb.read16(0, 1), new byte[0], 512).good(), "it still reads");
                String status = daemon.admin("status");
                String alarm = "both write disk 'vms', which has ext2/3/4, and nobody has reserved it; writes of "
                        + RunningDaemon.NODE2 + " are refused";
                assertTrue(status.contains("CRITICAL since") && status.contains(alarm), status);
                assertEquals("Disk 'vms' is written by all its hosts again\n", daemon.admin("disk", "thaw", "vms"));
                assertEquals("good", write(node2));
                assertEquals(4, daemon.kume("disk", "thaw", "vms").exitCode());
                register(node1);
                eventually("it is over", daemon, () -> alarms(daemon).equals("[]"));
                assertEquals("good", write(node1));
            }
            daemon.stop();
        }
    }

    private static void register(RawInitiator node) throws IOException {
        byte[] register = PersistentReserve.list(0, 0xA, false);
        assertTrue(node.command(0, PersistentReserve.out(PersistentReserve.REGISTER, 0), register, 0)
                .good());
        byte[] reserve = PersistentReserve.list(0xA, 0, false);
        assertTrue(node.command(0, PersistentReserve.out(PersistentReserve.RESERVE, 5), reserve, 0)
                .good());
    }
}
