package dev.kume.protocol.initiator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.pdu.LoginStatus;
import dev.kume.protocol.pdu.TaskManagementFunction;
import dev.kume.protocol.pdu.TaskManagementResponse;
import dev.kume.protocol.server.LoopbackTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The initiator against our own target, over sockets: each judges the other. */
final class InitiatorTest {
    private static final String NAME = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String TARGET = "iqn.2026-11.dev.kume:hv-node1";
    private static final int DISK_BYTES = 8 << 20;

    @TempDir
    private Path folder;

    private final LoopbackTarget target = LoopbackTarget.standard();
    private final Host host = new Host(NAME, 1);
    private Path image;

    @BeforeEach
    void open() throws IOException {
        image = folder.resolve("disk.raw");
        target.map(TARGET, 3, target.rawUnit("disk", image, DISK_BYTES)).allow(TARGET, NAME);
        target.open(0);
    }

    @AfterEach
    void close() throws IOException {
        host.close();
        target.close();
        assertEquals(List.of(), host.diary().violations());
    }

    private InitiatorSession login() {
        return host.login(TARGET, target.port(), SessionSettings.windows());
    }

    @Test
    void discoveryShowsTheTargetWhereItWasAsked() {
        List<FoundTarget> found =
                Host.get(host.initiator().discover(Host.loopback(target.port()), SessionSettings.windows()));
        assertEquals(List.of(new FoundTarget(TARGET, List.of(Host.loopback(target.port())))), found);
    }

    @Test
    void aTargetThatIsNotThereRefusesTheLogin() {
        InitiatorException why = assertThrows(
                InitiatorException.class,
                () -> host.login("iqn.2026-11.dev.kume:nobody", target.port(), SessionSettings.windows()));
        assertEquals(InitiatorException.Reason.LOGIN_REFUSED, why.reason());
        assertEquals(LoginStatus.NOT_FOUND, why.loginStatus());
    }

    @Test
    void aPortalThatIsNotThereFailsTheLogin() throws IOException {
        int port;
        try (java.net.ServerSocket free = new java.net.ServerSocket(0)) {
            port = free.getLocalPort();
        }
        InitiatorException why =
                assertThrows(InitiatorException.class, () -> host.login(TARGET, port, SessionSettings.windows()));
        assertEquals(InitiatorException.Reason.CONNECTION_LOST, why.reason());
    }

    @Test
    void whatIsWrittenIsReadAndLiesInTheFile() throws IOException {
        BlockClient disk = host.disk(login(), 3);
        byte[] data = new byte[1 << 20];
        new Random(7).nextBytes(data);
        Host.get(disk.write(100, ByteBuffer.wrap(data), 512, false));
        assertEquals(ByteBuffer.wrap(data), Host.get(disk.read(100, data.length / 512, 512)));
        Host.get(disk.synchronizeCache());
        byte[] file = Files.readAllBytes(image);
        assertArrayEquals(data, java.util.Arrays.copyOfRange(file, 51_200, 51_200 + data.length));
    }

    @Test
    void theDiskSaysWhatItIs() {
        BlockClient disk = host.disk(login(), 3);
        Host.get(disk.testUnitReady());
        assertEquals(new BlockClient.Capacity(DISK_BYTES / 512, 512), Host.get(disk.readCapacity()));
        assertEquals(List.of(3), Host.get(disk.reportLuns()));
        assertEquals("serial-disk", Host.get(disk.serialNumber()));
        assertEquals(0, Host.get(disk.inquiry()).get(0) & 0x1F);
    }

    @Test
    void aCommandThatFailsTellsItsSense() {
        BlockClient disk = host.disk(login(), 3);
        InitiatorException why =
                assertThrows(InitiatorException.class, () -> Host.get(disk.read(DISK_BYTES / 512, 1, 512)));
        assertEquals(InitiatorException.Reason.COMMAND_FAILED, why.reason());
        assertEquals(5, why.result().senseKey());
        assertEquals(0x2100, why.result().additionalSense());
    }

    @Test
    void aPingBringsItsDataBack() {
        ByteBuffer data = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5});
        assertEquals(data, Host.get(login().ping(data)));
    }

    @Test
    void resetsAreAnsweredAndTheNextCommandHearsOfIt() {
        InitiatorSession session = login();
        BlockClient disk = host.disk(session, 3);
        Host.get(disk.testUnitReady());
        assertEquals(
                TaskManagementResponse.FUNCTION_COMPLETE,
                Host.get(session.manage(TaskManagementFunction.LOGICAL_UNIT_RESET, 3)));
        assertEquals(
                TaskManagementResponse.LUN_DOES_NOT_EXIST,
                Host.get(session.manage(TaskManagementFunction.LOGICAL_UNIT_RESET, 77)));
        assertEquals(
                TaskManagementResponse.FUNCTION_COMPLETE,
                Host.get(session.manage(TaskManagementFunction.TARGET_WARM_RESET, 0)));
        Host.get(disk.testUnitReady());
    }

    @Test
    void aTaskThatIsNotUnderWayIsNotAborted() {
        InitiatorSession session = login();
        InitiatorTask task = session.submit(ScsiCommand.read(3, new byte[6], 0));
        Host.get(task.result());
        assertEquals(TaskManagementResponse.TASK_DOES_NOT_EXIST, Host.get(session.abort(task)));
    }

    @Test
    void theSameSessionReturnsAfterALoss() {
        InitiatorSession session = host.login(
                TARGET,
                target.port(),
                SessionSettings.windows()
                        .withTimes(SessionTimes.WINDOWS.withReconnect(java.time.Duration.ofMillis(50))));
        BlockClient disk = host.disk(session, 3);
        long isid = session.isid();
        for (int i = 0; i < 5; i++) {
            ByteBuffer data = ByteBuffer.allocate(512).put(0, (byte) i);
            if (i % 2 == 0) {
                session.drop();
            } else {
                session.vanish();
            }
            Host.get(disk.write(i, data, 512, false));
            assertEquals(data, Host.get(disk.read(i, 1, 512)));
        }
        assertEquals(isid, session.isid());
        assertEquals(6, session.statistics().logins());
        assertEquals(5, session.statistics().losses());
        assertEquals(1, Host.get(target.server().sessions()).size());
    }

    @Test
    void afterTheLogoutNothingIsTaken() {
        InitiatorSession session = login();
        Host.get(session.logout());
        assertEquals(InitiatorSession.State.CLOSED, session.state());
        InitiatorException why = assertThrows(
                InitiatorException.class, () -> Host.get(host.disk(session, 3).testUnitReady()));
        assertEquals(InitiatorException.Reason.CLOSED, why.reason());
        assertTrue(host.diary().losses().isEmpty());
    }
}
