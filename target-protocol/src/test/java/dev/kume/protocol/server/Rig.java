package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.protocol.login.TargetParameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A target with one scripted disk at LUN 0 of two targets, and the initiators that a test opened. */
final class Rig implements AutoCloseable {
    static final int DISK_BYTES = 8 * 1024 * 1024;
    static final String OTHER_NAME = "iqn.1991-05.com.microsoft:hv-node2";
    static final String OTHER_TARGET = "iqn.2026-11.dev.kume:hv-node2";

    final ScriptedDisk disk = new ScriptedDisk(DISK_BYTES);
    final LoopbackTarget target;
    final LogicalUnit unit;
    private final List<RawInitiator> initiators = new ArrayList<>();

    Rig(Limits limits, Transport transport) {
        TargetParameters parameters =
                TargetParameters.of(limits).withInitialR2T(false).withImmediateData(true);
        target = new LoopbackTarget(limits, parameters, transport);
        unit = target.unit("disk", disk);
        target.map(RawInitiator.TARGET, 0, unit).allow(RawInitiator.TARGET, RawInitiator.NAME);
        target.map(OTHER_TARGET, 0, unit).allow(OTHER_TARGET, OTHER_NAME);
        try {
            target.open(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Rig standard() {
        return new Rig(Limits.DEFAULTS, Transport.AUTO);
    }

    static Rig with(Object... limitsAndValues) {
        Map<Limit, Long> given = new HashMap<>();
        for (int i = 0; i < limitsAndValues.length; i += 2) {
            given.put((Limit) limitsAndValues[i], ((Number) limitsAndValues[i + 1]).longValue());
        }
        return new Rig(Limits.of(given), Transport.AUTO);
    }

    int port() {
        return target.port();
    }

    /** A session without unit attentions, as the first node. */
    RawInitiator session(String... pairs) {
        RawInitiator initiator = keep(RawInitiator.login(port(), pairs));
        initiator.clearAttentions();
        return initiator;
    }

    /** A session without unit attentions, as the other node through the other target. */
    RawInitiator otherSession(String... pairs) {
        RawInitiator initiator = keep(RawInitiator.connect(port())).loggedIn(OTHER_NAME, OTHER_TARGET, pairs);
        initiator.clearAttentions();
        return initiator;
    }

    RawInitiator connect() {
        return keep(RawInitiator.connect(port()));
    }

    RawInitiator keep(RawInitiator initiator) {
        initiators.add(initiator);
        return initiator;
    }

    /** Waits until something is so, at most ten seconds. */
    static void eventually(String what, BooleanSupplier isSo) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!isSo.getAsBoolean()) {
            assertTrue(System.nanoTime() - end < 0, what);
            Thread.onSpinWait();
        }
    }

    /** When all connections are gone nothing of them may be left. */
    @Override
    public void close() throws IOException {
        disk.unblock();
        initiators.forEach(RawInitiator::close);
        try {
            eventually("connections are gone", () -> target.server().connectionCount() == 0);
            assertEquals(0, target.server().dataBytes(), "data buffers that nobody gave back");
            assertEquals(0, target.server().lentChunks(), "output chunks that nobody gave back");
        } finally {
            target.close();
        }
    }
}
