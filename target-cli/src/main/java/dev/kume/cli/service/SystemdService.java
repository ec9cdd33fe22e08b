package dev.kume.cli.service;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Kume as a service of systemd: by a unit of its own where it was unpacked, by the package's where that has one. */
public final class SystemdService implements HostService {
    private static final String UNIT = "kume.service";
    private static final String USER = "kume";
    private static final int LOG_LINES = 10;
    private static final List<String> PACKAGED = List.of("usr/lib/systemd/system", "lib/systemd/system");

    private final Path root;
    private final boolean live;
    private final Path home;
    private final boolean superuser;
    private final Commands commands;
    private final boolean printOnly;

    /**
     * @param root      where the host's files are
     * @param live      whether the systemd of that host runs; otherwise it is the files of a host to be
     * @param home      the folder of this copy of Kume
     * @param superuser whether this process may do everything
     * @param printOnly whether steps are shown instead of done
     */
    SystemdService(Path root, boolean live, Path home, boolean superuser, Commands commands, boolean printOnly) {
        this.root = root;
        this.live = live;
        this.home = home;
        this.superuser = superuser;
        this.commands = commands;
        this.printOnly = printOnly;
    }

    /** That of this host. */
    public static SystemdService ofThisHost(Map<String, String> variables, @Nullable Path root, boolean printOnly) {
        return new SystemdService(
                root == null ? Path.of("/") : root,
                root == null,
                homeOfThisCopy(),
                isRoot(),
                Commands.of(variables),
                printOnly);
    }

    static Path homeOfThisCopy() {
        String home = System.getProperty("kume.home", "");
        if (home.isEmpty()) {
            throw new CliException(
                    ExitCode.FAILED, "this Kume was not started by its bin/kume, so it does not know where it is");
        }
        return Path.of(home);
    }

    private static boolean isRoot() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .anyMatch(line -> line.matches("Uid:\\s+\\d+\\s+0\\s.*"));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String uninstallConsequence() {
        return UNIT + " is stopped, which cuts initiators that do not log out, and removed";
    }

