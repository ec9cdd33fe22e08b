package dev.kume.protocol.initiator;

import java.util.concurrent.CompletableFuture;

/** One logical unit through one session. */
public record RemoteUnit(InitiatorSession session, int lun) implements ScsiDevice {
    @Override
    public CompletableFuture<ScsiResult> execute(ScsiCommand command) {
        return session.execute(command.withLun(lun));
    }
}
