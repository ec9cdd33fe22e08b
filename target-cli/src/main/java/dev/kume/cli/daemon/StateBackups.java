package dev.kume.cli.daemon;

import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.BackupView;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.StateBackup;
import dev.kume.cli.files.Causes;
import dev.kume.cli.state.Backup;
import dev.kume.cli.state.ImageSight;
import dev.kume.cli.state.StateException;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/state/backup}: the state of one moment, while everything is served. No change is made while its files
 * are read; reservations are, each disk's as it is durable then.
 */
final class StateBackups {
    private static final Logger LOG = LoggerFactory.getLogger(StateBackups.class);
    private static final List<String> FILES =
            List.of("inventory.yaml", "target-ports.yaml", "initiators.yaml", "cluster-keys.yaml", "history");
    private static final List<String> SECRETS = List.of("secrets", "tokens.yaml", "tls/server.pem", "tls/server.key");
    private static final Set<String> ENDINGS_OF_LEFTOVERS = Set.of(".new", ".damaged");

    private final Settings settings;
    private final HostSystem system;
    private final Changes changes;
    private final UnitMemories memories;
    private final Supplier<String> metrics;

    /** @param metrics the page of now; it waits for event loops */
    StateBackups(
            Settings settings, HostSystem system, Changes changes, UnitMemories memories, Supplier<String> metrics) {
        this.settings = settings;
        this.system = system;
        this.changes = changes;
        this.memories = memories;
        this.metrics = metrics;
    }

    ApiAnswer answer(ApiRequest request) {
        if (!request.method().equals("POST")
                || request.path().size() != 2
                || !request.path().getLast().equals("backup")) {
            throw request.unsupported();
        }
        request.allowParameters(Set.of());
        return ApiAnswer.created(make(request.body(ApiJson.strict(), StateBackup.class)));
    }

    /** {@code GET /v1/support}. */
    ApiAnswer support(ApiRequest request) {
        if (!request.method().equals("GET") || request.path().size() != 1) {
            throw request.unsupported();
        }
        request.allowParameters(Set.of());
        return ApiAnswer.ok(
                DaemonPlaces.support(settings).with("metrics.txt", metrics).collect(true));
    }

    private BackupView make(StateBackup wanted) {
        Path file = place(wanted.file());
        boolean force = Boolean.TRUE.equals(wanted.force());
        if (Files.exists(file)) {
            checkReplaceable(file, force);
        }
        try {
            checkPlace(file);
            Backup backup = changes.inTurn(() -> collect(file, Boolean.TRUE.equals(wanted.withSecrets())));
            system.files().replacePrivateContent(file, backup.pack());
            return backup.about();
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.FAILED,
                    "the backup %s cannot be written: %s".formatted(file, Causes.of(e)),
                    "name a file in a folder that is there, and that the daemon may write to");
        }
    }

    /** By force too, an earlier backup is all that may go: a mistyped name must not cost a disk. */
    private static void checkReplaceable(Path file, boolean force) {
        String remedy = "name another file";
        if (Files.isRegularFile(file)) {
            try {
                Backup.read(file);
                if (force) {
                    return;
                }
                remedy = "name another file, or repeat with --force";
            } catch (StateException e) {
                LOG.debug("{} is no backup: {}", file, e.getMessage());
            }
        }
        throw new ApiException(ErrorCode.CONFLICT, "%s exists already".formatted(file), remedy);
    }

    private void checkPlace(Path file) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent()).toRealPath();
        Path state = settings.stateDirectory().toRealPath();
        if (!Backup.isOutside(state, folder.resolve(Objects.requireNonNull(file.getFileName())))) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s would be among the files of the state itself".formatted(file),
                    "name a file in another folder");
        }
    }

    private static Path place(@Nullable String file) {
        try {
            Path place = file == null ? null : Path.of(file);
            if (place != null && place.isAbsolute() && place.getParent() != null) {
                return place.normalize();
            }
        } catch (InvalidPathException e) {
            // As below.
        }
        throw new ApiException(ErrorCode.INVALID, "file must be the whole path of the backup", "see docs/backup.md");
    }

    private Backup collect(Path file, boolean withSecrets) throws IOException {
        Inventory inventory = changes.current();
        Map<String, byte[]> files = new TreeMap<>();
        Path state = settings.stateDirectory();
        for (String entry : FILES) {
            add(state, state.resolve(entry), files);
        }
        if (withSecrets) {
            for (String entry : SECRETS) {
                add(state, state.resolve(entry), files);
            }
        }
        List<BackupView.Disk> disks = new ArrayList<>();
        for (DiskRecord disk : inventory.disks()) {
            byte[] record = memories.record(disk);
            if (record != null) {
                files.put("units/" + disk.identity().uuid() + ".state", record);
            }
            disks.add(view(disk));
        }
        Path kumeYaml = settings.file();
        if (kumeYaml != null && Files.isRegularFile(kumeYaml)) {
            files.put("kume.yaml", Files.readAllBytes(kumeYaml));
        }
        BackupView about = new BackupView(
                file.toString(),
                system.clock().now(),
                system.version(),
                system.name(),
                Backup.schemaVersion(),
                inventory.version(),
                withSecrets,
                Backup.members(files),
                disks);
        return new Backup(about, files);
    }

    private static void add(Path state, Path entry, Map<String, byte[]> files) throws IOException {
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> all = Files.list(entry)) {
                for (Path each : all.toList()) {
                    add(state, each, files);
                }
            }
        } else if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)
                && ENDINGS_OF_LEFTOVERS.stream().noneMatch(entry.toString()::endsWith)) {
            String name = state.relativize(entry).toString().replace('\\', '/');
            if (Backup.hasPlaceFor(name)) { // Whatever else somebody has put there is not Kume's, and stays there.
                files.put(name, Files.readAllBytes(entry));
            }
        }
    }

    private static BackupView.Disk view(DiskRecord disk) {
        ImageSight sight;
        try {
            sight = ImageSight.of(Path.of(disk.file()));
        } catch (IOException e) {
            sight = null;
        }
        return new BackupView.Disk(
                disk.name(),
                disk.identity().uuid().toString(),
                disk.identity().naa(),
                disk.file(),
                disk.format(),
                disk.sizeBytes(),
                sight == null ? null : sight.uniqueId(),
                sight == null ? null : sight.bytes());
    }
}
