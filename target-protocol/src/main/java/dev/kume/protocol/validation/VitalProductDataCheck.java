package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.SeenDisk;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import java.util.HashSet;
import java.util.Set;

/** Each disk has identifiers that clusters accept, the same on all nodes and different from all other disks'. */
final class VitalProductDataCheck implements StorageCheck {
    private static final String BLANK = "00000000";

    @Override
    public String id() {
        return "vital-product-data";
    }

    @Override
    public String name() {
        return "Validate SCSI device Vital Product Data (VPD)";
    }

    @Override
    public String description() {
        return "Checks that each disk has a unique identifier in page 83h and a serial number in page 80h.";
    }

    @Override
    public boolean changesDisks() {
        return false;
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        Set<String> identifiers = new HashSet<>();
        Set<String> serials = new HashSet<>();
        Set<String> signatures = new HashSet<>();
        for (SharedDisk disk : cluster.shared()) {
            for (NodeDisk each : disk.onNodes()) {
                check(steps, each, disk.onNodes().getFirst().seen());
            }
            NodeDisk first = disk.onNodes().getFirst();
            SeenDisk seen = first.seen();
            steps.because("two disks with one identity are one disk to MPIO, which would mix their data");
            boolean unique = identifiers.add(seen.identifier())
                    && serials.add(seen.serial())
                    && (seen.signature().equals(BLANK) || signatures.add(seen.signature()));
            if (!unique) {
                throw StepFailure.wrong(
                        StorageSteps.from("comparing identities", first),
                        "identifiers that no other disk has",
                        "another disk with the same identifier, serial number or signature");
            }
            steps.say("identifier %s, serial %s".formatted(seen.identifier(), seen.serial()), first);
        }
    }

    private static void check(StorageSteps steps, NodeDisk disk, SeenDisk asFirst) {
        SeenDisk seen = disk.seen();
        steps.because("by this identifier Windows knows a disk again, on every node and after every restart");
        if (seen.identifier().isEmpty()) {
            throw StepFailure.wrong(
                    StorageSteps.from("reading VPD page 83h", disk),
                    "a designator of the logical unit of type SCSI name string, NAA or EUI-64",
                    "none");
        }
        if (seen.serial().isEmpty()) {
            throw StepFailure.wrong(StorageSteps.from("reading VPD page 80h", disk), "a serial number", "none");
        }
        if (!seen.looksLike(asFirst)) {
            throw StepFailure.wrong(
                    StorageSteps.from("comparing what the nodes see", disk),
                    "what the first node sees, %s".formatted(asFirst),
                    seen.toString());
        }
    }
}
