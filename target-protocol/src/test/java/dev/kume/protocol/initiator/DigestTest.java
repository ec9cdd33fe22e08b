package dev.kume.protocol.initiator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.kume.core.Limits;
import dev.kume.protocol.login.OfferedParameters;
import dev.kume.protocol.login.TargetParameters;
import dev.kume.protocol.login.TextKey;
import dev.kume.protocol.pdu.RejectReason;
import dev.kume.protocol.server.LoopbackTarget;
import dev.kume.protocol.server.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * All combinations of digests with real data of all sizes, over a good network and over one that flips bits: nothing
 * that was damaged reaches the disk, every damage is noticed once, and the initiator gets everything done.
 */
final class DigestTest {
    private static final String NAME = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String TARGET = "iqn.2026-11.dev.kume:hv-node1";
    private static final int SESSIONS = 3;
    private static final int REGION_BLOCKS = 2_048;
    private static final int REGION_BYTES = REGION_BLOCKS * CheckingDisk.BLOCK_BYTES;
    private static final int BATCHES = 80;

    /** A damaged TotalAHSLength makes the reader wait for more of the header: only a ping finds that out. */
    private static final SessionTimes TIMES =
            SessionTimes.WINDOWS.withReconnect(Duration.ofMillis(5)).withPing(Duration.ofSeconds(3));

