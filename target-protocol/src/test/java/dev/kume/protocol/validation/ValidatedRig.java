package dev.kume.protocol.validation;

import dev.kume.core.Clock;
import dev.kume.protocol.cluster.ArbitrationTimes;
import dev.kume.protocol.cluster.ClusterNode;
import dev.kume.protocol.cluster.ClusterRig;
import dev.kume.protocol.server.LoopbackTarget;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** A validator against the targets of a rig, with what a test wants to put between them. */
final class ValidatedRig {
    /** Added to what the validator's clock shows. */
    final AtomicLong skewNanos = new AtomicLong();

    final Stop stop = new Stop();
    Consent consent = Consent.GIVEN;
    ClusterNode.Wire wire = ClusterNode.Wire.NONE;
    StorageValidation.Progress progress = StorageValidation.Progress.NONE;
    Duration step = Duration.ofSeconds(30);
    boolean restores;
    int paths = 1;
    int lun = -1;

    private final ClusterRig rig;

    ValidatedRig(ClusterRig rig) {
        this.rig = rig;
    }

    private final class SkewedClock implements Clock {
        @Override
        public long nanoTime() {
            return LoopbackTarget.CLOCK.nanoTime() + skewNanos.get();
        }

        @Override
        public Instant now() {
            return LoopbackTarget.CLOCK.now();
        }
    }

    ValidationReport run() {
        return run(rig.portal(), rig.target(0), rig.target(1));
    }

    ValidationReport run(InetSocketAddress portal, String... targets) {
        List<ClusterValidator.Node> nodes = new ArrayList<>();
        for (int i = 0; i < targets.length; i++) {
            ClusterValidator.Path path = new ClusterValidator.Path(
                    "iqn.1991-05.com.microsoft:hv-node" + i,
                    null,
                    targets[i],
                    portal,
                    number -> lun < 0 || number == lun);
            nodes.add(new ClusterValidator.Node("hv-node" + i, java.util.Collections.nCopies(paths, path)));
        }
        return new ClusterValidator(new SkewedClock(), new Random(11), wire, step)
                .run(
                        "HV",
                        nodes,
                        new ClusterValidator.Manner(
                                ArbitrationTimes.scaled(Duration.ofMillis(100)),
                                stop,
                                consent,
                                progress,
                                restores,
                                List.of()));
    }

    static TestResult named(ValidationReport report, String id) {
        return report.results().stream()
                .filter(result -> result.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
