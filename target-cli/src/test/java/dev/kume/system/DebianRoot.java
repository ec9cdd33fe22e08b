package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A bare Debian without Java and without systemd, in a folder: what is typed in it runs there as root. */
final class DebianRoot {
    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final String ENTER = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" \"$@\"";

    private final Path root;

    private DebianRoot(Path root) {
        this.root = root;
    }

    /** Unpacks the root that scripts/lib/debian-root.sh makes once for all tests. */
    static DebianRoot unpack(Path folder) {
        String make = """
                KUME_ROOT=%s
                . "$KUME_ROOT/scripts/lib/debian-root.sh"
                file=$(debian_root debian bookworm adduser,init-system-helpers)
                mkdir -p %s
                tar -C %s -xf "$file" --exclude=./dev""".formatted(Clients.checkout(), folder, folder);
        Program.run(LIMIT, "bash", "-euc", make).outOfSuccess();
        Program.run(
                        LIMIT,
                        "bash",
                        "-euc",
                        "mkdir -p %s/dev; for each in null zero random urandom tty; do cp -a /dev/$each %s/dev/; done"
                                .formatted(folder, folder))
                .outOfSuccess();
        return new DebianRoot(folder);
    }

    /** A file of this root. */
    Path file(String name) {
        return root.resolve(name);
    }

    Program.Result run(String... words) {
        return Program.run(LIMIT, Map.of("LC_ALL", "C.UTF-8", "DEBIAN_FRONTEND", "noninteractive"), entered(words));
    }

    /** What must end with 0; its output. */
    String done(String... words) {
        Program.Result result = run(words);
        assertEquals(0, result.exitCode(), result::toString);
        return result.out();
    }

    Process start(Path log, String... words) throws IOException {
        return new ProcessBuilder(entered(words))
                .redirectErrorStream(true)
                .redirectInput(new java.io.File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private List<String> entered(String... words) {
        return Program.words("unshare", "--mount", "sh", "-c", ENTER, root, List.of(words));
    }
}