    private final CheckingDisk disk = new CheckingDisk(SESSIONS * REGION_BYTES);

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void dataIsWhatWasWritten(boolean header, boolean data) throws Exception {
        List<DamagingNetwork> networks = run(header, data, Integer.MAX_VALUE);
        assertEquals(0, networks.stream().mapToInt(DamagingNetwork::damaged).sum());
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "true, true"})
    void noDamageReachesTheDisk(boolean header, boolean data) throws Exception {
        List<DamagingNetwork> networks = run(header, data, 60);
        int damaged = networks.stream().mapToInt(DamagingNetwork::damaged).sum();
        assertTrue(damaged > 20, () -> "only %d PDUs were damaged".formatted(damaged));
        if (header) {
            assertTrue(networks.stream().anyMatch(network -> network.damagedAdditionalHeaders > 0));
        }
        if (header && data) {
            assertTrue(networks.stream().allMatch(network -> network.damagedAnswers > 0));
        }
    }

    private List<DamagingNetwork> run(boolean header, boolean data, int oneIn) throws Exception {
        List<DamagingNetwork> networks = new ArrayList<>();
        TargetParameters parameters =
                TargetParameters.of(Limits.DEFAULTS).withInitialR2T(false).withImmediateData(true);
        try (LoopbackTarget target = new LoopbackTarget(Limits.DEFAULTS, parameters, Transport.AUTO);
                Host host = new Host(NAME, 11)) {
            target.map(TARGET, 0, target.unit("disk", disk)).allow(TARGET, NAME);
            target.open(0);
            List<CompletableFuture<Void>> running = new ArrayList<>();
            byte[] model = new byte[SESSIONS * REGION_BYTES];
            for (int i = 0; i < SESSIONS; i++) {
                Random random = new Random(100 + i);
                DamagingNetwork network = new DamagingNetwork(random, header, data, oneIn);
                networks.add(network);
                SessionSettings settings = SessionSettings.windows()
                        .withTimes(TIMES)
                        .withFilter(network)
                        .withOffered(offered(new Random(i)).withDigests(header, data));
                InitiatorSession session =
                        Host.get(host.initiator().login(TARGET, Host.loopback(target.port()), settings, network));
                session.addListener(host.diary());
                Actor actor = new Actor(host.disk(session, 0), i * REGION_BLOCKS, model, new Random(200 + i));
                running.add(CompletableFuture.runAsync(actor::act).thenRun(() -> check(session, network, host)));
            }
            for (CompletableFuture<Void> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
            assertEquals(0, disk.damagedBlocks.get());
            assertTrue(disk.blocksWritten.get() > REGION_BLOCKS);
            assertArrayEquals(model, disk.content());
            assertEquals(List.of(), host.diary().violations());
            assertTrue(host.diary().rejects().stream().allMatch(reason -> reason == RejectReason.DATA_DIGEST_ERROR));
        }
        return networks;
    }

    /** What was damaged costs a connection, or a Reject, or both, as the standard says; and nothing else does. */
    private static void check(InitiatorSession session, DamagingNetwork network, Host host) {
        awaitPing(session);
        SessionStatistics statistics = session.statistics();
        assertEquals(
                network.damagedHeaders + network.damagedAnswers + network.damagedCommands,
                statistics.losses(),
                () -> host.diary().losses().toString());
        assertEquals(network.damagedData + network.damagedCommands, statistics.rejects());
    }

    /** The last damage may still be on its way: what answers a ping has noticed it. */
    private static void awaitPing(InitiatorSession session) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < end) {
            try {
                Host.get(session.ping(ByteBuffer.allocate(0)));
                return;
            } catch (InitiatorException lost) {
                assertEquals(InitiatorException.Reason.CONNECTION_LOST, lost.reason());
            }
        }
        fail("the session does not come back");
    }

    private static OfferedParameters offered(Random random) {
        return OfferedParameters.windows()
                .with(TextKey.INITIAL_R2T, random.nextBoolean() ? "Yes" : "No")
                .with(TextKey.IMMEDIATE_DATA, random.nextBoolean() ? "Yes" : "No")
                .with(TextKey.FIRST_BURST_LENGTH, Integer.toString(1 << 9 + random.nextInt(8)))
                .with(TextKey.MAX_BURST_LENGTH, Integer.toString(1 << 13 + random.nextInt(6)))
                .with(TextKey.MAX_RECV_DATA_SEGMENT_LENGTH, Integer.toString(1 << 9 + random.nextInt(9)));
    }

    /** One user of a region of the disk. Confined to its thread. */
    private record Actor(BlockClient disk, int firstBlock, byte[] model, Random random) {
        void act() {
            for (int batch = 0; batch < BATCHES; batch++) {
                List<CompletableFuture<?>> open = new ArrayList<>();
                int block = random.nextInt(REGION_BLOCKS / 4);
                while (open.size() < 8 && block < REGION_BLOCKS) {
                    int blocks = Math.min(1 + random.nextInt(random.nextInt(6) == 0 ? 700 : 40), REGION_BLOCKS - block);
                    open.add(random.nextBoolean() ? write(block, blocks) : read(block, blocks));
                    block += blocks + random.nextInt(5);
                }
                open.forEach(Host::get);
                longCdb();
            }
        }

        private CompletableFuture<Void> write(int block, int blocks) {
            byte[] bytes = new byte[blocks * CheckingDisk.BLOCK_BYTES];
            random.nextBytes(bytes);
            CheckingDisk.seal(bytes);
            int at = (firstBlock + block) * CheckingDisk.BLOCK_BYTES;
            System.arraycopy(bytes, 0, model, at, bytes.length);
            return disk.write(firstBlock + block, ByteBuffer.wrap(bytes), CheckingDisk.BLOCK_BYTES, false);
        }

        private CompletableFuture<Void> read(int block, int blocks) {
            int at = (firstBlock + block) * CheckingDisk.BLOCK_BYTES;
            byte[] expected = Arrays.copyOfRange(model, at, at + blocks * CheckingDisk.BLOCK_BYTES);
            return disk.read(firstBlock + block, blocks, CheckingDisk.BLOCK_BYTES)
                    .thenAccept(data -> assertEquals(ByteBuffer.wrap(expected), data));
        }

        /** A CDB of 32 bytes travels in an additional header; no such command is known. */
        private void longCdb() {
            byte[] cdb = new byte[32];
            cdb[0] = 0x7F;
            cdb[7] = 24;
            InitiatorException why = assertThrows(
                    InitiatorException.class,
                    () -> Host.get(disk.execute("variable length CDB", ScsiCommand.read(0, cdb, 0))));
            assertEquals(0x2000, why.result().additionalSense());
        }
    }
}
