package dev.kume.core.scsi.command;

import static dev.kume.core.scsi.command.PrTarget.K1;
import static dev.kume.core.scsi.command.PrTarget.K2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.reservation.ServiceAction;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** PERSISTENT RESERVE IN, byte by byte. */
final class PersistentReserveInTest {
    private static final int READ_KEYS = 0;
    private static final int READ_RESERVATION = 1;
    private static final int REPORT_CAPABILITIES = 2;
    private static final int READ_FULL_STATUS = 3;

    private final PrTarget disk = new PrTarget();

    @Test
    void freshDiskHasNothing() {
        for (int action : new int[] {READ_KEYS, READ_RESERVATION, READ_FULL_STATUS}) {
            assertEquals("0000000000000000", disk.in(disk.node1, action, 255).hex());
        }
    }

    @Test
    void keysAreTheSameThroughBothTargetsAndOnePerRegistration() {
        disk.register(disk.node1, K1);
        disk.register(disk.node2, K1);
        String expected = "00000002" + "00000010" + "0000000000001111".repeat(2);
        assertEquals(expected, disk.in(disk.node1, READ_KEYS, 255).hex());
        assertEquals(expected, disk.in(disk.node2, READ_KEYS, 255).hex());
    }

    @Test
    void lengthTellsTheWholeHoweverLittleIsAskedFor() {
        disk.register(disk.node1, K1);
        disk.register(disk.node2, K2);
        assertEquals("", disk.in(disk.node1, READ_KEYS, 0).hex());
        assertEquals("0000000200", disk.in(disk.node1, READ_KEYS, 5).hex());
        assertEquals("0000000200000010", disk.in(disk.node1, READ_KEYS, 8).hex());
        assertEquals(
                "0000000200000010" + "0000000000001111",
                disk.in(disk.node1, READ_KEYS, 16).hex());
    }

    @Test
    void reservationIsOneDescriptor() {
        disk.register(disk.node1, K1);
        disk.reserve(disk.node1, K1, PrTarget.WERO);
        String expected = "00000001" + "00000010" + "0000000000001111" + "00000000" + "00" + "05" + "0000";
        assertEquals(expected, disk.in(disk.node1, READ_RESERVATION, 255).hex());
        assertEquals(expected, disk.in(disk.node2, READ_RESERVATION, 255).hex());
        disk.out(disk.node1, ServiceAction.REGISTER, 0, K1, K2, 0);
        assertTrue(disk.in(disk.node2, READ_RESERVATION, 255).hex().contains("0000000000002222"));
    }

    @Test
    void reservationOfAllRegistrantsHasNoKey() {
        disk.register(disk.node1, K1);
        disk.reserve(disk.node1, K1, PrTarget.WEAR);
        assertEquals(
                "00000001" + "00000010" + "0000000000000000" + "00000000" + "0007" + "0000",
                disk.in(disk.node1, READ_RESERVATION, 255).hex());
    }

    @Test
    void capabilitiesTellAllTypesAndWhatAptplIsNow() {
        assertEquals(
                "0008" + "0d" + "80" + "ea01" + "0000",
                disk.in(disk.node1, REPORT_CAPABILITIES, 255).hex());
        disk.out(disk.node1, ServiceAction.REGISTER, 0, 0, K1, PrTarget.APTPL);
        assertEquals(
                "0008" + "0d" + "81" + "ea01" + "0000",
                disk.in(disk.node2, REPORT_CAPABILITIES, 255).hex());
        disk.out(disk.node2, ServiceAction.REGISTER, 0, 0, K2, 0);
        assertEquals("00080d80", disk.in(disk.node2, REPORT_CAPABILITIES, 4).hex());
    }

    @Test
    void fullStatusHasPortsAndHolder() {
        disk.register(disk.node1, K1);
        disk.out(disk.node2, ServiceAction.REGISTER, 0, 0, K2, PrTarget.ALL_TG_PT);
        disk.reserve(disk.node1, K1, PrTarget.WE);
        String id1 = id("iqn.1991-05.com.microsoft:node1,i,0x000000000001");
        String id2 = id("iqn.1991-05.com.microsoft:node2,i,0x000000000002");
        String expected = "00000002" + "%08x".formatted(2 * (24 + 56))
                + "0000000000001111" + "00000000" + "01" + "01" + "00000000" + "0101" + "00000038" + id1
                + "0000000000002222" + "00000000" + "02" + "00" + "00000000" + "0102" + "00000038" + id2;
        assertEquals(expected, disk.in(disk.node1, READ_FULL_STATUS, 0xFFFF).hex());
        assertEquals(
                expected.substring(0, 16),
                disk.in(disk.node2, READ_FULL_STATUS, 8).hex());
    }

    @Test
    void fullStatusOfAllRegistrantsShowsEveryHolder() {
        disk.register(disk.node1, K1);
        disk.register(disk.node2, K2);
        disk.reserve(disk.node1, K1, PrTarget.WEAR);
        byte[] data = disk.in(disk.node1, READ_FULL_STATUS, 0xFFFF).data();
        for (int at : new int[] {8, 8 + 24 + 56}) {
            assertEquals(1, data[at + 12]);
            assertEquals(7, data[at + 13]);
        }
    }

    private static String id(String text) {
        return "45000034"
                + HexFormat.of().formatHex(java.util.Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), 52));
    }

    @Test
    void unknownServiceActionIsRefused() {
        assertEquals(
                Sense.INVALID_FIELD_IN_CDB.inCdb(1, 4),
                disk.in(disk.node1, 4, 255).sense());
    }

    @Test
    void lostStateIsNeverShownAsEmpty() {
        disk.unit.change(now -> now.offline("its state is lost").withDurable(DurableState.LOST), () -> {});
        for (int action = 0; action < 4; action++) {
            assertEquals(
                    Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED,
                    disk.in(disk.node1, action, 255).sense());
        }
        assertEquals(
                Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED,
                disk.register(disk.node1, K1).sense());
    }

    @Test
    void diskThatIsOfflineForDataStillAnswers() {
        disk.unit.change(now -> now.offline("the file is gone"), () -> {});
        assertEquals(ScsiStatus.GOOD, disk.register(disk.node1, K1).status());
        assertEquals(java.util.List.of(K1), disk.keys());
    }
}
