package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.SeenDisk;
import java.util.List;

/** Whether disks may be written, asked when they are known. */
@FunctionalInterface
public interface Consent {
    Consent GIVEN = disks -> true;

    /** @param disks those that all nodes see, as the first one does */
    boolean mayWrite(List<SeenDisk> disks);
}
