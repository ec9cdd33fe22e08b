package dev.kume.cli.daemon;

import dev.kume.cli.api.ConfigPlanView;
import dev.kume.cli.api.ErrorCode;
import dev.kume.core.Sizes;
import dev.kume.core.inventory.DiskRecord;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the disks of a plan take on the host at once; those that take it as it is written are not counted. */
final class ConfigSpace {
    private ConfigSpace() {}

    /** What cannot end well is not begun. */
    static void check(ConfigPlanning.Planned planned) {
        for (ConfigPlanView.Space space : of(planned)) {
            Long freeBytes = space.freeBytes();
            if (freeBytes != null && freeBytes < space.neededBytes()) {
                throw new ApiException(
                        ErrorCode.NO_SPACE,
                        "the disks of %s would take %s in %s, and %s are free there"
                                .formatted(
                                        planned.source(),
                                        Sizes.format(space.neededBytes()),
                                        space.directory(),
                                        Sizes.format(freeBytes)),
                        "free space, choose smaller sizes or another file:, or write sparse: true");
            }
        }
    }

    /** For each file system of which something is needed. */
    static List<ConfigPlanView.Space> of(ConfigPlanning.Planned planned) {
        Map<String, Long> needed = new LinkedHashMap<>();
        for (DiskPlanning.Plan plan : planned.made().values()) {
            add(needed, plan.disk(), plan.disk().sizeBytes());
        }
        for (DiskRecord disk : planned.grown()) {
            long before = planned.now().disk(disk.identity().uuid()).sizeBytes();
            add(needed, disk, disk.sizeBytes() - before);
        }
        Map<Object, ConfigPlanView.Space> spaces = new LinkedHashMap<>();
        needed.forEach((directory, bytes) -> {
            FileStore store = store(directory);
            ConfigPlanView.Space space = new ConfigPlanView.Space(directory, bytes, freeBytes(store));
            spaces.merge(
                    store == null ? directory : store,
                    space,
                    (one, other) -> new ConfigPlanView.Space(
                            one.directory(), one.neededBytes() + other.neededBytes(), one.freeBytes()));
        });
        return new ArrayList<>(spaces.values());
    }

    private static void add(Map<String, Long> needed, DiskRecord disk, long bytes) {
        if (!disk.sparse()) {
            String directory =
                    Objects.requireNonNull(Path.of(disk.file()).getParent()).toString();
            needed.merge(directory, bytes, Long::sum);
        }
    }

    private static @Nullable FileStore store(String directory) {
        try {
            return Files.getFileStore(Path.of(directory));
        } catch (IOException e) {
            return null; // Not every host tells; the files themselves will show.
        }
    }

    private static @Nullable Long freeBytes(@Nullable FileStore store) {
        try {
            return store == null ? null : store.getUsableSpace();
        } catch (IOException e) {
            return null; // As above.
        }
    }
}
