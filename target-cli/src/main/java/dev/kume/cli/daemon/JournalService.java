package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.files.Causes;
import dev.kume.cli.journal.ClusterJournal;
import dev.kume.cli.journal.JournalEvent;
import dev.kume.cli.journal.JournalFiles;
import dev.kume.cli.journal.ServerSight;
import dev.kume.cli.ownership.Hosts;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.scsi.NexusActivity;
import dev.kume.core.scsi.UnitState;
import dev.kume.protocol.connection.SessionInfo;
import dev.kume.protocol.server.IscsiServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The journal of clusters as the daemon runs it: its thread, its files, and what it looks at. Any thread. */
final class JournalService implements AutoCloseable {
    private static final long LOOK_MILLIS = 1_000;
    private static final long ANSWER_SECONDS = 5;
    private static final long END_SECONDS = 2;

    private final Clock clock;
    private final ClusterJournal journal;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("kume-journal").daemon(true).factory());

    JournalService(Path stateDirectory, Clock clock, Limits limits, IscsiServer server, IscsiExports exports) {
        this.clock = clock;
        journal = new ClusterJournal(
                new JournalFiles(
                        stateDirectory.resolve("timeline"),
                        limits.get(Limit.TIMELINE_BYTES),
                        JournalFiles.Opener.OF_THIS_HOST),
                clock,
                thread,
                exports::published,
                new Sight(server, exports));
        server.watchSessions(journal);
        exports.journal(this);
    }

    private record Sight(IscsiServer server, IscsiExports exports) implements ServerSight {
        @Override
        public List<NexusActivity> activity(UUID disk) {
            DiskRecord record = exports.published().findDisk(disk);
            return record == null ? List.of() : Hosts.activity(exports.activity(record));
        }

        @Override
        public @Nullable UnitState state(DiskRecord disk) {
            return exports.unitState(disk);
        }

        @Override
        public void sessions(Consumer<List<SessionInfo>> told) {
            var _ = server.sessions().thenAccept(told);
        }
    }

    /** All disks are there, and nobody is served yet. */
    void begin(String version) {
        journal.started(version);
        var _ = thread.scheduleWithFixedDelay(journal::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Tells a service that may not be there. */
    static void changed(@Nullable JournalService told, DiskRecord disk, UnitState before, UnitState after) {
        if (told != null) {
            told.journal.changed(disk.identity().uuid(), before, after);
        }
    }

    /** Everything that has happened up to now, as far as the files reach back. */
    Past past() {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        journal.flush(() -> durable.complete(null));
        try {
            durable.get(ANSWER_SECONDS, TimeUnit.SECONDS);
            List<JournalEvent> events = new ArrayList<>();
            journal.read(events::add);
            return new Past(clock.now(), events);
        } catch (IOException | ExecutionException e) {
            throw new ApiException(
                    ErrorCode.FAILED,
                    "the journal of the clusters cannot be read: " + Causes.of(e),
                    "look after the folder timeline of the state directory");
        } catch (TimeoutException e) {
            throw new ApiException(
                    ErrorCode.TIMED_OUT,
                    "the journal of the clusters is not written in %d seconds".formatted(ANSWER_SECONDS),
                    "look after the state directory's device, then ask again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorCode.BUSY, "the daemon stops", null);
        }
    }

    /** The sessions have ended; what they have left to be told is written. */
    @Override
    public void close() {
        journal.stopped();
        thread.shutdown();
        try {
            if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