    @Override
    public void install(ServicePlaces places, Network network, Consumer<String> say) {
        check();
        if (!network.equals(Network.ALL)) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--interface and --address are for the firewall of Windows; here, give portals in kume.yaml the"
                            + " addresses of the storage network");
        }
        Path packaged = packaged();
        Steps steps = new Steps(commands);
        String unit = read(packaged == null ? home.resolve("systemd").resolve(UNIT) : packaged);
        if (packaged == null) {
            checkReadable();
            steps.write(
                    below("etc/sysusers.d/kume.conf"), "u %s - \"Kume iSCSI target\" /var/lib/kume\n".formatted(USER));
            steps.run(system("systemd-sysusers", "kume.conf"));
            settings(steps);
            steps.write(below("etc/systemd/system/" + UNIT), SystemdUnit.at(unit, home.resolve("bin/kume")));
        }
        folder(steps, places.disks());
        steps.write(dropIn(), SystemdUnit.disks(unit, places));
        if (live) {
            steps.run("systemctl", "daemon-reload");
        }
        steps.run(system("systemctl", "enable", UNIT));
        finish(steps, say);
        if (printOnly) {
            return;
        }
        places.images().forEach(folder -> hintAtOwner(folder, say));
        say.accept(
                packaged == null
                        ? "Installed and enabled %s; kume service start starts it".formatted(UNIT)
                        : "%s came with a package: enabled, and told where the disks are; kume service start starts it"
                                .formatted(UNIT));
    }

    @Override
    public void uninstall(Consumer<String> say) {
        check();
        Steps steps = new Steps(commands);
        Path own = below("etc/systemd/system/" + UNIT);
        Path packaged = packaged();
        if (packaged == null && !Files.exists(own)) {
            throw new CliException(ExitCode.NOT_FOUND, "%s is not installed: there is no %s".formatted(UNIT, own));
        }
        if (live) {
            steps.run("systemctl", "disable", "--now", UNIT);
        } else {
            steps.run(system("systemctl", "disable", UNIT));
        }
        if (packaged == null) {
            steps.remove(own, false);
            steps.remove(below("etc/sysusers.d/kume.conf"), false);
        }
        steps.remove(dropIn(), true);
        if (live) {
            steps.run("systemctl", "daemon-reload");
        }
        finish(steps, say);
        if (!printOnly) {
            say.accept(
                    packaged == null
                            ? "Uninstalled; left as they are: /etc/kume, the state directory, disks and the user kume"
                            : "Disabled; the package's own tool removes the rest, such as: apt remove kume");
        }
    }

    @Override
    public void start(Consumer<String> say) {
        drive("start", say);
    }

    @Override
    public void stop(Consumer<String> say) {
        drive("stop", say);
    }

    private void drive(String verb, Consumer<String> say) {
        check();
        if (!live) {
            throw new CliException(
                    ExitCode.USAGE, "--root names a host that does not run; it cannot be told to " + verb);
        }
        if (!show("LoadState").equals("loaded")) {
            throw new CliException(ExitCode.NOT_FOUND, UNIT + " is not installed; run 'kume service install' first");
        }
        Steps steps = new Steps(commands);
        steps.add("run systemctl %s %s".formatted(verb, UNIT), () -> {
            Commands.Result result = commands.run(List.of("systemctl", verb, UNIT));
            if (result.status() != 0) {
                tellLog(say);
                String reason = show("StatusText");
                throw new CliException(
                        ExitCode.FAILED,
                        "%s could not be told to %s: %s; above are the last lines of its log: journalctl -u kume"
                                .formatted(UNIT, verb, reason.isEmpty() ? "result " + show("Result") : reason));
            }
        });
        finish(steps, say);
        if (!printOnly) {
            String state = show("ActiveState");
            String status = state.equals("active") ? show("StatusText") : "";
            say.accept(UNIT + " is " + state + (status.isEmpty() ? "" : ": " + status));
        }
    }

    private void tellLog(Consumer<String> say) throws IOException {
        commands.run(List.of("journalctl", "-u", UNIT, "-n", Integer.toString(LOG_LINES), "-o", "cat", "--no-pager"))
                .output()
                .lines()
                .forEach(say);
    }

    private String show(String property) {
        try {
            return commands.run(List.of("systemctl", "show", "--value", "-p", property, UNIT))
                    .output()
                    .strip();
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED, "systemctl cannot be run: " + e.getMessage());
        }
    }

    private void check() {
        if (!commands.exists("systemctl") || (live && !Files.isDirectory(below("run/systemd/system")))) {
            throw new CliException(
                    ExitCode.FAILED,
                    "systemd does not run this host; let its own service manager run: %s/bin/kume serve"
                            .formatted(home));
        }
        if (live && !superuser && !printOnly) {
            throw new CliException(
                    ExitCode.NOT_AUTHORISED, "services are the administrator's: repeat the command as root, with sudo");
        }
    }

    private Path below(String path) {
        return root.resolve(path);
    }

    private Path dropIn() {
        return below("etc/systemd/system/" + UNIT + ".d/disks.conf");
    }

    private String[] system(String program, String... words) {
        List<String> line = new ArrayList<>(List.of(program));
        if (!live) {
            line.add("--root=" + root);
        }
        line.addAll(List.of(words));
        return line.toArray(String[]::new);
    }

    /** The unit that a package has brought; null when none has. */
    private @Nullable Path packaged() {
        return PACKAGED.stream()
                .map(folder -> below(folder).resolve(UNIT))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
    }

    private void settings(Steps steps) {
        Path file = below("etc/kume/kume.yaml");
        if (!Files.exists(file)) {
            steps.write(file, read(home.resolve("config/kume.yaml")));
        }
    }

    /** Makes a folder for disks that is not there, the daemon's own. One within the state directory makes itself. */
    private void folder(Steps steps, Path folder) {
        Path place = below(folder.toString().substring(1));
        if (!live || Files.exists(place) || folder.startsWith("/var/lib/kume")) {
            return;
        }
        steps.run("install", "-d", "-m", "0750", "-o", USER, "-g", USER, place.toString());
    }

    private void hintAtOwner(Path folder, Consumer<String> say) {
        try {
            Path place = below(folder.toString().substring(1));
            if (Files.isDirectory(place) && !Files.getOwner(place).getName().equals(USER)) {
                say.accept(
                        "%s belongs to %s: its disks stay offline unless the user %s may write there: chown -R %s: %s"
                                .formatted(place, Files.getOwner(place).getName(), USER, USER, place));
            }
        } catch (IOException e) {
            say.accept("%s cannot be looked at: %s".formatted(folder, e.getMessage()));
        }
    }

    /** The daemon's user has to read what it runs; homes are closed to services altogether. */
    private void checkReadable() {
        if (home.startsWith("/home") || home.startsWith("/root") || home.startsWith("/run/user")) {
            throw closed(home);
        }
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        try {
            for (Path folder = home.toRealPath(); folder != null; folder = folder.getParent()) {
                if (!Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS)
                        .contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    throw closed(folder);
                }
            }
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED, "%s cannot be looked at: %s".formatted(home, e.getMessage()));
        }
    }

    private static CliException closed(Path folder) {
        return new CliException(
                ExitCode.FAILED,
                "the user %s of the service cannot enter %s; unpack Kume where everybody can, such as /opt/kume"
                        .formatted(USER, folder));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CliException(
                    ExitCode.FAILED, "%s cannot be read: %s; unpack Kume again, whole".formatted(file, e.getMessage()));
        }
    }

    private void finish(Steps steps, Consumer<String> say) {
        if (printOnly) {
            steps.show(say);
        } else {
            steps.carryOut();
        }
    }
}
