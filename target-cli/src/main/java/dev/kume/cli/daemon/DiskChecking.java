package dev.kume.cli.daemon;

import dev.kume.cli.api.CheckView;
import dev.kume.cli.api.DiskCheck;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationResult;
import dev.kume.cli.api.OperationView;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks the structures of disk files: of a disk while it is used, by what it knows; of one that is offline, and of a
 * file that is no disk, by the file alone. Mends closed files only.
 */
final class DiskChecking {
    private static final String KIND = "disk check";

    private final Changes changes;
    private final Operations operations;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final StoreProvider stores;
    private final DiskFormats formats;

    DiskChecking(
            Changes changes,
            Operations operations,
            DiskShelf shelf,
            DiskWork work,
            StoreProvider stores,
            DiskFormats formats) {
        this.changes = changes;
        this.operations = operations;
        this.shelf = shelf;
        this.work = work;
        this.stores = stores;
        this.formats = formats;
    }

    /** Begins to check the file of a disk. */
    OperationView check(String name, DiskCheck request) {
        if (request.file() != null || request.format() != null) {
            throw new ApiException(
                    ErrorCode.INVALID, "file and format are of a file that is no disk", "leave them out");
        }
        boolean repair = Boolean.TRUE.equals(request.repair());
        return changes.inTurn(() -> {
            DiskRecord disk = changes.current().disk(name);
            OpenDisk opened = shelf.find(disk);
            DiskStack stack = opened == null ? null : opened.stack();
            if (repair && stack != null) {
                throw new ApiException(
                        ErrorCode.BUSY,
                        "disk '%s' is not repaired: it is online".formatted(disk.name()),
                        "run 'kume disk offline %s' first, and 'disk online' afterwards".formatted(disk.name()));
            }
            return work.startTelling(disk, "checked", KIND, progress -> check(disk, stack, repair, progress), () -> {});
        });
    }

    /** On an operation's thread. */
    private OperationResult check(
            DiskRecord disk, @Nullable DiskStack stack, boolean repair, DiskFormat.Progress progress)
            throws IOException {
        Path file = Path.of(disk.file());
        try {
            DiskFormat format = formats.byName(disk.format())
                    .orElseThrow(() -> new ApiException(
                            ErrorCode.FAILED, "the format '%s' is not known".formatted(disk.format()), null));
            DiskReport report = stack == null ? closed(file, format, repair, progress) : open(stack, format, progress);
            return OperationResult.of(view(file, format, report));
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw Errors.ofFile(file, "disk '%s' is not checked".formatted(disk.name()), e);
        }
    }

    /** What can be seen while the disk is used. */
    private static DiskReport open(DiskStack stack, DiskFormat format, DiskFormat.Progress progress)
            throws IOException {
        return stack.chain().disk() instanceof MappedDisk mapped
                ? mapped.check(progress)
                : format.check(stack.chain().store(), false, progress);
    }

    private DiskReport closed(Path file, DiskFormat format, boolean repair, DiskFormat.Progress progress)
            throws IOException {
        try (BackingStore store = stores.open(file, !repair)) {
            return format.check(store, repair, progress);
        }
    }

    /** Begins to check a file that is no disk. */
    OperationView checkFile(DiskCheck request) {
        Path file = Requests.absolutePath(Requests.required("file", request.file()));
        boolean repair = Boolean.TRUE.equals(request.repair());
        String refused = "%s is not checked".formatted(file);
        DiskFormat given = request.format() == null ? null : DiskRequests.format(formats, request.format());
        return changes.inTurn(() -> {
            // A disk's file is checked as the disk's.
            Disks.checkFileFree(changes.current(), file.toString());
            if (!Files.isRegularFile(file)) {
                throw UnfinishedFiles.exists(file)
                        ? new ApiException(
                                ErrorCode.INVALID,
                                "%s: it is not a regular file".formatted(refused),
                                "name a disk file")
                        : new ApiException(
                                ErrorCode.NOT_FOUND, "there is no file %s on the server".formatted(file), null);
            }
            return operations.startTelling(KIND, file.toString(), progress -> {
                try {
                    return checkFile(file, given, repair, progress);
                } catch (InterruptedIOException e) {
                    throw e;
                } catch (IOException e) {
                    throw Errors.ofFile(file, refused, e);
                }
            });
        });
    }

    private OperationResult checkFile(
            Path file, @Nullable DiskFormat given, boolean repair, DiskFormat.Progress progress) throws IOException {
        try (BackingStore store = stores.open(file, !repair)) {
            DiskFormat format = given == null ? formats.probe(store) : given;
            return OperationResult.of(view(file, format, format.check(store, repair, progress)));
        }
    }

    private static CheckView view(Path file, DiskFormat format, DiskReport report) {
        return new CheckView(
                file.toString(),
                format.name(),
                report.clean(),
                report.findings().stream()
                        .map(finding -> new CheckView.Finding(
                                finding.severity().name().toLowerCase(Locale.ROOT),
                                finding.field(),
                                finding.problem(),
                                finding.repaired()))
                        .toList(),
                report.more(),
                report.blocks(),
                report.leakedBytes());
    }
}
