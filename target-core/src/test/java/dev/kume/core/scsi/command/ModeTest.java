package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.Coverage;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** MODE SENSE and MODE SELECT of both CDB sizes. */
final class ModeTest {
    private static final String CACHING = "0812" + "04" + "00".repeat(17);
    private static final String CACHING_OFF = "0812" + "00".repeat(18);
    private static final String CONTROL = "0a0a" + "02100000" + "0000" + "ffff" + "0000";
    private static final String CONTROL_SWP = "0a0a" + "02100800" + "0000" + "ffff" + "0000";
    private static final String CONTROL_D_SENSE = "0a0a" + "06100000" + "0000" + "ffff" + "0000";
    private static final String EXTENSION = "4a01001c" + "00".repeat(28);
    private static final String EXCEPTIONS = "1c0a" + "08" + "00".repeat(9);
    private static final String SHORT_DESCRIPTOR = "0000080000000200";

    private final TestTarget target = new TestTarget();

    @Test
    void allPagesInAscendingOrder() {
        String pages = savable(CACHING) + savable(CONTROL) + EXCEPTIONS;
        String subpages = savable(CACHING) + savable(CONTROL) + EXTENSION + EXCEPTIONS;
        assertEquals(
                "37001008" + SHORT_DESCRIPTOR + pages,
                target.run("1A 00 3F 00 FF 00").hex());
        assertEquals(
                "57001008" + SHORT_DESCRIPTOR + subpages,
                target.run("1A 00 3F FF FF 00").hex());
        assertEquals("2f001000" + pages, target.run("1A 08 3F 00 FF 00").hex());
        assertEquals(
                "003a001000000008" + SHORT_DESCRIPTOR + pages,
                target.run("5A 00 3F 00 00 00 00 00 FF 00").hex());
        assertEquals(
                "005a001000000008" + SHORT_DESCRIPTOR + subpages,
                target.run("5A 00 3F FF 00 00 00 00 FF 00").hex());
    }

    @Test
    void onePage() {
        assertEquals(
                "17001000" + savable(CACHING), target.run("1A 08 08 00 FF 00").hex());
        assertEquals(
                "0f001000" + savable(CONTROL), target.run("1A 08 0A 00 FF 00").hex());
        assertEquals("0f001000" + EXCEPTIONS, target.run("1A 08 1C 00 FF 00").hex());
    }

    @Test
    void oneSubpageAndAllOfOnePage() {
        assertEquals("23001000" + EXTENSION, target.run("1A 08 0A 01 FF 00").hex());
        assertEquals(
                "2f001000" + savable(CONTROL) + EXTENSION,
                target.run("1A 08 0A FF FF 00").hex());
        assertEquals(
                "17001000" + savable(CACHING), target.run("1A 08 08 FF FF 00").hex());
        assertEquals(
                "23001000" + "4a01001c" + "00".repeat(28),
                target.run("1A 08 4A 01 FF 00").hex(),
                "nothing of it can be changed");
    }

    @Test
    void longBlockDescriptor() {
        assertEquals(
                "002a001001000010" + "0000000000000800" + "00000000" + "00000200" + savable(CACHING),
                target.run("5A 10 08 00 00 00 00 00 FF 00").hex());
        assertEquals(
                "001a001000000000" + savable(CACHING),
                target.run("5A 18 08 00 00 00 00 00 FF 00").hex());
    }

    @Test
    void changeableDefaultAndSavedValues() {
        assertEquals(
                "37001008" + "00".repeat(8) + "8812" + "04" + "00".repeat(17) + "8a0a" + "04000800" + "00".repeat(6)
                        + "1c0a" + "00".repeat(10),
                target.run("1A 00 7F 00 FF 00").hex());
        select6(CACHING_OFF);
        assertEquals(
                "17001000" + savable(CACHING), target.run("1A 08 88 00 FF 00").hex());
        assertEquals(
                "17001000" + savable(CACHING_OFF),
                target.run("1A 08 08 00 FF 00").hex());
        assertEquals(
                "17001000" + savable(CACHING), target.run("1A 08 C8 00 FF 00").hex());
        assertEquals(
                "37001008" + SHORT_DESCRIPTOR + savable(CACHING) + savable(CONTROL) + EXCEPTIONS,
                target.run("1A 00 FF 00 FF 00").hex());
    }

