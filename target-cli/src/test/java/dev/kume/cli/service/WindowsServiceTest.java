package dev.kume.cli.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.service.HostService.Network;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.Clock;
import dev.kume.core.host.ScmCalls;
import dev.kume.core.host.WindowsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of a service on Windows, with a service control manager and programs that are none. */
final class WindowsServiceTest {
    /** Of any service of this name on any Windows: {@code sc showsid Kume}. */
    private static final String SID = "*" + ServiceSid.of("Kume");

    @TempDir
    Path folder;

    private final FakeScm scm = new FakeScm();
    private final List<String> programs = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private Duration passed = Duration.ZERO;
    private Path home;
    private Path data;

    private final Commands commands = new Commands() {
        @Override
        public Result run(List<String> words) {
            programs.add(String.join(" ", words));
            return new Result(0, "");
        }

        @Override
        public boolean exists(String program) {
            return true;
        }
    };

    private final Clock clock = new Clock() {
        @Override
        public long nanoTime() {
            return passed.toNanos();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    };

    @BeforeEach
    void unpack() throws IOException {
        home = folder.resolve("kume 0.1.0");
        Files.createDirectories(home.resolve("config"));
        Files.copy(Path.of("../config/kume.yaml"), home.resolve("config/kume.yaml"));
        data = folder.resolve("ProgramData").resolve("Kume");
    }

    private WindowsService service(boolean printOnly) {
        HostPlaces places = new HostPlaces(
                data.resolve("kume.yaml"),
                data.resolve("state"),
                data.resolve("disks"),
                data.resolve("run/admin.sock"));
        return new WindowsService(
                scm,
                new WindowsService.Places(home, home.resolve("runtime/bin/java.exe"), data, places),
                commands,
                clock,
                time -> passed = passed.plus(time),
                printOnly);
    }

    private ServicePlaces reached(Path... images) {
        return new ServicePlaces(
                data.resolve("state"),
                data.resolve("disks"),
                List.of(images),
                data.resolve("run/admin.sock"),
                List.of(3260, 3261));
    }

    @Test
    void installRegistersItDelayedWithRecoveryAndLeastRights() throws IOException {
        Path images = Files.createDirectories(folder.resolve("vm disks"));
        service(false).install(reached(images), new Network("Storage 'A'", "10.0.0.1"), said::add);
        assertEquals(0, scm.open, "every handle is closed");
        assertEquals("openManager 3", scm.calls.get(0));
        String create = scm.calls.get(1);
        assertTrue(
                create.startsWith("create Kume|Kume iSCSI target server|\"%s\" -XX:+UseSerialGC "
                        .formatted(home.resolve("runtime/bin/java.exe"))),
                create);
        assertTrue(
                create.contains(" \"-Dkume.home=%s\" --module-path \"%s\" ".formatted(home, home.resolve("lib"))),
                create);
        assertTrue(create.endsWith("dev.kume.cli.Main service run|NT AUTHORITY\\LocalService"), create);
        assertEquals(
                List.of(
                        "configure 1 Serves virtual disks to iSCSI initiators, above all to failover clusters.",
                        "configure 3 1",
                        "configure 5 1",
                        "configure 2 reset 86400 1:5000 1:10000 1:60000",
                        "configure 4 1",
                        "configure 7 60000"),
                scm.calls.subList(2, scm.calls.size()));
        assertEquals(
                "icacls %s /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F %s:(OI)(CI)M"
                        .formatted(data, SID),
                programs.get(0));
        assertEquals("icacls %s /grant:r %s:(OI)(CI)RX".formatted(home, SID), programs.get(1));
        assertEquals("icacls %s /grant:r %s:(OI)(CI)M".formatted(images, SID), programs.get(2));
        assertTrue(
                programs.get(3).startsWith("reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog\\"),
                programs.get(3));
        assertTrue(
                programs.getLast()
                        .contains("-Protocol TCP -LocalPort 3260,3261 -Service Kume -InterfaceAlias 'Storage ''A'''"
                                + " -LocalAddress '10.0.0.1' -ErrorAction Stop"),
                programs::getLast);
        assertEquals(List.of("Installed the service Kume; kume service start starts it"), said);
        String yaml = Files.readString(data.resolve("kume.yaml"));
        assertTrue(yaml.contains("\nstateDirectory: '%s'\n".formatted(data.resolve("state"))), yaml);
        assertTrue(yaml.contains("\ndiskDirectory: '%s'\n".formatted(data.resolve("disks"))), yaml);
        assertTrue(yaml.contains("\n    listen: [\"10.0.0.1:3260\"]\n"), yaml);
        assertTrue(yaml.contains("\n  file: '%s'\n".formatted(data.resolve("log/kume.log"))), yaml);
        assertTrue(Files.isDirectory(data.resolve("log")));
        assertTrue(yaml.contains("\n  socket: '%s'\n".formatted(data.resolve("run/admin.sock"))), yaml);
    }

    @Test
    void installedAgainItIsChangedAndSettingsStay() throws IOException {
        scm.exists = true;
        Files.createDirectories(data);
        Files.writeString(data.resolve("kume.yaml"), "host: mine\n");
        service(false).install(reached(), Network.ALL, said::add);
        assertEquals("host: mine\n", Files.readString(data.resolve("kume.yaml")));
        assertTrue(scm.calls.get(3).startsWith("change Kume iSCSI target server|"), scm.calls::toString);
        assertEquals(0, scm.open);
        assertTrue(programs.stream().noneMatch(line -> line.contains("FirewallRule")), programs::toString);
        assertTrue(said.getLast().startsWith("The firewall was left alone: "), said::toString);
    }

    @Test
    void printDoesNothing() {
        service(true).install(reached(), new Network(null, "fd00::1"), said::add);
        assertEquals(List.of(), scm.calls);
        assertEquals(List.of(), programs);
        assertFalse(Files.exists(data));
        assertTrue(String.join("\n", said).contains("listen: [\"[fd00::1]:3260\"]"), said::toString);
    }

    @Test
    void aStartWaitsWhileThereAreSigns() {
        scm.exists = true;
        scm.states.clear();
        for (int i = 1; i < 400; i++) {
            scm.states.add(new int[] {ScmCalls.START_PENDING, 0, 0, i});
        }
        scm.states.add(new int[] {ScmCalls.RUNNING, 0, 0, 0});
        service(false).start(said::add);
        assertEquals(List.of("The service Kume runs"), said);
        assertTrue(passed.compareTo(Duration.ofSeconds(90)) > 0, "longer than anybody waits for a silent one");
    }

    @Test
    void aStartWithoutASignIsGivenUp() {
        scm.exists = true;
        scm.states.clear();
        scm.states.add(new int[] {ScmCalls.START_PENDING, 0, 0, 7});
        CliException late =
                assertThrows(CliException.class, () -> service(false).start(said::add));
        assertEquals(ExitCode.TIMED_OUT, late.exitCode());
    }

    @Test
    void aStartThatFailsSaysWithWhatAndWhereTheReasonIs() {
        scm.exists = true;
        scm.states.clear();
        scm.states.add(new int[] {ScmCalls.START_PENDING, 0, 0, 1});
        scm.states.add(new int[] {ScmCalls.STOPPED, 1066, 8, 0});
        CliException failed =
                assertThrows(CliException.class, () -> service(false).start(said::add));
        assertEquals(ExitCode.FAILED, failed.exitCode());
        assertTrue(
                String.valueOf(failed.getMessage()).contains("ended at its start with status 8"), failed::getMessage);
    }

    @Test
    void stopWaitsAndOneThatDoesNotRunHasStopped() {
        scm.exists = true;
        scm.states.addFirst(new int[] {ScmCalls.STOP_PENDING, 0, 0, 1});
        service(false).stop(said::add);
        assertTrue(scm.calls.contains("control 1"), scm.calls::toString);
        scm.refusals.put("control", WindowsException.SERVICE_NOT_ACTIVE);
        service(false).stop(said::add);
        assertEquals(0, scm.open);
    }

    @Test
    void uninstallStopsRemovesAndLeavesTheData() throws IOException {
        service(false).install(reached(), Network.ALL, said::add);
        Path disk = Files.createDirectories(data.resolve("disks")).resolve("csv1.vhdx");
        Files.writeString(disk, "data");
        scm.states.clear();
        scm.states.add(new int[] {ScmCalls.RUNNING, 0, 0, 0});
        scm.states.add(new int[] {ScmCalls.STOPPED, 0, 0, 0});
        service(false).uninstall(said::add);
        assertFalse(scm.exists);
        assertTrue(scm.calls.containsAll(List.of("control 1", "delete")), scm.calls::toString);
        assertTrue(Files.exists(disk));
        assertTrue(Files.exists(data.resolve("kume.yaml")));
    }

    @Test
    void oneLineForWhoIsNoAdministratorAndForWhatIsNotThere() {
        CliException absent =
                assertThrows(CliException.class, () -> service(false).start(said::add));
        assertEquals(ExitCode.NOT_FOUND, absent.exitCode());
        scm.refusals.put("openManager", WindowsException.ACCESS_DENIED);
        CliException denied =
                assertThrows(CliException.class, () -> service(false).stop(said::add));
        assertEquals(ExitCode.NOT_AUTHORISED, denied.exitCode());
        assertEquals(0, scm.open);
    }

    @Test
    void theIdentifierOfAServiceIsThatOfWindows() {
        // The one service whose identifier every Windows shows, as the owner of its own files.
        assertEquals(
                "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", ServiceSid.of("TrustedInstaller"));
    }

    @Test
    void theServiceHasTheJavaOptionsOfTheDaemon() throws IOException {
        String batch = Files.readString(Path.of("src/dist/bin/kume.bat"));
        for (String option : WindowsSettings.JAVA_OPTIONS) {
            if (option.startsWith("-X") && !option.equals("-Xrs") || option.startsWith("--")) {
                String word = option.replace("--enable-native-access=", "");
                assertTrue(batch.contains(word), "kume.bat has no " + word);
            }
        }
    }

    @Test
    void placesAreThoseOfTheHost() {
        assertEquals(
                Path.of("/etc/kume/kume.yaml"), HostPlaces.of(false, Map.of()).settings());
        HostPlaces windows = HostPlaces.of(true, Map.of("PROGRAMDATA", "D:\\Data"));
        assertEquals(Path.of("D:\\Data").resolve("Kume").resolve("kume.yaml"), windows.settings());
        assertEquals(Path.of("D:\\Data").resolve("Kume").resolve("disks"), windows.disks());
    }
}
