package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.CopyDisks;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RECEIVE COPY RESULTS: what copies may ask for, how far one has come, and why it ended. */
final class ReceiveCopyResultsTest {
    private static final String STATUS = "84 00 %02x 00 00 00 00 00 00 00 00 00 01 00 00 00";
    private static final String DATA = "84 01 %02x 00 00 00 00 00 00 00 00 00 01 00 00 00";
    private static final String FAILURE = "84 04 %02x 00 00 00 00 00 00 00 00 00 01 00 00 00";
    private static final Sense UNKNOWN_LIST = Sense.INVALID_FIELD_IN_CDB.inCdb(2, -1);

    private final TestDisk alphaDisk = new TestDisk(4 << 20);
    private final TestDisk betaDisk = new TestDisk(4 << 20);
    private final CopyDisks disks = new CopyDisks(alphaDisk, betaDisk);

    @BeforeEach
    void noHoles() {
        alphaDisk.fill(0, 4 << 20, 1);
        betaDisk.fill(0, 4 << 20, 1);
    }

    @Test
    void operatingParametersSayWhatTheLimitsAre() {
        String expected = "0000002b" + "01000000" + "0010" + "0040" + "00000a00" + "04000000" + "00000000" + "00000000"
                + "00000000" + "0000" + "0008" + "08" + "09" + "0000" + "000000" + "03" + "020ae4";
        assertEquals(
                expected,
                disks.target
                        .run("84 03 00 00 00 00 00 00 00 00 00 00 01 00 00 00")
                        .hex());
        assertEquals(
                expected.substring(0, 16),
                disks.target
                        .run("84 03 00 00 00 00 00 00 00 00 00 00 00 08 00 00")
                        .hex());
    }

    @Test
    void pageEightFSaysTheSameAndOffersNoTokens() {
        byte[] page = disks.target.run("12 01 8F 04 00 00").data();
        ByteBuffer descriptors = ByteBuffer.wrap(page, 4, page.length - 4).slice();
        assertEquals(page.length - 4, ByteBuffer.wrap(page).getShort(2));
        StringBuilder types = new StringBuilder();
        while (descriptors.hasRemaining()) {
            types.append("%04x ".formatted(descriptors.getShort()));
            descriptors.position(descriptors.position() + 2 + descriptors.getShort(descriptors.position()));
        }
        assertEquals("0001 0004 0008 000c 8001 ", types.toString());
        assertEquals(0x08, disks.target.run("12 00 00 00 60 00").data()[5] & 0x08, "3PC");
    }

    @Test
    void anUnknownListIdentifierIsRefused() {
        assertEquals(UNKNOWN_LIST, disks.target.run(STATUS.formatted(1)).sense());
        assertEquals(UNKNOWN_LIST, disks.target.run(DATA.formatted(1)).sense());
        assertEquals(UNKNOWN_LIST, disks.target.run(FAILURE.formatted(1)).sense());
    }

    @Test
    void aCopyUnderWayTellsHowFarItIs() {
        ScriptedTask copy = disks.beginCopy(disks.alphaAndBeta(CopyDisks.segment(0, 1, 8192, 0, 0)));
        for (int i = 0; i < 4; i++) {
            assertEquals(true, disks.target.diskThreads.runOne());
            disks.target.runLoops();
        }
        assertEquals("00000008" + "00" + "0000" + "00" + "00200000", status(1));
        assertEquals(UNKNOWN_LIST, answered(FAILURE.formatted(1)).sense());
        assertEquals(UNKNOWN_LIST, answered(DATA.formatted(1)).sense());
        disks.target.runAll();
        assertEquals(1, copy.completions);
        assertEquals("00000008" + "01" + "0001" + "00" + "00400000", status(1));
        assertEquals("00000000", disks.target.run(FAILURE.formatted(1)).hex());
        assertEquals("00000000", disks.target.run(DATA.formatted(1)).hex());
    }

    @Test
    void aCopyThatFailedSaysWhy() {
        betaDisk.failNext("write", new IOException("broken"));
        Sense sense = disks.copy(
                        disks.alphaAndBeta(CopyDisks.segment(1, 0, 16, 0, 0), CopyDisks.segment(0, 1, 8, 0, 0)))
                .expectSense();
        assertEquals("00000008" + "02" + "0001" + "00" + "00002000", status(1));
        byte[] details = disks.target.run(FAILURE.formatted(1)).data();
        assertEquals(78, details.length);
        assertEquals(74, details[3]);
        assertEquals(0x02, details[56], "CHECK CONDITION");
        assertEquals(18, details[59]);
        assertEquals(ByteBuffer.wrap(sense.toFixed()), ByteBuffer.wrap(details, 60, 18));
    }

    @Test
    void anAbortedCopySaysTaskAborted() {
        ScriptedTask copy = disks.beginCopy(disks.alphaAndBeta(CopyDisks.segment(0, 1, 8192, 0, 0)));
        copy.doom();
        disks.target.runAll();
        assertEquals("02", status(1).substring(8, 10));
        assertEquals(0x40, disks.target.run(FAILURE.formatted(1)).data()[56]);
    }

    @Test
    void resultsAreOfOneNexusAndSoManyAndNoMore() {
        for (int identifier = 0; identifier < 20; identifier++) {
            disks.copy(CopyDisks.list(
                    identifier,
                    List.of(disks.cscd(CopyDisks.ALPHA, 512), disks.cscd(CopyDisks.BETA, 512)),
                    List.of(CopyDisks.segment(0, 1, 8, 0, 0))));
        }
        assertEquals(UNKNOWN_LIST, disks.target.run(STATUS.formatted(3)).sense());
        assertEquals("01", status(4).substring(8, 10));
        assertEquals("01", status(19).substring(8, 10));
        assertEquals(UNKNOWN_LIST, disks.target.runAsNode2(STATUS.formatted(19)).sense());
    }

    @Test
    void aCopyWithoutAnIdentifierLeavesNoResult() {
        byte[] list = disks.alphaAndBeta(CopyDisks.segment(0, 1, 8, 0, 0));
        list[0] = 0;
        list[1] = 0x18;
        assertEquals(0, disks.copy(list).status());
        assertEquals(UNKNOWN_LIST, disks.target.run(STATUS.formatted(0)).sense());
    }

    /** A command that is answered at once, while copies go on. */
    private ScriptedTask answered(String cdb) {
        ScriptedTask task = disks.target.begin(disks.target.node1, 0, TestTarget.bytes(cdb), new byte[0], false);
        assertEquals(1, task.completions);
        return task;
    }

    private String status(int identifier) {
        return HexFormat.of().formatHex(answered(STATUS.formatted(identifier)).dataIn());
    }
}
