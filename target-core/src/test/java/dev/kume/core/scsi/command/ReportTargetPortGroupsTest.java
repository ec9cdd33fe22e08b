package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.nexus.TargetPort;
import dev.kume.core.scsi.AsymmetricAccess;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.Reach;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestPorts;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Asymmetric access: REPORT TARGET PORT GROUPS, and what INQUIRY, page 83h and the mode pages say of it. */
final class ReportTargetPortGroupsTest {
    private static final String GROUPS = "00030001" + "00000002" + "00000001" + "00000002" //
            + "01030002" + "00000002" + "00000003" + "0000012c";

    /** What Windows reserves for the answer: 32 groups of 32 ports. */
    private static final String WINDOWS_ALLOCATION = "00 00 11 04";

    private final TestPorts ports = TestPorts.TWO_BY_TWO;
    private final TestTarget target = target(ports);

    /** One designator of page 83h. */
    private record Designator(int protocol, int codeSet, boolean piv, int association, int type, String hex) {}

    private static TestTarget target(AsymmetricAccess access) {
        return new TestTarget(
                new TestDisk(1 << 20),
                BlockGeometry.emulated512(1 << 20),
                Commands.table(Limits.DEFAULTS, TestPorts.TWO_BY_TWO, Reach.NONE, access));
    }

    private byte[] through(TargetPort port, String cdb) {
        ITLNexus nexus = target.unit.attach(TestPorts.nexusTo(port));
        while (nexus.poll() != null) {
            // What waits for a new nexus is not asked for here.
        }
        Answer answer = target.run(nexus, 0, TestTarget.bytes(cdb), new byte[0]);
        assertEquals(ScsiStatus.GOOD, answer.status());
        return answer.data();
    }

    @Test
    void bothParameterDataFormats() {
        assertEquals(
                "00000020" + GROUPS,
                target.run("A3 0A 00 00 00 00 00 00 FF FF 00 00").hex());
        assertEquals(
                "00000024" + "10000000" + GROUPS,
                target.run("A3 2A 00 00 00 00 00 00 FF FF 00 00").hex());
    }

    @Test
    void otherFormatsAreRefused() {
        for (String second : List.of("4A", "6A", "8A", "AA", "CA", "EA")) {
            assertEquals(
                    Sense.INVALID_FIELD_IN_CDB.inCdb(1, 7),
                    target.run("A3 " + second + " 00 00 00 00 00 00 FF FF 00 00")
                            .sense(),
                    second);
        }
    }

    @Test
    void allocationLengthCutsTheDataAndNotItsLengthField() {
        assertEquals(
                "00000020", target.run("A3 0A 00 00 00 00 00 00 00 04 00 00").hex());
        assertEquals(0, target.run("A3 0A 00 00 00 00 00 00 00 00 00 00").data().length);
    }

    @Test
    void itIsTheSameThroughEveryPort() {
        for (TargetPort port : ports.all()) {
            assertEquals(
                    "00000020" + GROUPS,
                    HexFormat.of().formatHex(through(port, "A3 0A 00 00 00 00 00 00 FF FF 00 00")));
        }
    }

    @Test
    void noInitiatorSetsAccessStates() {
        assertEquals(
                Sense.INVALID_COMMAND_OPERATION_CODE.inCdb(0, 7),
                target.run("A4 0A 00 00 00 00 00 00 00 08 00 00", new byte[8]).sense());
        assertEquals(
                "23001000" + "4a01001c" + "01" + "00".repeat(27),
                target.run("1A 08 0A 01 FF 00").hex(),
                "IALUAE");
        assertEquals(
                Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(8, 0),
                target.run("15 10 00 00 24 00", TestTarget.bytes("00000000" + "4a01001c" + "00".repeat(28)))
                        .sense());
    }

    /** Windows claims a path of a disk only when its port and its group are found in both places. */
    @Test
    void aHostThatMatchesPage83AndTheGroupsMissesNoPort() {
        Set<String> identities = new HashSet<>();
        Set<Integer> relativeIds = new HashSet<>();
        for (TargetPort port : ports.all()) {
            byte[] inquiry = through(port, "12 00 00 00 60 00");
            assertEquals(1, inquiry[5] >> 4 & 3, "TPGS");
            List<Designator> page = designators(through(port, "12 01 83 00 FF 00"));
            int relativeId = number(ofPort(page, 4));
            int group = number(ofPort(page, 5));
            assertEquals(port.relativeId(), relativeId);
            assertTrue(
                    hasPort(through(port, "A3 0A 00 00 00 00 " + WINDOWS_ALLOCATION + " 00 00"), group, relativeId),
                    port + " is missing in its group");
            identities.add(page.stream()
                    .filter(designator -> designator.association() == 0 && designator.type() == 3)
                    .findFirst()
                    .orElseThrow()
                    .hex());
            relativeIds.add(relativeId);
        }
        assertEquals(1, identities.size(), "one disk");
        assertEquals(4, relativeIds.size(), "four ports");
    }

