package dev.kume.protocol.initiator;

import java.util.concurrent.CompletableFuture;

/** Something that carries out commands for one logical unit: a session's unit, or several paths to it. */
@FunctionalInterface
public interface ScsiDevice {
    /** Carries a command out; the LUN in it does not matter. Fails with an {@link InitiatorException}. */
    CompletableFuture<ScsiResult> execute(ScsiCommand command);
}
