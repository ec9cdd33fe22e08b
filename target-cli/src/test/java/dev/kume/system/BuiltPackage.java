package dev.kume.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Debian package of the distribution that is tested, built once for all tests, and a newer one of the same. */
public final class BuiltPackage {
    public static final String VERSION = "0.1.0";
    public static final String NEWER_VERSION = "0.1.1";

    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static @Nullable Path built;
    private static @Nullable Path newer;

    private BuiltPackage() {}

    /** Version {@link #VERSION}, by scripts/package. */
    public static synchronized Path file() throws IOException {
        Path made = built;
        if (made == null) {
            Path folder = Clients.checkout().resolve(Path.of("target-cli", "target", "deb"));
            bash("rm -rf %2$s && %1$s/scripts/package --deb --quick --version %3$s --out %2$s"
                    .formatted(Clients.checkout(), folder, VERSION));
            try (var files = Files.newDirectoryStream(folder, "*.deb")) {
                made = files.iterator().next();
            }
            built = made;
        }
        return made;
    }

    /** The same package once more, as {@link #NEWER_VERSION}. */
    public static synchronized Path newer() throws IOException {
        Path made = newer;
        if (made == null) {
            Path folder = file().resolveSibling("newer");
            made = folder.resolveSibling("newer.deb");
            bash("""
                    dpkg-deb -R %1$s %2$s
                    sed -i 's/^Version: .*/Version: %3$s/' %2$s/DEBIAN/control
                    dpkg-deb --root-owner-group -Zgzip -z1 --build %2$s %4$s
                    rm -rf %2$s""".formatted(file(), folder, NEWER_VERSION, made));
            newer = made;
        }
        return made;
    }

    private static void bash(String script) {
        Program.run(LIMIT, Map.of("KUME_UNDER_TEST", "yes"), List.of("bash", "-euc", script))
                .outOfSuccess();
    }
}
