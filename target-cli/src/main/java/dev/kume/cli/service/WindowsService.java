package dev.kume.cli.service;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.Clock;
import dev.kume.core.host.Advapi32;
import dev.kume.core.host.ScmCalls;
import dev.kume.core.host.ServiceLayouts;
import dev.kume.core.host.WindowsException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Kume as a service of Windows, by its service control manager. */
public final class WindowsService implements HostService {
    /** The name by which Windows knows it; its event source and its firewall rule have the same. */
    static final String NAME = "Kume";

    private static final String DISPLAY_NAME = "Kume iSCSI target server";
    private static final String DESCRIPTION =
            "Serves virtual disks to iSCSI initiators, above all to failover clusters.";

    /** It may bind a port and little else; folders are opened to the service's own identifier. */
    private static final String ACCOUNT = "NT AUTHORITY\\LocalService";

    private static final List<Integer> RESTART_MILLIS = List.of(5_000, 10_000, 60_000);
    private static final int FORGET_FAILURES_SECONDS = 86_400;
    private static final int PRESHUTDOWN_MILLIS = 60_000;
    private static final Duration LOOK = Duration.ofMillis(250);

    /** How long a start or a stop may go without a sign, beyond what it has asked for. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String EVENT_KEY = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" + NAME;

    /** Comes with Windows' own .NET: its message for every id is the text itself. */
    private static final String EVENT_MESSAGES =
            "%SystemRoot%\\Microsoft.NET\\Framework64\\v4.0.30319\\EventLogMessages.dll";

    /** Lets a moment go by. */
    @FunctionalInterface
    interface Pause {
        void pause(Duration time) throws InterruptedException;
    }

    /**
     * Where things are.
     *
     * @param home of this copy of Kume
     * @param java that runs it
     * @param data of the service
     */
    record Places(Path home, Path java, Path data, HostPlaces host) {}

    private final ScmCalls scm;
    private final Places places;
    private final Commands commands;
    private final Clock clock;
    private final Pause pause;
    private final boolean printOnly;

    WindowsService(ScmCalls scm, Places places, Commands commands, Clock clock, Pause pause, boolean printOnly) {
        this.scm = scm;
        this.places = places;
        this.commands = commands;
        this.clock = clock;
        this.pause = pause;
        this.printOnly = printOnly;
    }

