package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.InventoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where disk files may lie, and which names and files are taken by what is being made. The provisioning thread's. */
final class DiskPlaces {
    private static final int NUMBER_MAX = 1000;
    private static final List<String> EXTENSIONS = List.of(".vhdx", ".vhd", ".avhdx", ".avhd", ".img", ".raw");

    private record Taken(String name, Path file) {}

    private final Settings settings;
    private final Changes changes;
    private final List<Taken> taken = new ArrayList<>();

    DiskPlaces(Settings settings, Changes changes) {
        this.settings = settings;
        this.changes = changes;
    }

    /** Name and file are taken until {@link #free}. */
    void take(String name, Path file) {
        taken.add(new Taken(name, file));
    }

    void free(Path file) {
        taken.removeIf(each -> each.file().equals(file));
    }

    /** Refuses a name, or a file, that something is being made for. */
    void checkNotTaken(String name, @Nullable Path file) {
        for (Taken each : taken) {
            if (each.name().equalsIgnoreCase(name) || each.file().equals(file)) {
                throw new ApiException(
                        ErrorCode.CONFLICT,
                        "disk '%s' (%s) is being created".formatted(each.name(), each.file()),
                        "wait for it, or choose another name and file");
            }
        }
    }

    /** A free name in the directory of a disk's file: with another ending, or with a number before it. */
    Path beside(Path file, String extension) {
        String name = String.valueOf(file.getFileName());
        for (String known : EXTENSIONS) {
            if (name.length() > known.length() && name.endsWith(known)) {
                name = name.substring(0, name.length() - known.length());
                break;
            }
        }
        for (int number = 1; number < NUMBER_MAX; number++) {
            Path candidate = file.resolveSibling(name + (number == 1 ? "" : "-" + number) + extension);
            if (isFree(candidate)) {
                return candidate;
            }
        }
        throw new ApiException(
                ErrorCode.CONFLICT, "there is no free name for a file beside %s".formatted(file), "choose a --file");
    }

    private boolean isFree(Path file) {
        try {
            Disks.checkFileFree(changes.current(), file.toString());
        } catch (InventoryException e) {
            return false;
        }
        return taken.stream().noneMatch(each -> each.file().equals(file)) && !UnfinishedFiles.exists(file);
    }

    /** Refuses a place for a new file that is not free, or not fit for one. */
    void checkFree(Path file, String refused) {
        Disks.checkFileFree(changes.current(), file.toString());
        for (Taken each : taken) {
            if (each.file().equals(file)) {
                throw new ApiException(
                        ErrorCode.CONFLICT,
                        "%s: %s is being made for disk '%s'".formatted(refused, file, each.name()),
                        "choose another --file");
            }
        }
        check(file, refused, true);
    }

    /** @param given true when it was asked for; else it lies in the disk directory, which is made when it must be */
    void check(Path file, String refused, boolean given) {
        Path directory = Objects.requireNonNull(file.getParent());
        if (!given) {
            try {
                StateDirectory.create(directory);
            } catch (IOException e) {
                throw Errors.ofFile(directory, refused, e);
            }
        }
        if (!Files.isDirectory(directory)) {
            throw new ApiException(
                    ErrorCode.NOT_FOUND,
                    "%s: there is no directory %s on the server".formatted(refused, directory),
                    "make it, or choose another --file");
        }
        if (UnfinishedFiles.exists(file)) {
            throw Errors.existing(file, refused);
        }
        if (given && isInState(file)) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "%s: %s would lie among the daemon's own files".formatted(refused, file),
                    "choose a --file in %s, or outside of it".formatted(settings.diskDirectory()));
        }
    }

    /** True when the file lies among the daemon's own, also by way of symbolic links. */
    boolean isInState(Path file) {
        Path directory = Objects.requireNonNull(file.getParent());
        try {
            Path real = directory.toRealPath();
            boolean inDisks = Files.isDirectory(settings.diskDirectory())
                    && real.startsWith(settings.diskDirectory().toRealPath());
            return real.startsWith(settings.stateDirectory().toRealPath()) && !inDisks;
        } catch (IOException e) {
            // What cannot be resolved is judged by its name, and refused by its own check.
            return file.startsWith(settings.stateDirectory()) && !file.startsWith(settings.diskDirectory());
        }
    }
}
