package dev.kume.protocol.initiator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.LogicalUnit;
import dev.kume.protocol.initiator.InitiatorException.Reason;
import dev.kume.protocol.server.LoopbackTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two sessions through two targets to one disk. */
final class PathGroupTest {
    private static final String NAME = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String TARGET = "iqn.2026-11.dev.kume:path";
    private static final SessionTimes TIMES =
            SessionTimes.WINDOWS_MPIO.withReconnect(Duration.ofMillis(100)).withRequestHold(Duration.ofMillis(10));

    private final LoopbackTarget target = LoopbackTarget.standard();
    private final Host host = new Host(NAME, 4);
    private final CheckingDisk disk = new CheckingDisk(1 << 20);
    private final List<InitiatorSession> sessions = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        LogicalUnit unit = target.unit("disk", disk);
        for (int path = 0; path < 2; path++) {
            target.map(TARGET + path, path, unit).allow(TARGET + path, NAME);
        }
        target.open(0);
        for (int path = 0; path < 2; path++) {
            sessions.add(host.login(
                    TARGET + path, target.port(), SessionSettings.windows().withTimes(TIMES)));
        }
    }

    @AfterEach
    void close() throws IOException {
        host.close();
        target.close();
        assertEquals(List.of(), host.diary().violations());
    }

    private PathGroup group(PathGroup.Policy policy, Duration hold) {
        PathGroup group = new PathGroup(policy, host.loop(), hold, 100);
        for (int path = 0; path < 2; path++) {
            group.add(new RemoteUnit(sessions.get(path), path));
        }
        return group;
    }

    @Test
    void aLostPathLosesNoCommandAndComesBack() {
        PathGroup group = group(PathGroup.Policy.ROUND_ROBIN, Duration.ofSeconds(10));
        BlockClient client = new BlockClient(group, host.loop());
        byte[] data = CheckingDisk.seal(new byte[512]);
        for (int round = 0; round < 6; round++) {
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                writes.add(client.write(i, ByteBuffer.wrap(data), 512, false));
                if (i == 20) {
                    sessions.get(round % 2).drop();
                }
            }
            writes.forEach(Host::get);
        }
        assertTrue(sessions.stream().allMatch(session -> session.statistics().losses() == 3));
        assertEquals(0, disk.damagedBlocks.get());
        assertEquals(ByteBuffer.wrap(data), Host.get(client.read(39, 1, 512)));
    }

    @Test
    void failoverKeepsToTheFirstPathThatIsThere() {
        PathGroup group = group(PathGroup.Policy.FAILOVER, Duration.ofSeconds(10));
        BlockClient client = new BlockClient(group, host.loop());
        Host.get(client.testUnitReady());
        sessions.get(0).close();
        Host.get(client.testUnitReady());
        assertEquals(InitiatorSession.State.CLOSED, sessions.get(0).state());
        Host.get(client.testUnitReady());
    }

    @Test
    void withoutAnyPathCommandsWaitAndThenFail() {
        PathGroup group = group(PathGroup.Policy.FAILOVER, Duration.ofMillis(50));
        sessions.forEach(InitiatorSession::close);
        InitiatorException why = assertThrows(
                InitiatorException.class, () -> Host.get(new BlockClient(group, host.loop()).testUnitReady()));
        assertEquals(Reason.HELD_TOO_LONG, why.reason());
    }

    @Test
    void whatTheDiskSaysIsTheAnswerOnEveryPath() {
        PathGroup group = group(PathGroup.Policy.ROUND_ROBIN, Duration.ofSeconds(10));
        InitiatorException why = assertThrows(
                InitiatorException.class, () -> Host.get(new BlockClient(group, host.loop()).read(1L << 30, 1, 512)));
        assertEquals(Reason.COMMAND_FAILED, why.reason());
        assertEquals(0, group.moved());
    }
}
