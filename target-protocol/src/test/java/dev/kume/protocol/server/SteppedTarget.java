package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.io.DiskLane;
import dev.kume.core.io.LoopPort;
import dev.kume.core.io.MemoryBudget;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.CommandTable;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitMemory;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.command.Commands;
import dev.kume.core.store.PageCacheRoom;
import dev.kume.protocol.connection.Connection;
import dev.kume.protocol.connection.HostNames;
import dev.kume.protocol.connection.LoginServices;
import dev.kume.protocol.connection.LoopContext;
import dev.kume.protocol.connection.PortalGroup;
import dev.kume.protocol.connection.ServerContext;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.login.TargetParameters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A target on one loop that takes a step when the test says so: no threads, no sockets, and a clock that the test
 * moves. Its network takes everything at once.
 */
final class SteppedTarget implements AutoCloseable {
    private static final InetSocketAddress LOCAL = new InetSocketAddress(InetAddress.getLoopbackAddress(), 3260);

    final ScriptedDisk disk = new ScriptedDisk(Rig.DISK_BYTES);
    final MemoryBudget memory;
    final LoopContext loop;
    private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();
    private final PortalGroup portals = new PortalGroup("stepped", 1, List.of(LOCAL));
    private final ServerContext server;
    private long nowNanos = 1;

    SteppedTarget(Limits limits) {
        Clock clock = new Clock() {
            @Override
            public long nanoTime() {
                return nowNanos;
            }

            @Override
            public Instant now() {
                return Instant.EPOCH.plusNanos(nowNanos);
            }
        };
        memory = new MemoryBudget(limits.get(Limits.Limit.DATA_OUT_BYTES));
        LoopPort port = new LoopPort(0, turns::add, () -> true);
        loop = new LoopContext(port, (delay, unit, action) -> timers.add(action), clock, limits, memory);
        CommandTable commands = Commands.table(limits);
        LogicalUnit unit = new LogicalUnit(
                "disk",
                new UnitIdentity("KUME", "Virtual Disk", "0001", "serial", 0x6123456789abcdefL, 1),
                UnitState.of(disk, BlockGeometry.emulated512(disk.info().sizeBytes())),
                commands,
                new DiskLane(
                        turns::add,
                        clock,
                        4,
                        new PageCacheRoom(PageCacheRoom.VMSTAT, clock, turns::add),
                        limits.getInt(Limits.Limit.INLINE_WRITE_BYTES)),
                List.of(port),
                UnitMemory.NONE,
                64,
                LogicalUnit.Watcher.NONE);
        server = new ServerContext(
                clock,
                limits,
                commands,
                TargetParameters.of(limits).withInitialR2T(false).withImmediateData(true),
                new LoginServices(new Random(1), HostNames.NONE));
        server.targets()
                .publish(List.of(new Target(
                        RawInitiator.TARGET,
                        new Target.Definition("", true, Set.of(RawInitiator.NAME), LunMap.of(Map.of(0, unit))))));
    }

    // ---- steps ------------------------------------------------------------------------------------------------------

    /** One thing that waits for a turn of the loop is done; false when there is none. */
    boolean turn() {
        Runnable next = turns.poll();
        if (next != null) {
            next.run();
        }
        return next != null;
    }

    void settle() {
        while (turn()) {
            // Until nothing is left.
        }
    }

