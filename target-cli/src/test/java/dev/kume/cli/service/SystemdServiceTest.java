package dev.kume.cli.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.cli.service.HostService.Network;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of a service on Linux, with a host below a folder and programs that write down how they were called. */
@DisabledOnOs(OS.WINDOWS)
final class SystemdServiceTest {
    private static final Path UNIT = Path.of("src/dist/systemd/kume.service");

    private static final ServicePlaces PLACES = new ServicePlaces(
            Path.of("/var/lib/kume"),
            Path.of("/srv/kume"),
            List.of(Path.of("/data/vm disks"), Path.of("/mnt/50%")),
            Path.of("/run/kume/admin.sock"),
            List.of(3260));

    /** Fails for the verb that is in {@code fail}, and answers for the rest. */
    private static final String SYSTEMCTL = """
            #!/bin/sh
            echo "$(basename "$0") $*" >>"$(dirname "$0")/calls"
            case "$*" in
            *LoadState*) cat "$(dirname "$0")/loaded" ;;
            *ActiveState*) echo active ;;
            *StatusText*) cat "$(dirname "$0")/status" ;;
            *"-u kume.service"*) echo 'kume: portal 0.0.0.0:3260 is in use' ;;
            esac
            ! grep -qx -- "$1" "$(dirname "$0")/fail" || { echo 'Job failed.'; exit 1; }
            """;

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private Path root;
    private Path home;
    private Path programs;

