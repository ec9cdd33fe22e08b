package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.PersistentReserve.Action;
import dev.kume.protocol.cluster.PersistentReserve.Request;
import dev.kume.protocol.initiator.BlockClient;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.SessionSettings;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A node of a cluster as its storage sees it: paths, looks at disks, and reservations with a key of its own. */
final class EmulatedNode implements AutoCloseable {
    private static final int BLOCK_BYTES = 512;

    private final String iqn;
    private final String target;
    private final long key;
    private final List<InetSocketAddress> portals;
    private InitiatorHost host;
    private final List<InitiatorSession> paths = new ArrayList<>();

    EmulatedNode(String iqn, String target, long key, List<InetSocketAddress> portals) {
        this.iqn = iqn;
        this.target = target;
        this.key = key;
        this.portals = List.copyOf(portals);
        this.host = new InitiatorHost(iqn);
    }

    long key() {
        return key;
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    void lookForTargets() {
        get(host.discover(portals.getFirst()));
    }

    /** A path through each portal, and the first look at each disk. */
    void connect() {
        for (InetSocketAddress portal : portals) {
            paths.add(get(host.login(portal, target, SessionSettings.windows())));
        }
        for (int lun : get(host.disk(paths.getFirst(), 0).reportLuns())) {
            get(host.disk(paths.getFirst(), lun).read(0, 1, BLOCK_BYTES));
        }
    }

    void write(int lun) {
        get(host.disk(paths.getFirst(), lun).write(64, ByteBuffer.allocate(BLOCK_BYTES), BLOCK_BYTES, false));
    }

    /** On every path, as MPIO does it. */
    void register(int lun) {
        paths.forEach(path -> ask(path, lun, new Request(Action.REGISTER_AND_IGNORE_EXISTING_KEY, 0, key)));
    }

    void reserve(int lun) {
        ask(paths.getFirst(), lun, new Request(Action.RESERVE, key, 0));
    }

    /** Gives a disk up in order: the reservation first, then all registrations. */
    void release(int lun) {
        ask(paths.getFirst(), lun, new Request(Action.RELEASE, key, 0));
        paths.forEach(path -> ask(path, lun, new Request(Action.REGISTER_AND_IGNORE_EXISTING_KEY, 0, 0)));
    }

    /** Takes a disk from a node that does not defend it any more. */
    void preempt(int lun, long victim) {
        ask(paths.getFirst(), lun, new Request(Action.PREEMPT, key, victim));
    }

    private void ask(InitiatorSession path, int lun, Request request) {
        BlockClient disk = host.disk(path, lun);
        int status = get(disk.execute(request.toString(), request.command())).status();
        assertEquals(ScsiStatus.GOOD, status, () -> iqn + ": " + request);
    }

    /** The power is gone. */
    void die() {
        paths.clear();
        assertEquals(List.of(), host.violations());
        host.close();
    }

    /** The power is back, and the node has booted. */
    void comeBack() {
        host = new InitiatorHost(iqn);
        connect();
    }

    @Override
    public void close() {
        die();
    }
}