    /** Time passes, a second at a time. */
    void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            nowNanos += 1_000_000_000L;
            List<Runnable> due = List.copyOf(timers);
            timers.clear();
            due.forEach(Runnable::run);
            loop.tick();
            settle();
        }
    }

    int connectionCount() {
        return server.connectionCount();
    }

    /** Errors of our own so far. */
    long bugs() {
        return server.bugs();
    }

    @Override
    public void close() {
        peers.forEach(peer -> peer.channel.close());
        settle();
        for (Peer peer : peers) {
            peer.channel.runPendingTasks();
            settle();
            peer.received();
        }
        assertEquals(0, server.connectionCount(), "connections that have not ended");
        assertEquals(0, memory.takenBytes(), "data buffers that nobody gave back");
        assertEquals(0, loop.lentChunks(), "output chunks that nobody gave back");
        loop.close();
    }

    // ---- peers ------------------------------------------------------------------------------------------------------

    /** A session without unit attentions. */
    Peer session(int isidQualifier, String... pairs) {
        Peer peer = new Peer();
        peers.add(peer);
        List<String> text =
                new ArrayList<>(List.of("InitiatorName=" + RawInitiator.NAME, "TargetName=" + RawInitiator.TARGET));
        text.addAll(List.of(pairs));
        peer.send(WirePdu.of(WirePdu.LOGIN | WirePdu.IMMEDIATE, 0x87)
                .word(8, 0x40000137)
                .word(12, isidQualifier << 16)
                .word(16, 1)
                .word(24, peer.cmdSn)
                .with(RawInitiator.text(text)));
        settle();
        List<WirePdu> answers = peer.received();
        while ((answers.getLast().octet(1) & 0x83) != 0x83) {
            peer.send(WirePdu.of(WirePdu.LOGIN | WirePdu.IMMEDIATE, 0x87)
                    .word(8, 0x40000137)
                    .word(12, isidQualifier << 16)
                    .word(16, 1)
                    .word(24, peer.cmdSn));
            settle();
            answers = peer.received();
        }
        assertEquals(0, answers.getLast().header().getShort(36), "login status");
        for (WirePdu answer = null; answer == null || answer.status() != 0; ) {
            peer.send(peer.command(0x81, 0, new byte[16]));
            settle();
            answer = peer.received().getFirst();
        }
        return peer;
    }

    /** An initiator whose bytes the test carries. */
    final class Peer {
        final Pipe channel = new Pipe();
        private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
        int cmdSn = 1;
        private int nextTag = 0x100;

        private Peer() {
            Connection connection = Connection.accept(server, loop, channel, portals);
            channel.pipeline().addLast(connection);
        }

        WirePdu command(int flags, int expectedBytes, byte[] cdb) {
            WirePdu pdu = WirePdu.of(WirePdu.SCSI_COMMAND, flags);
            pdu.header().put(32, cdb);
            return pdu.word(16, nextTag++).word(20, expectedBytes).word(24, cmdSn++);
        }

        WirePdu read(int lba, int blocks) {
            return command(0xC1, blocks * 512, RawInitiator.cdb10(0x28, lba, blocks));
        }

        WirePdu nopOut(int tag, int targetTransferTag) {
            return WirePdu.of(WirePdu.NOP_OUT | WirePdu.IMMEDIATE, 0x80)
                    .word(16, tag)
                    .word(20, targetTransferTag)
                    .word(24, cmdSn);
        }

        /** Gives PDUs to the target as what one read of the socket brings. */
        void send(WirePdu... pdus) {
            ByteBuf bytes = Unpooled.buffer();
            for (WirePdu pdu : pdus) {
                bytes.writeBytes(pdu.header().array());
                bytes.writeBytes(Arrays.copyOf(pdu.data(), pdu.data().length + 3 & ~3));
            }
            channel.writeInbound(bytes);
        }

        /** All PDUs that have come since the last time. */
        List<WirePdu> received() {
            for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
                byte[] bytes = new byte[each.readableBytes()];
                each.readBytes(bytes).release();
                rest.writeBytes(bytes);
            }
            ByteBuffer all = ByteBuffer.wrap(rest.toByteArray());
            rest.reset();
            List<WirePdu> pdus = new ArrayList<>();
            while (all.hasRemaining()) {
                byte[] header = new byte[48];
                all.get(header);
                byte[] data = new byte[ByteBuffer.wrap(header).getInt(4) & 0xFFFFFF];
                all.get(data);
                all.position(all.position() + (-data.length & 3));
                pdus.add(new WirePdu(ByteBuffer.wrap(header), new byte[0], data));
            }
            return pdus;
        }
    }

    /** A network that takes everything at once, until it breaks. */
    static final class Pipe extends EmbeddedChannel {
        private boolean breaks;

        /** The next write fails as no network does: an error of our own in whatever was about to be said. */
        void breakNextWrite() {
            breaks = true;
        }

        @Override
        public ChannelFuture write(Object message, ChannelPromise promise) {
            if (breaks) {
                breaks = false;
                ReferenceCountUtil.release(message);
                throw new IllegalStateException("a bug made by the test");
            }
            return super.write(message, promise);
        }

        @Override
        protected SocketAddress localAddress0() {
            return LOCAL;
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        }
    }
}
