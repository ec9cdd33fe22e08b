package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.LogicalUnit;
import dev.kume.protocol.server.SectorModel.Write;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One disk behind four targets, with a node at each, on four loops: random reads, writes, flushes and UNMAPs of all of
 * them at once. What was written through one target is read at once through the others, and where two write the same
 * sectors each sector is of one of them.
 *
 * <p>{@code -Dkume.coherence.operations=1000000} runs so many.
 */
final class CoherenceTest {
    private static final int NODES = 4;
    private static final int OPERATIONS =
            Integer.getInteger("kume.coherence.operations", Boolean.getBoolean("kume.full") ? 1_000_000 : 60_000);
    private static final int BATCH = 16;

    /** Few, so that the nodes meet often. */
    private static final int SECTORS = 64;

    private static final int SECTORS_MAX = 8;
    private static final int SECTOR_BLOCKS = SectorModel.SECTOR_BYTES / 512;

    @TempDir
    Path folder;

    @Test
    void whatOneNodeHasWrittenTheOthersReadAtOnce() throws Exception {
        try (LoopbackTarget target = LoopbackTarget.withLoops(NODES)) {
            LogicalUnit unit =
                    target.rawUnit("shared", folder.resolve("shared.raw"), (long) SECTORS * SectorModel.SECTOR_BYTES);
            for (int i = 0; i < NODES; i++) {
                target.map(targetName(i), 0, unit).allow(targetName(i), nodeName(i));
            }
            target.open(0);
            SectorModel model = new SectorModel(SECTORS);
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                RawInitiator initiator = RawInitiator.connect(target.port())
                        .loggedIn(nodeName(i), targetName(i), "InitialR2T=No", "ImmediateData=Yes");
                initiator.clearAttentions();
                nodes.add(new Node(initiator, model, new SplittableRandom(i)));
            }
            assertEquals(Collections.nCopies(NODES, 1), target.server().connectionsOfEachLoop());
            run(nodes);
            nodes.forEach(node -> node.initiator.close());
        }
    }

    private static void run(List<Node> nodes) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(NODES);
        try {
            List<CompletableFuture<Void>> running = new ArrayList<>();
            for (Node node : nodes) {
                running.add(CompletableFuture.runAsync(() -> node.run(OPERATIONS / NODES), threads));
            }
            for (CompletableFuture<Void> each : running) {
                each.get(5, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static String targetName(int node) {
        return "iqn.2026-11.dev.kume:node" + node;
    }

    private static String nodeName(int node) {
        return "iqn.1991-05.com.microsoft:node" + node;
    }

    /** One node with up to {@value BATCH} commands under way. */
    private static final class Node {
        final RawInitiator initiator;
        private final SectorModel model;
        private final SplittableRandom random;
        private final Map<Integer, Write> writes = new HashMap<>();
        private final Map<Integer, Read> reads = new HashMap<>();

        private static final class Read {
            final long begunAt;
            final int first;
            final ByteBuffer data;

            Read(long begunAt, int first, int sectors) {
                this.begunAt = begunAt;
                this.first = first;
                this.data = ByteBuffer.allocate(sectors * SectorModel.SECTOR_BYTES);
            }
        }

        Node(RawInitiator initiator, SectorModel model, SplittableRandom random) {
            this.initiator = initiator;
            this.model = model;
            this.random = random;
        }

        void run(int operations) {
            for (int done = 0; done < operations; ) {
                int batch = Math.min(1 + random.nextInt(BATCH), operations - done);
                for (int i = 0; i < batch; i++) {
                    send();
                }
                for (int ended = 0; ended < batch; ) {
                    ended += hear(initiator.receive()) ? 1 : 0;
                }
                done += batch;
            }
        }

        private void send() {
            int sectors = 1 + random.nextInt(SECTORS_MAX);
            int first = random.nextInt(SECTORS - sectors + 1);
            int lba = first * SECTOR_BLOCKS;
            int blocks = sectors * SECTOR_BLOCKS;
            int kind = random.nextInt(100);
            if (kind < 45) {
                WirePdu command = initiator.read(lba, blocks);
                reads.put(command.initiatorTaskTag(), new Read(model.beginRead(), first, sectors));
                initiator.send(command);
            } else if (kind < 90) {
                Write write = model.beginWrite(first, sectors);
                WirePdu command = initiator.write(lba, blocks).with(SectorModel.data(write));
                command.octet(33, kind < 48 ? 0x08 : 0);
                writes.put(command.initiatorTaskTag(), write);
                initiator.send(command);
            } else if (kind < 98) {
                Write write = model.beginUnmap(first, sectors);
                WirePdu command = unmap(lba, blocks);
                writes.put(command.initiatorTaskTag(), write);
                initiator.send(command);
            } else {
                initiator.send(initiator.command(0, 0x81, 0, RawInitiator.cdb10(0x35, 0, 0)));
            }
        }

        private WirePdu unmap(int lba, int blocks) {
            byte[] list = ByteBuffer.allocate(24)
                    .putShort((short) 22)
                    .putShort((short) 16)
                    .putInt(0)
                    .putLong(lba)
                    .putInt(blocks)
                    .array();
            return initiator
                    .command(0, 0xA1, list.length, RawInitiator.cdb10(0x42, 0, list.length))
                    .with(list);
        }

        /** True when it ends a command. */
        private boolean hear(WirePdu pdu) {
            int tag = pdu.initiatorTaskTag();
            Read read = reads.get(tag);
            if (pdu.opcode() == WirePdu.DATA_IN) {
                read.data.put(pdu.data());
            }
            if (!pdu.takesStatSn()) {
                return false;
            }
            assertEquals(0, pdu.status(), pdu::toString);
            Write write = writes.remove(tag);
            if (write != null) {
                model.end(write);
            } else if (read != null) {
                reads.remove(tag);
                assertEquals(0, read.data.remaining());
                model.endRead(read.begunAt, read.first, read.data.array());
            }
            return true;
        }
    }
}