    @Test
    void unknownPagesAndSubpagesAreRefused() {
        for (String cdb : List.of("1A 00 05 00 FF 00", "1A 00 05 01 FF 00", "1A 00 05 FF FF 00", "1A 00 00 00 FF 00")) {
            assertEquals(Sense.INVALID_FIELD_IN_CDB.inCdb(2, 5), target.run(cdb).sense(), cdb);
        }
        for (String cdb : List.of("1A 00 08 01 FF 00", "1A 00 0A 02 FF 00", "1A 00 3F 01 FF 00", "1A 00 3F FE FF 00")) {
            assertEquals(
                    Sense.INVALID_FIELD_IN_CDB.inCdb(3, -1), target.run(cdb).sense(), cdb);
        }
    }

    @Test
    void allocationLengthCutsTheDataAndNotItsLengthField() {
        assertEquals("37001008", target.run("1A 00 3F 00 04 00").hex());
        assertEquals(0, target.run("1A 00 3F 00 00 00").data().length);
    }

    @Test
    void writeProtectIsTold() {
        target.unit.change(state -> state.withWriteProtected(true), () -> {});
        assertEquals((byte) 0x90, target.run("1A 08 08 00 FF 00").data()[2]);
    }

    @Test
    void turningTheWriteCacheOffFlushesBeforeItAnswersAndTellsTheOthers() {
        ScriptedTask task = target.begin(target.node1, 0, select6Cdb(CACHING_OFF), list6(CACHING_OFF), false);
        target.runLoops();
        assertFalse(task.ended(), "the flush has not run");
        assertFalse(target.unit.state().modes().writeCacheEnabled(), "writes flush for themselves from now on");
        target.runAll();
        assertEquals(1, task.completions);
        assertEquals(ScsiStatus.GOOD, task.status());
        assertEquals(List.of("flush"), target.disk.log);
        assertEquals(List.of(Sense.MODE_PARAMETERS_CHANGED), target.attentionsOfNode2());
        assertFalse(target.node1.hasAttention());
        target.run("2A 00 00 00 00 05 00 00 01 00", new byte[512]);
        assertEquals(List.of("flush", "write 2560+512", "flush"), target.disk.log);
    }

    @Test
    void aWriteThatBeganBeforeTheCacheWentOffIsDurableToo() {
        ScriptedTask write = target.beginHeld(target.node1, 0, "2A 00 00 00 00 05 00 00 01 00", new byte[512]);
        select6(CACHING_OFF);
        target.disk.log.clear();
        write.sendData();
        target.runAll();
        assertEquals(List.of("write 2560+512", "flush"), target.disk.log);
    }

    @Test
    void turningItOffAgainFlushesAgainSinceTheFirstFlushMayHaveFailed() {
        target.disk.failNext("flush", new IOException("broken"));
        assertEquals(Sense.WRITE_ERROR, select6(CACHING_OFF).sense());
        target.disk.log.clear();
        assertEquals(ScsiStatus.GOOD, select6(CACHING_OFF).status());
        assertEquals(List.of("flush"), target.disk.log);
    }

    @Test
    void turningItOnAgainFlushesNothing() {
        select6(CACHING_OFF);
        target.disk.log.clear();
        assertEquals(ScsiStatus.GOOD, select6(CACHING).status());
        assertEquals(List.of(), target.disk.log);
        assertTrue(target.unit.state().modes().writeCacheEnabled());
    }

    @Test
    void nothingChangedTellsNobody() {
        assertEquals(
                ScsiStatus.GOOD,
                select6(CACHING + CONTROL + EXTENSION + EXCEPTIONS).status());
        assertEquals(List.of(), target.attentionsOfNode2());
    }

