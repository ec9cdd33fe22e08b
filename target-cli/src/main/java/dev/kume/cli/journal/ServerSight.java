package dev.kume.cli.journal;

import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.scsi.NexusActivity;
import dev.kume.core.scsi.UnitState;
import dev.kume.protocol.connection.SessionInfo;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the journal sees of the server. Any thread. */
public interface ServerSight {
    /** What every nexus has read and written of a disk; empty when there is none. */
    List<NexusActivity> activity(UUID disk);

    /** The unit of a disk as it is now; null when it has none. */
    @Nullable
    UnitState state(DiskRecord disk);

    /** Tells all sessions, some time later, on whatever thread. */
    void sessions(Consumer<List<SessionInfo>> told);
}
