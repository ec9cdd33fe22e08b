package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.Reach;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestPorts;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Rules that hold for every command of the table, and REPORT SUPPORTED OPERATION CODES, which tells them. */
final class CommandTableTest {
    /** Every command: also those that are there with asymmetric access only. */
    private final TestTarget target = new TestTarget(
            new TestDisk(1 << 20),
            BlockGeometry.emulated512(1 << 20),
            Commands.table(Limits.DEFAULTS, TestPorts.TWO_BY_TWO, Reach.NONE, TestPorts.TWO_BY_TWO));

    private final List<Command> commands = target.unit.commands().commands();

    @Test
    void eachUnknownBitOfEachCommandIsRefusedAtItsPlace() {
        int refused = 0;
        for (Command command : commands) {
            CommandDescriptor descriptor = command.descriptor();
            byte[] usage = descriptor.usage();
            for (int at = 1; at < usage.length; at++) {
                int known = usage[at] & 0xFF;
                if (at == 1) {
                    known |= descriptor.toleratedByte1() | (descriptor.hasServiceAction() ? 0x1F : 0);
                }
                for (int bit = 0; bit < 8; bit++) {
                    if ((known >> bit & 1) != 0) {
                        continue;
                    }
                    byte[] cdb = minimalCdb(descriptor);
                    cdb[at] |= (byte) (1 << bit);
                    Answer answer = target.run(target.node1, 0, cdb, new byte[0]);
                    String where = "%s byte %d bit %d".formatted(descriptor, at, bit);
                    assertEquals(ScsiStatus.CHECK_CONDITION, answer.status(), where);
                    assertEquals(Sense.INVALID_FIELD_IN_CDB.inCdb(at, bit), answer.sense(), where);
                    refused++;
                }
            }
        }
        assertTrue(refused > 500, "bits looked at: " + refused);
        assertEquals(List.of(), target.disk.log, "a refused command touches no disk");
    }

    @Test
    void everyCheckConditionHasASenseKey() {
        target.memory.answersAtOnce = true;
        for (Command command : commands) {
            for (int filler : new int[] {0x00, 0x01, 0x7F, 0xFF}) {
                byte[] cdb = minimalCdb(command.descriptor());
                Arrays.fill(cdb, 2, cdb.length - 1, (byte) filler);
                Answer answer = target.run(target.node1, 0, cdb, new byte[4096]);
                if (answer.status() == ScsiStatus.CHECK_CONDITION) {
                    assertTrue(
                            answer.expectSense().key() != 0,
                            command.descriptor().name());
                }
            }
        }
    }