    /** That of this host. */
    public static WindowsService ofThisHost(Map<String, String> variables, Clock clock, boolean printOnly) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java.exe");
        return new WindowsService(
                Advapi32.ofThisHost(),
                new Places(SystemdService.homeOfThisCopy(), java, HostPlaces.data(variables), HostPlaces.OF_THIS_HOST),
                Commands.of(variables),
                clock,
                time -> {
                    var _ = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
                },
                printOnly);
    }

    @Override
    public String uninstallConsequence() {
        return "the service Kume is stopped, which cuts initiators that do not log out, and removed";
    }

    @Override
    public void install(ServicePlaces reached, Network network, Consumer<String> say) {
        Steps steps = new Steps(commands);
        Path log = places.data().resolve("log");
        steps.add("make the folder " + log, () -> Files.createDirectories(log));
        Path settings = places.host().settings();
        if (!Files.exists(settings)) {
            steps.write(settings, WindowsSettings.yaml(template(), places.host(), network.address()));
        }
        steps.add(
                "register the service %s, which runs as %s: %s".formatted(NAME, ACCOUNT, commandLine()),
                () -> withManager(ScmCalls.MANAGER_CONNECT | ScmCalls.MANAGER_CREATE, this::register));
        allow(steps, reached);
        steps.run("reg", "add", EVENT_KEY, "/v", "EventMessageFile", "/t", "REG_EXPAND_SZ", "/d", EVENT_MESSAGES, "/f");
        steps.run("reg", "add", EVENT_KEY, "/v", "TypesSupported", "/t", "REG_DWORD", "/d", "7", "/f");
        if (!network.equals(Network.ALL)) {
            steps.run(Firewall.open(NAME, DISPLAY_NAME, network, reached.ports()));
        }
        finish(steps, say);
        if (!printOnly) {
            say.accept("Installed the service %s; kume service start starts it".formatted(NAME));
            if (network.equals(Network.ALL)) {
                say.accept("The firewall was left alone: name the card or the address of the storage network with"
                        + " --interface or --address to open it there");
            }
        }
    }

    /** Who may do what: administrators and the system everything, the service what it needs, others nothing. */
    private void allow(Steps steps, ServicePlaces reached) {
        String service = "*" + ServiceSid.of(NAME);
        steps.run(
                "icacls",
                places.data().toString(),
                "/inheritance:r",
                "/grant:r",
                "*S-1-5-18:(OI)(CI)F",
                "*S-1-5-32-544:(OI)(CI)F",
                service + ":(OI)(CI)M");
        steps.run("icacls", places.home().toString(), "/grant:r", service + ":(OI)(CI)RX");
        Path runtime = Objects.requireNonNull(
                Objects.requireNonNull(places.java().getParent()).getParent());
        if (!runtime.startsWith(places.home())) {
            steps.run("icacls", runtime.toString(), "/grant:r", service + ":(OI)(CI)RX");
        }
        Set<Path> folders = new LinkedHashSet<>(List.of(reached.state(), reached.disks()));
        folders.addAll(reached.images());
        for (Path folder : folders) {
            if (!folder.startsWith(places.data()) && Files.isDirectory(folder)) {
                steps.run("icacls", folder.toString(), "/grant:r", service + ":(OI)(CI)M");
            }
        }
    }

    private void register(long manager) throws WindowsException {
        long service;
        try {
            service = scm.create(manager, NAME, DISPLAY_NAME, commandLine(), ACCOUNT);
        } catch (WindowsException e) {
            if (e.code() != WindowsException.SERVICE_EXISTS) {
                throw e;
            }
            service = scm.open(manager, NAME, ScmCalls.SERVICE_ALL_ACCESS);
            scm.change(service, DISPLAY_NAME, commandLine(), ACCOUNT);
        }
        try (Arena arena = Arena.ofConfined()) {
            scm.configure(service, ServiceLayouts.DESCRIPTION, ServiceLayouts.description(arena, DESCRIPTION));
            scm.configure(service, ServiceLayouts.DELAYED_START, ServiceLayouts.number(arena, 1));
            scm.configure(service, ServiceLayouts.SID_TYPE, ServiceLayouts.number(arena, 1));
            scm.configure(
                    service,
                    ServiceLayouts.FAILURE,
                    ServiceLayouts.restarts(arena, FORGET_FAILURES_SECONDS, RESTART_MILLIS));
            // An end with an error is a failure too, not the death of the process alone.
            scm.configure(service, ServiceLayouts.FAILURE_FLAG, ServiceLayouts.number(arena, 1));
            scm.configure(service, ServiceLayouts.PRESHUTDOWN, ServiceLayouts.number(arena, PRESHUTDOWN_MILLIS));
        } finally {
            scm.close(service);
        }
    }

    @Override
    public void uninstall(Consumer<String> say) {
        Steps steps = new Steps(commands);
        steps.add(
                "stop the service %s and remove it".formatted(NAME),
                () -> withService(service -> {
                    if (state(service).state() != ScmCalls.STOPPED) {
                        stopped(service);
                    }
                    scm.delete(service);
                }));
        steps.run(Firewall.close(NAME));
        steps.add("remove the event source", () -> commands.run(List.of("reg", "delete", EVENT_KEY, "/f")));
        finish(steps, say);
        if (!printOnly) {
            say.accept("Uninstalled; left as they are: all of %s, and all disks".formatted(places.data()));
        }
    }

    @Override
    public void start(Consumer<String> say) {
        Steps steps = new Steps(commands);
        steps.add("start the service " + NAME, () -> withService(this::started));
        finish(steps, say);
        if (!printOnly) {
            say.accept("The service %s runs".formatted(NAME));
        }
    }

    @Override
    public void stop(Consumer<String> say) {
        Steps steps = new Steps(commands);
        steps.add("stop the service " + NAME, () -> withService(this::stopped));
        finish(steps, say);
        if (!printOnly) {
            say.accept("The service %s has stopped".formatted(NAME));
        }
    }

    private void started(long service) throws WindowsException {
        try {
            scm.start(service);
        } catch (WindowsException e) {
            if (e.code() != WindowsException.SERVICE_ALREADY_RUNNING) {
                throw e;
            }
        }
        State end = await(service, ScmCalls.START_PENDING, "started");
        if (end.state() != ScmCalls.RUNNING) {
            throw new CliException(
                    ExitCode.FAILED,
                    ("the service %s ended at its start with status %d; the Event Log has the reason: Event Viewer,"
                                    + " Windows Logs, Application, source %s")
                            .formatted(NAME, end.status(), NAME));
        }
    }

    private void stopped(long service) throws WindowsException {
        try {
            scm.control(service, ScmCalls.CONTROL_STOP);
        } catch (WindowsException e) {
            if (e.code() == WindowsException.SERVICE_NOT_ACTIVE) {
                return;
            }
            throw e;
        }
        await(service, ScmCalls.STOP_PENDING, "stopped");
    }

    /** @param status with which its process has ended, or was not started */
    private record State(int state, int checkPoint, int hintMillis, int status) {}

    /** Looks until it is in another state than this one, as long as it gives signs of going on. */
    private State await(long service, int pending, String what) throws WindowsException {
        State seen = state(service);
        long signNanos = clock.nanoTime();
        while (seen.state() == pending) {
            try {
                pause.pause(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CliException(ExitCode.FAILED, "interrupted; the service goes on by itself");
            }
            State now = state(service);
            if (now.checkPoint() != seen.checkPoint()) {
                signNanos = clock.nanoTime();
            }
            long silentNanos = clock.nanoTime() - signNanos;
            if (silentNanos > PATIENCE.plusMillis(now.hintMillis()).toNanos()) {
                throw new CliException(
                        ExitCode.TIMED_OUT,
                        "the service %s has not %s, and gives no sign for %d seconds; see its events in Event Viewer"
                                .formatted(NAME, what, TimeUnit.NANOSECONDS.toSeconds(silentNanos)));
            }
            seen = now;
        }
        return seen;
    }

    private State state(long service) throws WindowsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(ServiceLayouts.STATUS_PROCESS);
            scm.query(service, status);
            int specific = get(status, "dwServiceSpecificExitCode");
            return new State(
                    get(status, "dwCurrentState"),
                    get(status, "dwCheckPoint"),
                    get(status, "dwWaitHint"),
                    specific == 0 ? get(status, "dwWin32ExitCode") : specific);
        }
    }

    private static int get(MemorySegment status, String member) {
        return ServiceLayouts.get(status, ServiceLayouts.STATUS_PROCESS, member);
    }

    /** Something done with an open handle. */
    @FunctionalInterface
    private interface Use {
        void with(long handle) throws WindowsException;
    }

    private void withService(Use use) {
        withManager(ScmCalls.MANAGER_CONNECT, manager -> {
            long service = scm.open(manager, NAME, ScmCalls.SERVICE_ALL_ACCESS);
            try {
                use.with(service);
            } finally {
                scm.close(service);
            }
        });
    }

    private void withManager(int access, Use use) {
        try {
            long manager = scm.openManager(access);
            try {
                use.with(manager);
            } finally {
                scm.close(manager);
            }
        } catch (WindowsException e) {
            throw switch (e.code()) {
                case WindowsException.ACCESS_DENIED ->
                    new CliException(
                            ExitCode.NOT_AUTHORISED,
                            "services are the administrator's: repeat the command in a window opened with"
                                    + " 'Run as administrator'");
                case WindowsException.SERVICE_DOES_NOT_EXIST ->
                    new CliException(
                            ExitCode.NOT_FOUND,
                            "there is no service %s; run 'kume service install' first".formatted(NAME));
                case WindowsException.SERVICE_MARKED_FOR_DELETE ->
                    new CliException(
                            ExitCode.BUSY,
                            "the service %s is about to be removed; close the windows that show services, and repeat"
                                    .formatted(NAME));
                default -> new CliException(ExitCode.FAILED, String.valueOf(e.getMessage()));
            };
        }
    }

    private String commandLine() {
        return WindowsSettings.commandLine(places.java(), places.home());
    }

    private String template() {
        Path file = places.home().resolve("config").resolve("kume.yaml");
        try {
            return Files.readString(file).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new CliException(
                    ExitCode.FAILED, "%s cannot be read: %s; unpack Kume again".formatted(file, e.getMessage()));
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
