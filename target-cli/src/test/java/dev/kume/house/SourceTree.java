package dev.kume.house;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The checkout this test runs in: every file that people write, as text. Built and hidden folders are left out. */
final class SourceTree {
    private static final Set<String> HIDDEN_BUT_OURS = Set.of(".github", ".ci", ".mvn");

    /** One text file: its path below the root with forward slashes, and its lines. */
    record Source(String path, Path file, List<String> lines) {
        boolean isMainJava() {
            return path.endsWith(".java") && path.contains("/src/main/java/");
        }

        String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    private final Path root;
    private final List<Source> sources;

    private SourceTree(Path root, List<Source> sources) {
        this.root = root;
        this.sources = sources;
    }

    /** Finds the root by walking up to the pom that lists the modules. */
    static SourceTree read() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!isRoot(folder)) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException(
                        "no pom.xml with <modules> above " + Path.of("").toAbsolutePath());
            }
        }
        List<Source> sources = new ArrayList<>();
        Files.walkFileTree(folder, new Reader(folder, sources));
        return new SourceTree(folder, List.copyOf(sources));
    }

    Path root() {
        return root;
    }

    List<Source> all() {
        return sources;
    }

    List<Source> those(Predicate<Source> wanted) {
        return sources.stream().filter(wanted).toList();
    }

    List<Source> java() {
        return those(source -> source.path().endsWith(".java"));
    }

    List<Source> mainJava() {
        return those(Source::isMainJava);
    }

    List<Source> markdown() {
        return those(source -> source.path().endsWith(".md"));
    }

    private static boolean isRoot(Path folder) throws IOException {
        Path pom = folder.resolve("pom.xml");
        return Files.isRegularFile(pom) && Files.readString(pom).contains("<modules>");
    }

    private static final class Reader extends SimpleFileVisitor<Path> {
        private final Path root;
        private final List<Source> sources;

        Reader(Path root, List<Source> sources) {
            this.root = root;
            this.sources = sources;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean hidden = name.startsWith(".") && !HIDDEN_BUT_OURS.contains(name);
            boolean skip = !folder.equals(root) && (hidden || name.equals("target"));
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            boolean link = file.equals(root.resolve(".git")); // In a work tree .git is a file that names a folder.
            if (attributes.isRegularFile() && !link && isText(bytes)) {
                String path = root.relativize(file).toString().replace('\\', '/');
                sources.add(
                        new Source(path, file, new String(bytes, UTF_8).lines().toList()));
            }
            return FileVisitResult.CONTINUE;
        }

        private static boolean isText(byte[] bytes) {
            for (byte b : bytes) {
                if (b == 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