    @Test
    void everyCommandOfThePackageIsInTheTable() throws IOException, URISyntaxException {
        Set<String> inTable = new TreeSet<>();
        commands.forEach(command -> inTable.add(command.getClass().getSimpleName()));
        Path folder = Path.of(Commands.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve(Commands.class.getPackageName().replace('.', '/'));
        Set<String> inPackage = new TreeSet<>();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.contains("$") && isCommand(name)) {
                    inPackage.add(name);
                }
            }
        }
        assertEquals(inPackage, inTable);
    }

    private static boolean isCommand(String name) {
        try {
            return Class.forName(Commands.class.getPackageName() + "." + name).getSuperclass() == Command.class;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Test
    void allOperationCodesAreReported() {
        byte[] data = target.run("A3 0C 00 00 00 00 00 00 FF FF 00 00").data();
        assertEquals(4 + 8 * commands.size(), data.length);
        ByteBuffer fields = ByteBuffer.wrap(data);
        assertEquals(8 * commands.size(), fields.getInt());
        for (Command command : commands) {
            CommandDescriptor descriptor = command.descriptor();
            assertEquals(descriptor.opcode(), fields.get() & 0xFF);
            fields.get();
            assertEquals(Math.max(0, descriptor.serviceAction()), fields.getShort());
            fields.get();
            assertEquals(descriptor.hasServiceAction() ? 1 : 0, fields.get());
            assertEquals(descriptor.cdbBytes(), fields.getShort());
        }
    }

    @Test
    void allOperationCodesWithTimeouts() {
        byte[] data = target.run("A3 0C 80 00 00 00 00 00 FF FF 00 00").data();
        assertEquals(4 + 20 * commands.size(), data.length);
        ByteBuffer fields = ByteBuffer.wrap(data);
        for (int at = 4; at < data.length; at += 20) {
            assertEquals(2, data[at + 5] & 2, "CTDP");
            assertEquals(0x0A, fields.getShort(at + 8));
            assertTrue(fields.getInt(at + 12) > 0 && fields.getInt(at + 16) >= fields.getInt(at + 12));
        }
    }

    @Test
    void oneOperationCode() {
        byte[] data = target.run("A3 0C 01 2A 00 00 00 00 FF FF 00 00").data();
        assertArrayEquals(TestTarget.bytes("0003000a 2a1affffffff1fffff00"), data);
        byte[] withTimeouts = target.run("A3 0C 81 2A 00 00 00 00 FF FF 00 00").data();
        assertEquals(data.length + 12, withTimeouts.length);
        assertEquals((byte) 0x83, withTimeouts[1]);
        assertEquals(
                "0003000a", target.run("A3 0C 01 2A 00 00 00 00 00 04 00 00").hex());
    }

    @Test
    void oneServiceAction() {
        assertEquals(
                "00030010" + "9e10" + "00".repeat(8) + "ffffffff0000",
                target.run("A3 0C 02 9E 00 10 00 00 FF FF 00 00").hex());
        assertEquals(
                "00030010" + "9e10" + "00".repeat(8) + "ffffffff0000",
                target.run("A3 0C 03 9E 00 10 00 00 FF FF 00 00").hex());
    }

    @Test
    void anUnknownCommandIsReportedAsSuch() {
        for (String cdb : List.of(
                "A3 0C 01 C0 00 00 00 00 FF FF 00 00",
                "A3 0C 02 C0 00 01 00 00 FF FF 00 00",
                "A3 0C 02 9E 00 1F 00 00 FF FF 00 00",
                "A3 0C 02 9E 01 10 00 00 FF FF 00 00",
                "A3 0C 03 9E 00 1F 00 00 FF FF 00 00",
                "A3 0C 03 2A 00 01 00 00 FF FF 00 00")) {
            assertEquals("00010000", target.run(cdb).hex(), cdb);
        }
    }

    @Test
    void theWrongReportingOptionIsRefused() {
        for (String cdb : List.of(
                "A3 0C 01 9E 00 10 00 00 FF FF 00 00",
                "A3 0C 02 2A 00 00 00 00 FF FF 00 00",
                "A3 0C 04 2A 00 00 00 00 FF FF 00 00")) {
            assertEquals(Sense.INVALID_FIELD_IN_CDB.inCdb(2, 2), target.run(cdb).sense(), cdb);
        }
    }

    /** {@code -Dkume.rewrite=true} writes the page anew. */
    @Test
    void thePageOfCommandsIsTheTable() throws IOException {
        Path page = root().resolve("docs/commands.md");
        String expected = CommandsPage.of(commands);
        if (Boolean.getBoolean("kume.rewrite")) {
            Files.writeString(page, expected);
        }
        String there = Files.exists(page) ? Files.readString(page, StandardCharsets.UTF_8) : "";
        assertEquals(
                expected,
                there.replace("\r\n", "\n"),
                "docs/commands.md is stale; run this test with -Dkume.rewrite=true and commit what it writes");
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("target-core")) || !Files.isDirectory(folder.resolve("docs"))) {
            folder = folder.getParent();
            assertTrue(folder != null, "no checkout above the working directory");
        }
        return folder;
    }

    private static byte[] minimalCdb(CommandDescriptor descriptor) {
        byte[] cdb = new byte[descriptor.cdbBytes()];
        cdb[0] = (byte) descriptor.opcode();
        cdb[1] = (byte) Math.max(0, descriptor.serviceAction());
        return cdb;
    }
}