    @Test
    void thePortHasItsNameToo() {
        TargetPort port = ports.all().get(3);
        Designator name = ofPort(designators(through(port, "12 01 83 00 FF 00")), 8);
        assertEquals(3, name.codeSet(), "UTF-8");
        String padded = "iqn.2026-11.dev.kume:t2,t,0x0002" + "\0".repeat(4);
        assertEquals(HexFormat.of().formatHex(padded.getBytes(StandardCharsets.UTF_8)), name.hex());
    }

    @Test
    void theLongestNameFits() {
        String longest = "iqn.2026-11.dev.kume:" + "x".repeat(223 - 21);
        TestPorts one = new TestPorts(List.of(new TargetPort(longest, 65_535, 1)));
        TestTarget longNamed = new TestTarget(
                new TestDisk(1 << 20),
                BlockGeometry.emulated512(1 << 20),
                Commands.table(Limits.DEFAULTS, one, Reach.NONE, ports));
        ITLNexus nexus = longNamed.unit.attach(TestPorts.nexusTo(one.all().getFirst()));
        byte[] page = longNamed
                .run(nexus, 0, TestTarget.bytes("12 01 83 04 00 00"), new byte[0])
                .data();
        Designator name = ofPort(designators(page), 8);
        assertEquals(236 * 2, name.hex().length());
        assertTrue(name.hex().endsWith("6666666600000000"), "ends in ffff and null bytes");
    }

    @Test
    void switchedOffNothingIsSaidOfPorts() {
        TestTarget off = target(AsymmetricAccess.OFF);
        assertEquals(0, off.run("12 00 00 00 60 00").data()[5] & 0x30);
        List<Designator> page = designators(off.run("12 01 83 00 FF 00").data());
        assertTrue(page.stream().allMatch(designator -> designator.association() == 0), page.toString());
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 4),
                off.run("A3 0A 00 00 00 00 00 00 FF FF 00 00").sense());
        assertEquals("00010000", off.run("A3 0C 03 A3 00 0A 00 00 FF FF 00 00").hex());
        assertEquals(
                "23001000" + "4a01001c" + "00".repeat(28),
                off.run("1A 08 0A 01 FF 00").hex());
    }

    /** Cluster validation compares the bytes that two nodes read. */
    @Test
    void switchedOffADiskLooksTheSameThroughEveryPort() {
        TestTarget off = target(AsymmetricAccess.OFF);
        List<String> cdbs = new ArrayList<>(List.of(
                "12 00 00 00 60 00",
                "1A 00 3F FF FF 00",
                "25 00 00 00 00 00 00 00 00 00",
                "4D 00 40 FF 00 00 00 00 FF 00"));
        for (byte page : off.run("12 01 00 00 FF 00").data()) {
            cdbs.add("12 01 %02X 00 FF 00".formatted(page));
        }
        List<ITLNexus> nexuses = ports.all().stream()
                .map(port -> off.unit.attach(TestPorts.nexusTo(port)))
                .toList();
        nexuses.forEach(ITLNexus::poll);
        for (String cdb : cdbs) {
            Answer first = off.run(cdb);
            for (ITLNexus nexus : nexuses) {
                Answer other = off.run(nexus, 0, TestTarget.bytes(cdb), new byte[0]);
                assertEquals(first.status(), other.status(), cdb);
                assertArrayEquals(first.data(), other.data(), cdb);
            }
        }
    }

    private static List<Designator> designators(byte[] page) {
        ByteBuffer data = ByteBuffer.wrap(page);
        assertEquals(page.length - 4, data.getShort(2));
        data.position(4);
        List<Designator> all = new ArrayList<>();
        while (data.hasRemaining()) {
            int first = data.get() & 0xFF;
            int second = data.get() & 0xFF;
            data.get();
            byte[] value = new byte[data.get() & 0xFF];
            data.get(value);
            all.add(new Designator(
                    first >> 4,
                    first & 15,
                    (second & 0x80) != 0,
                    second >> 4 & 3,
                    second & 15,
                    HexFormat.of().formatHex(value)));
        }
        return all;
    }

    private static Designator ofPort(List<Designator> page, int type) {
        List<Designator> found = page.stream()
                .filter(designator -> designator.association() == 1 && designator.type() == type)
                .toList();
        assertEquals(1, found.size(), page.toString());
        assertTrue(found.getFirst().piv());
        assertEquals(5, found.getFirst().protocol(), "iSCSI");
        return found.getFirst();
    }

    private static int number(Designator designator) {
        assertEquals(1, designator.codeSet(), "binary");
        assertEquals(8, designator.hex().length());
        int number = HexFormat.fromHexDigits(designator.hex());
        assertNotEquals(0, number);
        return number;
    }

    private static boolean hasPort(byte[] report, int group, int relativeId) {
        ByteBuffer data = ByteBuffer.wrap(report);
        assertEquals(report.length - 4, data.getInt());
        boolean found = false;
        while (data.hasRemaining()) {
            data.getShort();
            int id = data.getShort();
            data.getShort();
            data.get();
            int count = data.get();
            for (int i = 0; i < count; i++) {
                found |= id == group && data.getInt(data.position() + 4 * i) == relativeId;
            }
            data.position(data.position() + 4 * count);
        }
        return found;
    }
}
