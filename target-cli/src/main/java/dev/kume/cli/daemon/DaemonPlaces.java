package dev.kume.cli.daemon;

import dev.kume.cli.api.SupportView;
import dev.kume.cli.service.ServicePlaces;
import dev.kume.cli.state.StateRestore;
import dev.kume.cli.support.SupportDocuments;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.cli.terminal.Version;
import dev.kume.core.Limits.Limit;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SnapshotRecord;
import dev.kume.core.store.LocalFiles;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a daemon would work, read from its files without starting it. */
public final class DaemonPlaces {
    private DaemonPlaces() {}

    /** That of this host, by the settings at their usual place. */
    public static ServicePlaces ofThisHost() {
        return of(null);
    }

    /** Puts a backup into a state directory of this host, under the lock that a daemon takes. */
    public static StateRestore restore(Path state) {
        return new StateRestore(state, DurableFiles.OF_THIS_HOST, LocalFiles.ofThisHost());
    }

    /** What the files of a daemon that does not run say for a support bundle. */
    public static SupportView support(@Nullable Path config) {
        try {
            return support(SettingsFile.load(config)).collect(false);
        } catch (DaemonException e) {
            throw new CliException(ExitCode.of(e.exitCode()), e.getMessage());
        }
    }

    static SupportDocuments support(Settings settings) {
        return new SupportDocuments(
                Version.number(),
                settings.stateDirectory(),
                settings.file(),
                settings.log().file(),
                List.of(settings.diskDirectory()));
    }

    /** @param config the settings file; null for the usual one */
    static ServicePlaces of(@Nullable Path config) {
        try {
            Settings settings = SettingsFile.load(config);
            int versionsKept = settings.limits().getInt(Limit.INVENTORY_VERSIONS);
            Inventory inventory =
                    new InventoryFile(settings.stateDirectory(), versionsKept, DurableFiles.OF_THIS_HOST).load();
            List<Integer> ports = settings.portals().stream()
                    .flatMap(portal -> portal.listen().stream())
                    .map(InetSocketAddress::getPort)
                    .distinct()
                    .sorted()
                    .toList();
            return new ServicePlaces(
                    settings.stateDirectory(),
                    settings.diskDirectory(),
                    List.copyOf(folders(settings, inventory)),
                    settings.adminSocket(),
                    ports);
        } catch (DaemonException e) {
            throw new CliException(ExitCode.of(e.exitCode()), e.getMessage());
        }
    }

    /** Of the files of all disks and snapshots, but for the folder that is named anyway. */
    private static NavigableSet<Path> folders(Settings settings, Inventory inventory) {
        NavigableSet<Path> folders = new TreeSet<>();
        for (DiskRecord disk : inventory.disks()) {
            Stream.concat(
                            Stream.of(disk.file()),
                            disk.layers().snapshots().stream().map(SnapshotRecord::file))
                    .map(Path::of)
                    .map(file -> Objects.requireNonNull(file.getParent()))
                    .filter(folder -> !folder.equals(settings.diskDirectory()))
                    .forEach(folders::add);
        }
        return folders;
    }
}