    @Test
    void aFailedFlushIsToldAndTheCacheStaysOff() {
        target.disk.failNext("flush", new IOException("broken"));
        assertEquals(Sense.WRITE_ERROR, select6(CACHING_OFF).sense());
        assertFalse(target.unit.state().modes().writeCacheEnabled());
    }

    @Test
    void softwareWriteProtect() {
        assertEquals(ScsiStatus.GOOD, select6(CONTROL_SWP).status());
        assertEquals(
                "0f009000" + savable(CONTROL_SWP),
                target.run("1A 08 0A 00 FF 00").hex());
        assertEquals(
                Sense.WRITE_PROTECTED,
                target.run("2A 00 00 00 00 05 00 00 01 00", new byte[512]).sense());
        assertEquals(
                ScsiStatus.GOOD, target.run("28 00 00 00 00 05 00 00 01 00").status());
        assertEquals(ScsiStatus.GOOD, select6(CONTROL).status());
        assertEquals(
                ScsiStatus.GOOD,
                target.run("2A 00 00 00 00 05 00 00 01 00", new byte[512]).status());
    }

    @Test
    void descriptorSenseAndModeSelect10WithBlockDescriptors() {
        for (String descriptor : List.of(
                "",
                SHORT_DESCRIPTOR,
                "0000000000000200", // zero blocks: unchanged
                "ffffffff00000200")) {
            String list = "000000000000%04x".formatted(descriptor.length() / 2) + descriptor + CONTROL_D_SENSE;
            assertEquals(ScsiStatus.GOOD, select10(list).status(), descriptor);
            assertTrue(target.unit.state().modes().descriptorSense());
        }
        String longList = "0000000001000010" + "0000000000000800" + "00000000" + "00000200" + CONTROL;
        assertEquals(ScsiStatus.GOOD, select10(longList).status());
        assertEquals(ModeState.DEFAULT, target.unit.state().modes());
    }

    @Test
    void anotherCapacityOrBlockLengthIsRefused() {
        assertDescriptorRefused(8, "0000000000000008" + "0000070000000200", "capacity");
        assertDescriptorRefused(8 + 5, "0000000000000008" + "0000080000001000", "block length");
        assertDescriptorRefused(6, "0000000000000010" + "0000080000000200".repeat(2), "two descriptors");
        assertDescriptorRefused(6, "0000000001000008" + "0000080000000200", "LONGLBA and a short descriptor");
        String longDescriptor = "0000000000000800" + "00000000" + "00001000";
        assertDescriptorRefused(8 + 12, "0000000001000010" + longDescriptor, "block length of a long descriptor");
        assertEquals(
                Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(3, -1),
                target.run("15 10 00 00 08 00", TestTarget.bytes("00000004" + "00000800"))
                        .sense());
        assertEquals(ModeState.DEFAULT, target.unit.state().modes());
    }

    private void assertDescriptorRefused(int at, String headerAndDescriptor, String why) {
        assertEquals(
                Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(at, -1),
                select10(headerAndDescriptor + CACHING_OFF).sense(),
                why);
    }

