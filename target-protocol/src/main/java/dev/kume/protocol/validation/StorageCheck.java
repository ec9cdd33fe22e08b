package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.StepFailure;

/** One of the storage tests of cluster validation. What goes wrong is a {@link StepFailure}. */
interface StorageCheck {
    /** Short and without blanks, for links and scripts. */
    String id();

    String name();

    String description();

    /** It can only be done when the list of shared disks is there. */
    default boolean needsSharedDisks() {
        return true;
    }

    /** It writes to disks, or changes their reservations. */
    default boolean changesDisks() {
        return true;
    }

    /** What fails here does not keep anybody from making a cluster. */
    default boolean isAdvice() {
        return false;
    }

    void run(StorageCluster cluster, StorageSteps steps);
}
