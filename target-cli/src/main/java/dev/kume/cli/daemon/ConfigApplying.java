package dev.kume.cli.daemon;

import dev.kume.cli.api.ConfigPlanView;
import dev.kume.cli.api.ConfigRequest;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.daemon.ConfigPlanning.Planned;
import dev.kume.cli.daemon.ConfigPlanning.Wanted;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.inventory.DiskRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a plan true, as an operation: the files of new disks first, then larger files for those that grow, then one
 * change of the inventory. Whatever ends it before that leaves everything as it was. Any thread.
 */
final class ConfigApplying {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigApplying.class);
    private static final String KIND = "config apply";

    private final Changes changes;
    private final ConfigPlanning planning;
    private final ConfigFiles files;
    private final ConfigCommit commit;
    private final DiskWork work;
    private final DiskPlaces places;

    ConfigApplying(
            Changes changes,
            ConfigPlanning planning,
            ConfigFiles files,
            ConfigCommit commit,
            DiskWork work,
            DiskPlaces places) {
        this.changes = changes;
        this.planning = planning;
        this.files = files;
        this.commit = commit;
        this.work = work;
        this.places = places;
    }

    /** Plans once more, and begins when that is what was agreed to. */
    OperationView apply(Wanted wanted, ConfigRequest request) {
        // What DNS has to know is asked before the turn of others is held up.
        planning.plan(wanted);
        return changes.inTurn(() -> {
            long version = changes.current().version();
            if (request.planVersion() != null && request.planVersion() != version) {
                throw moved(request.planVersion(), version);
            }
            Planned planned = planning.planInTurn(wanted);
            ConfigPlanView view = planning.view(planned);
            if (!view.confirm().isEmpty() && !Boolean.TRUE.equals(request.force())) {
                throw new ApiException(
                        ErrorCode.GUARD,
                        "%s is not applied: %s".formatted(planned.source(), ConfigViews.some(view.confirm())),
                        "look at the plan, then repeat with --yes");
            }
            return begin(planned);
        });
    }

    static ApiException moved(long planned, long version) {
        return new ApiException(
                ErrorCode.CONFLICT,
                "the plan was made for version %d, and the inventory is at version %d now".formatted(planned, version),
                "nothing was changed; plan again");
    }

    private OperationView begin(Planned planned) {
        List<Path> taken = new ArrayList<>();
        Runnable free = () -> taken.forEach(places::free);
        try {
            for (DiskPlanning.Plan plan : planned.made().values()) {
                Path file = Path.of(plan.disk().file());
                places.take(plan.disk().name(), file);
                taken.add(file);
            }
            for (DiskRecord disk : planned.adopted()) {
                places.take(disk.name(), Path.of(disk.file()));
                taken.add(Path.of(disk.file()));
            }
        } catch (RuntimeException e) {
            free.run();
            throw e;
        }
        return work.start(
                concerned(planned),
                "changed by a plan",
                KIND,
                planned.source(),
                progress -> perform(planned, progress),
                free);
    }

    /** Disks that are there and of which something changes. */
    private static List<DiskRecord> concerned(Planned planned) {
        Set<UUID> adopted = new HashSet<>();
        planned.adopted().forEach(disk -> adopted.add(disk.identity().uuid()));
        return planned.now().disks().stream()
                .filter(disk ->
                        !disk.equals(planned.next().findDisk(disk.identity().uuid())))
                .filter(disk -> !adopted.contains(disk.identity().uuid()))
                .toList();
    }

    /** On an operation's thread. */
    private void perform(Planned planned, DiskFormat.Progress progress) throws IOException {
        if (planned.next().version() == planned.now().version()) {
            return;
        }
        ConfigFiles.Prepared prepared = files.prepare(planned, progress);
        try {
            changes.inTurn(() -> commit.commit(planned, prepared));
        } catch (RuntimeException e) {
            if (!prepared.used()) {
                files.takeBack(prepared, e);
            }
            throw e;
        }
        ServiceEvent.CONFIG_APPLIED.log(LOG, planned.source(), changes.current().version());
    }
}