    @Test
    void wrongPagesAreRefusedWithTheirPlaceAndNothingIsTaken() {
        assertRefused(24, 5, CACHING_OFF + "0502" + "0000", "unknown page");
        assertRefused(24, 5, CACHING_OFF + "3f00", "the code of all pages is the code of none");
        assertRefused(5, -1, "0811" + "00".repeat(17), "wrong page length");
        assertRefused(6, -1, "4a01001b" + "00".repeat(27), "wrong page length of a subpage");
        assertRefused(6, 0, "0812" + "05" + "00".repeat(17), "RCD cannot be changed");
        assertRefused(
                24 + 3, 1, CACHING_OFF + "0a0a" + "02120000" + "0000" + "ffff" + "0000", "QERR cannot be changed");
        assertRefused(8, 0, "4a01001c" + "01" + "00".repeat(27), "IALUAE cannot be changed");
        assertRefused(4, 6, "4812" + "00".repeat(18), "no subpage format there");
        assertRefused(5, -1, "4a02001c" + "00".repeat(28), "no such subpage");
        assertRefused(5, -1, "4aff001c" + "00".repeat(28), "the code of all subpages is the code of none");
        assertRefused(5, -1, "4a00000a" + CONTROL.substring(4), "a page_0 page in the other format");
        for (String truncated : List.of("08", "4a", "4a01", "4a0100", CACHING_OFF.substring(0, 20), EXTENSION + "0a")) {
            assertEquals(Sense.PARAMETER_LIST_LENGTH_ERROR, select6(truncated).sense(), truncated);
        }
        assertEquals(ModeState.DEFAULT, target.unit.state().modes());
        assertEquals(List.of(), target.attentionsOfNode2());
    }

    private void assertRefused(int at, int bit, String pages, String why) {
        assertEquals(
                Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(at, bit),
                select6(pages).sense(),
                why);
    }

    @Test
    void listLengths() {
        assertEquals(ScsiStatus.GOOD, target.run("15 10 00 00 00 00").status());
        assertEquals(
                Sense.PARAMETER_LIST_LENGTH_ERROR,
                target.run("15 10 00 00 03 00", new byte[3]).sense());
        assertEquals(
                Sense.PARAMETER_LIST_LENGTH_ERROR,
                target.run("15 10 00 00 18 00", new byte[10]).sense(),
                "fewer bytes came than the CDB says");
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 4),
                target.run("15 00 00 00 18 00", list6(CACHING)).sense(),
                "PF must be 1");
    }

    @Test
    void aSelectThatIsDoomedBeforeItsTurnChangesNothing() {
        // A write in the middle of its disk I/O holds a fence, and the fence the mailbox.
        ScriptedTask write =
                target.begin(target.node2, 1, TestTarget.bytes("2A 00 00 00 00 05 00 00 01 00"), new byte[512], false);
        target.unit.fence(Coverage.silent(task -> task == write), null, affected -> {});
        target.runLoops();
        ScriptedTask select = target.begin(target.node1, 0, select6Cdb(CACHING_OFF), list6(CACHING_OFF), false);
        target.runLoops();
        assertTrue(select.doom(), "it waits for its turn, not for a disk");
        target.runAll();
        assertEquals(1, select.dooms);
        assertEquals(0, select.completions);
        assertEquals(ModeState.DEFAULT, target.unit.state().modes());
        assertEquals(List.of(), target.attentionsOfNode2());
        assertEquals(1, write.dooms);
    }

    @Test
    void aResetBehindASelectLeavesTheDefaults() {
        ScriptedTask select = target.begin(target.node1, 0, select6Cdb(CACHING_OFF), list6(CACHING_OFF), false);
        boolean[] done = new boolean[1];
        target.unit.reset(() -> done[0] = true);
        target.runAll();
        assertTrue(done[0]);
        assertTrue(select.ended());
        assertEquals(ModeState.DEFAULT, target.unit.state().modes());
    }

    /** The page as MODE SENSE has it: PS says that it can be saved. */
    private static String savable(String page) {
        return "8" + page.substring(1);
    }

    private Answer select6(String pages) {
        return target.run(target.node1, 0, select6Cdb(pages), list6(pages));
    }

    private static byte[] select6Cdb(String pages) {
        return TestTarget.bytes("15 10 00 00 %02X 00".formatted(4 + pages.length() / 2));
    }

    private static byte[] list6(String pages) {
        return TestTarget.bytes("00000000" + pages);
    }

    private Answer select10(String list) {
        byte[] cdb = ByteBuffer.allocate(10)
                .put(0, (byte) 0x55)
                .put(1, (byte) 0x10)
                .putShort(7, (short) (list.length() / 2))
                .array();
        return target.run(target.node1, 0, cdb, TestTarget.bytes(list));
    }
}