    @BeforeEach
    void host() throws IOException {
        root = folder.resolve("host");
        Files.createDirectories(root.resolve("run/systemd/system"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        home = Files.createDirectories(folder.resolve("kume-0.1.0"));
        Files.createDirectories(home.resolve("systemd"));
        Files.createDirectories(home.resolve("config"));
        Files.copy(UNIT, home.resolve("systemd/kume.service"));
        Files.copy(Path.of("../config/kume.yaml"), home.resolve("config/kume.yaml"));
        programs = Files.createDirectories(folder.resolve("programs"));
        for (String name : List.of("systemctl", "systemd-sysusers", "journalctl", "install")) {
            Path program = Files.writeString(programs.resolve(name), SYSTEMCTL);
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.writeString(programs.resolve("calls"), "");
        Files.writeString(programs.resolve("fail"), "");
        Files.writeString(programs.resolve("loaded"), "loaded\n");
        Files.writeString(programs.resolve("status"), "Ready on 0.0.0.0:3260\n");
    }

    private SystemdService service(boolean live, boolean superuser, boolean printOnly) {
        Commands commands = Commands.of(Map.of("PATH", programs + ":" + System.getenv("PATH")));
        return new SystemdService(root, live, home, superuser, commands, printOnly);
    }

    private SystemdService service() {
        return service(true, true, false);
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(programs.resolve("calls"));
    }

    private String written(String path) throws IOException {
        return Files.readString(root.resolve(path));
    }

    @Test
    void installWritesTheUnitOfThisCopyAndTellsSystemd() throws IOException {
        service().install(PLACES, Network.ALL, said::add);
        String unit = written("etc/systemd/system/kume.service");
        assertTrue(unit.contains("ExecStart=%s/bin/kume serve".formatted(home)), unit);
        assertFalse(unit.contains("=/usr/bin/kume"), unit);
        assertEquals(
                Files.readString(UNIT).lines().count(), unit.lines().count(), "nothing else of the unit is different");
        String dropIn = written("etc/systemd/system/kume.service.d/disks.conf");
        assertTrue(dropIn.contains("\nRequiresMountsFor=/srv/kume \"/data/vm disks\" \"/mnt/50%%\"\n"), dropIn);
        assertTrue(dropIn.contains("\nReadWritePaths=-/srv/kume \"-/data/vm disks\" \"-/mnt/50%%\"\n"), dropIn);
        assertEquals(Files.readString(Path.of("../config/kume.yaml")), written("etc/kume/kume.yaml"));
        assertEquals("u kume - \"Kume iSCSI target\" /var/lib/kume\n", written("etc/sysusers.d/kume.conf"));
        assertEquals(
                List.of(
                        "systemd-sysusers kume.conf",
                        "install -d -m 0750 -o kume -g kume %s/srv/kume".formatted(root),
                        "systemctl daemon-reload",
                        "systemctl enable kume.service"),
                calls());
        assertEquals(List.of("Installed and enabled kume.service; kume service start starts it"), said);
    }

    @Test
    void settingsThatAreThereStayAsTheyAre() throws IOException {
        Files.createDirectories(root.resolve("etc/kume"));
        Files.writeString(root.resolve("etc/kume/kume.yaml"), "host: mine\n");
        service().install(PLACES, Network.ALL, said::add);
        assertEquals("host: mine\n", written("etc/kume/kume.yaml"));
    }

    @Test
    void printShowsAllOfItAndDoesNothing() throws IOException {
        service(true, false, true).install(PLACES, Network.ALL, said::add);
        assertEquals(List.of(), calls());
        assertFalse(Files.exists(root.resolve("etc")));
        String all = String.join("\n", said);
        assertTrue(all.contains("write %s/etc/systemd/system/kume.service\n    ".formatted(root)), all);
        assertTrue(all.contains("\nrun systemctl enable kume.service"), all);
    }

    @Test
    void theUnitOfAPackageIsEnabledAndNotWritten() throws IOException {
        Path packaged = Files.createDirectories(root.resolve("usr/lib/systemd/system"));
        Files.copy(UNIT, packaged.resolve("kume.service"));
        service().install(PLACES, Network.ALL, said::add);
        assertFalse(Files.exists(root.resolve("etc/systemd/system/kume.service")));
        assertTrue(written("etc/systemd/system/kume.service.d/disks.conf").contains("/srv/kume"));
        assertTrue(said.getFirst().startsWith("kume.service came with a package: enabled"), said::toString);
        service().uninstall(said::add);
        assertEquals("systemctl disable --now kume.service", calls().get(3));
        assertTrue(Files.exists(packaged.resolve("kume.service")));
        assertFalse(Files.exists(root.resolve("etc/systemd/system/kume.service.d")));
    }

    @Test
    void uninstallLeavesSettingsStateAndDisks() throws IOException {
        service().install(PLACES, Network.ALL, said::add);
        Path disk = Files.createDirectories(root.resolve("srv/kume")).resolve("csv1.vhdx");
        Files.writeString(disk, "data");
        Files.writeString(programs.resolve("calls"), "");
        service().uninstall(said::add);
        assertEquals(List.of("systemctl disable --now kume.service", "systemctl daemon-reload"), calls());
        assertFalse(Files.exists(root.resolve("etc/systemd/system/kume.service")));
        assertFalse(Files.exists(root.resolve("etc/systemd/system/kume.service.d")));
        assertTrue(Files.exists(disk));
        assertTrue(Files.exists(root.resolve("etc/kume/kume.yaml")));
        CliException again = assertThrows(CliException.class, () -> service().uninstall(said::add));
        assertEquals(ExitCode.NOT_FOUND, again.exitCode());
    }

    @Test
    void startSaysHowItStands() throws IOException {
        service().start(said::add);
        assertEquals("systemctl start kume.service", calls().get(1));
        assertEquals(List.of("kume.service is active: Ready on 0.0.0.0:3260"), said);
    }

    @Test
    void aStartThatFailsSaysWhyWithTheLastLinesOfTheLog() throws IOException {
        Files.writeString(programs.resolve("fail"), "start\n");
        Files.writeString(programs.resolve("status"), "portal 0.0.0.0:3260 is in use; stop what listens there\n");
        CliException failure = assertThrows(CliException.class, () -> service().start(said::add));
        assertEquals(ExitCode.FAILED, failure.exitCode());
        assertTrue(
                String.valueOf(failure.getMessage())
                        .startsWith("kume.service could not be told to start: portal 0.0.0.0:3260 is in use;"),
                failure::getMessage);
        assertEquals(List.of("kume: portal 0.0.0.0:3260 is in use"), said);
        assertTrue(calls().contains("journalctl -u kume.service -n 10 -o cat --no-pager"), calls()::toString);
    }

    @Test
    void whatIsNotInstalledCannotBeStarted() throws IOException {
        Files.writeString(programs.resolve("loaded"), "not-found\n");
        CliException failure = assertThrows(CliException.class, () -> service().stop(said::add));
        assertEquals(ExitCode.NOT_FOUND, failure.exitCode());
    }

    @Test
    void aStepThatFailsEndsItWithTheReason() throws IOException {
        Files.writeString(programs.resolve("fail"), "enable\n");
        CliException failure =
                assertThrows(CliException.class, () -> service().install(PLACES, Network.ALL, said::add));
        assertEquals("systemctl enable kume.service failed (status 1): Job failed.", failure.getMessage());
    }

    @Test
    void oneLineForWhoIsNotRootAndForAHostWithoutSystemd() throws IOException {
        CliException nobody = assertThrows(
                CliException.class, () -> service(true, false, false).install(PLACES, Network.ALL, said::add));
        assertEquals(ExitCode.NOT_AUTHORISED, nobody.exitCode());
        Files.delete(root.resolve("run/systemd/system"));
        CliException none = assertThrows(CliException.class, () -> service().install(PLACES, Network.ALL, said::add));
        assertEquals(ExitCode.FAILED, none.exitCode());
        assertEquals(
                "systemd does not run this host; let its own service manager run: %s/bin/kume serve".formatted(home),
                none.getMessage());
        assertEquals(List.of(), calls());
    }

    @Test
    void aCopyThatTheServiceCouldNotReadIsRefused() throws IOException {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        CliException closed = assertThrows(CliException.class, () -> service().install(PLACES, Network.ALL, said::add));
        assertTrue(String.valueOf(closed.getMessage()).contains("cannot enter " + home), closed::getMessage);
        assertEquals(List.of(), calls());
    }

    @Test
    void theFirewallIsNotAskedForHere() {
        CliException usage = assertThrows(
                CliException.class, () -> service().install(PLACES, new Network("Storage", null), said::add));
        assertEquals(ExitCode.USAGE, usage.exitCode());
    }

    @Test
    void systemdItselfAcceptsWhatIsWritten() throws IOException, InterruptedException {
        Path analyze = Path.of("/usr/bin/systemd-analyze");
        assumeTrue(Files.isExecutable(analyze), "there is no systemd-analyze");
        Files.createDirectories(home.resolve("bin"));
        Path program = Files.writeString(home.resolve("bin/kume"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        service().install(PLACES, Network.ALL, said::add);
        Process process = new ProcessBuilder(
                        analyze.toString(),
                        "verify",
                        "--recursive-errors=no",
                        "--man=no",
                        root.resolve("etc/systemd/system/kume.service").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
        assertEquals("", output);
    }
}
