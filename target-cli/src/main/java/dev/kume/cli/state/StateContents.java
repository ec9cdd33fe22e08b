package dev.kume.cli.state;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a state directory is made of. Disk images may lie inside it, and are no part of it. */
final class StateContents {
    /** Files and folders that say what is provisioned and who has which right; what happened is not among them. */
    static final List<String> ENTRIES = List.of(
            "inventory.yaml",
            "history",
            "target-ports.yaml",
            "units",
            "secrets",
            "tokens.yaml",
            "tls",
            "initiators.yaml",
            "cluster-keys.yaml",
            "unfinished",
            "growing",
            "cloning");

    /** Where copies go. */
    static final String BACKUP = "backup";

    private StateContents() {}

    /** The entries that are there, with something in them. */
    static List<Path> present(Path state) {
        return ENTRIES.stream()
                .map(state::resolve)
                .filter(entry -> Files.exists(entry, LinkOption.NOFOLLOW_LINKS) && !isEmptyFolder(entry))
                .toList();
    }

    private static boolean isEmptyFolder(Path entry) {
        try (Stream<Path> content = Files.list(entry)) {
            return content.findFirst().isEmpty();
        } catch (IOException e) {
            return false; // A file, or a folder that tells nothing.
        }
    }

    /** All regular files of the entries, relative and in order. Links are none of Kume's, and left out. */
    static List<Path> files(Path state) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path entry : present(state)) {
            Files.walkFileTree(entry, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        files.add(state.relativize(file));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return files.stream().sorted().toList();
    }

    /** Makes a directory, and those above it, for this user alone; leaves one that exists as it is. */
    static void create(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = Objects.requireNonNull(directory.toAbsolutePath().getParent());
        create(parent);
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectory(directory);
        }
    }

    /** Removes a folder with all that is in it, following no links. */
    static void remove(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
