package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.SeenDisk;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import java.util.HashSet;
import java.util.Set;

/** Each disk has identifiers that clusters accept, the same on all nodes and different from all other disks'. */
final class VitalProductDataCheck implements StorageCheck {
    @Override
    public String name() {
        return "Validate SCSI device Vital Product Data (VPD)";
    }

    @Override
    public String description() {
        return "Checks that each disk has a unique identifier in page 83h and a serial number in page 80h.";
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        Set<String> identifiers = new HashSet<>();
        Set<String> serials = new HashSet<>();
        Set<String> signatures = new HashSet<>();
        for (SharedDisk disk : cluster.shared()) {
            for (NodeDisk each : disk.onNodes()) {
                SeenDisk seen = each.seen();
                StepFailure.unless(
                        !seen.identifier().isEmpty(),
                        "disk %s does not support the required VPD descriptors".formatted(disk.serial()));
                StepFailure.unless(!seen.serial().isEmpty(), "a disk has no serial number on node " + each.node());
                StepFailure.unless(
                        seen.looksLike(disk.onNodes().getFirst().seen()),
                        "disk %s looks different from node %s".formatted(disk.serial(), each.node()));
            }
            SeenDisk seen = disk.onNodes().getFirst().seen();
            StepFailure.unless(
                    identifiers.add(seen.identifier())
                            && serials.add(seen.serial())
                            && signatures.add(seen.signature()),
                    "disk %s is not the only one with its identifiers".formatted(disk.serial()));
            steps.say(
                    "identifier %s".formatted(seen.identifier()), disk.onNodes().getFirst());
        }
    }
}
