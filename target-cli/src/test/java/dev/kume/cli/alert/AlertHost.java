package dev.kume.cli.alert;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.AlarmLines;
import dev.kume.cli.alarm.Alarms;
import dev.kume.cli.alarm.Subject;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.StatusView;
import dev.kume.core.Clock;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.io.DiskLane;
import dev.kume.core.io.IoJob;
import dev.kume.core.io.LoopPort;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationType;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A server with the cluster HV of nodes n1 and n2, its disks quorum and vms in /srv, and the disk plain, whose time
 * passes as a script says. What alerts look at is fake; the looks come as often as in the daemon.
 */
final class AlertHost implements AlertSight, HostFiles {
    static final Path STATE = Path.of("/var/lib/kume");
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    private static final long LOOK_SECONDS = 5;
    /** As the nodes of validations have it. */
    private static final long VALIDATOR_ISID = 0x80_4B56_4C_0000L;

    private static final long GIB = 1L << 30;

    final AlarmLines lines = new AlarmLines();
    private final Map<String, DiskRecord> disks = new TreeMap<>();
    private final List<TargetRecord> targets = new ArrayList<>();
    private final Map<String, SessionView> sessions = new TreeMap<>();
    private final List<InitiatorView> initiators = new ArrayList<>();
    private List<StatusView.Portal> portals = List.of(portal("a", "10.0.0.1:3260"), portal("b", "10.0.1.1:3260"));
    private final Map<String, String> offline = new HashMap<>();
    private final Set<String> asked = new HashSet<>();
    private final Map<String, Long> longest = new HashMap<>();
    private final Map<String, List<Registration>> registrations = new HashMap<>();
    private final Map<String, Reservation> reservations = new HashMap<>();
    private final Set<Path> gone = new HashSet<>();
    private final Map<Path, Long> freePercent = new HashMap<>();
    private final Set<Path> hanging = new HashSet<>();
    private final Set<Path> away = new HashSet<>();
    private final Deque<Runnable> stuck = new ArrayDeque<>();
    private final Map<String, Lane> times = new HashMap<>();
    private long growBytes;
    private boolean loopsBusy;
    private boolean clustered = true;
    private long seconds = 1_000;
    private Duration wallAhead = Duration.ZERO;
    final AlertInbox inbox;
    private final Alerts alerts;

    AlertHost() {
        SplittableRandom random = new SplittableRandom(5);
        for (String name : List.of("quorum", "vms", "plain")) {
            add(name, random);
        }
        for (int node = 1; node <= 2; node++) {
            targets.add(target(node, true));
        }
        Clock clock = new Clock() {
            @Override
            public long nanoTime() {
                return seconds * 1_000_000_000;
            }

            @Override
            public Instant now() {
                return NOON.plusSeconds(seconds).plus(wallAhead);
            }
        };
        inbox = new AlertInbox(new Alarms(clock, lines));
        alerts = new Alerts(inbox, this, clock, STATE, this, this::onHostThread);
    }

    void add(String name, SplittableRandom random) {
        disks.put(
                name,
                new DiskRecord(
                        name,
                        "/srv/" + name + ".img",
                        "raw",
                        "fixed",
                        GIB,
                        true,
                        Sharing.CLUSTER,
                        SectorFormat.EMULATED_512,
                        "",
                        DiskIdentity.random(random),
                        NOON));
    }

    private static TargetRecord target(int node, boolean enabled) {
        return new TargetRecord(
                "n" + node,
                target(node),
                node,
                "",
                enabled,
                List.of(iqn(node)),
                ChapRule.NONE,
                new TreeMap<>(),
                List.of(),
                null,
                NOON);
    }

    private static StatusView.Portal portal(String name, String address) {
        return new StatusView.Portal(name, address, StatusView.Portal.LISTENING);
    }

    private static String iqn(int node) {
        return "iqn.1991-05.com.microsoft:n" + node;
    }

    private static String target(int node) {
        return "iqn.2026-11.dev.kume:n" + node;
    }

    /** A look at a file system that hangs stays where it is. */
    private void onHostThread(Runnable look) {
        stuck.add(look);
        if (hanging.isEmpty()) {
            answer();
        }
    }

    private void answer() {
        while (!stuck.isEmpty()) {
            stuck.remove().run();
        }
    }

    /** Does what each word says; time passes after each. */
    AlertHost run(String script) {
        for (String word : script.split(" ")) {
            int at = word.indexOf(':');
            String verb = at < 0 ? word : word.substring(0, at);
            String what = at < 0 ? "" : word.substring(at + 1);
            if (verb.matches("[0-9]+s")) {
                pass(Integer.parseInt(verb.substring(0, verb.length() - 1)));
            } else if (verb.matches("[+-][12][abv]")) {
                session(verb);
            } else if (!onFiles(verb, what)) {
                onDisks(verb, what);
            }
        }
        pass(LOOK_SECONDS);
        return this;
    }

    private void session(String verb) {
        int node = verb.charAt(1) - '0';
        char way = verb.charAt(2);
        if (verb.charAt(0) == '-') {
            sessions.remove(verb.substring(1));
            return;
        }
        long isid = way == 'v' ? VALIDATOR_ISID : 0x400001370000L + way;
        sessions.put(
                verb.substring(1),
                new SessionView(
                        sessions.size(),
                        "normal",
                        iqn(node),
                        "%012x".formatted(isid),
                        1,
                        "10.0.0.9:50000",
                        "10.0.0.1:3260",
                        null,
                        target(node),
                        NOON,
                        Map.of(),
                        0,
                        1,
                        null,
                        "None",
                        new SessionView.Activity(0, 0, 0, 1, 128, 1, 0, false)));
    }

    private boolean onFiles(String verb, String what) {
        switch (verb) {
            case "free" -> {
                String[] place = what.split("=");
                freePercent.put(Path.of(place[0]), Long.parseLong(place[1]));
            }
            case "grow" -> growBytes = Long.parseLong(what) * GIB;
            case "gone" -> gone.add(Path.of("/srv/" + what + ".img"));
            case "back" -> gone.remove(Path.of("/srv/" + what + ".img"));
            case "hang" -> hanging.add(Path.of("/srv"));
            case "answer" -> {
                hanging.clear();
                answer();
            }
            case "unmount" -> away.add(Path.of("/srv"));
            case "mount" -> away.clear();
            case "wall" -> wallAhead = wallAhead.plusSeconds(Long.parseLong(what));
            case "seen" -> seen(what, InitiatorView.LOGGED_IN, target(Integer.parseInt(what)));
            case "refused" -> seen(what, InitiatorView.REFUSED, target(Integer.parseInt(what)));
            case "discovered" -> seen(what, InitiatorView.DISCOVERY, null);
            case "portals" ->
                portals = List.of(portals.subList(0, Integer.parseInt(what)).toArray(StatusView.Portal[]::new));
            case "disabled" ->
                targets.replaceAll(target ->
                        target.name().equals(what) ? target(target.name().charAt(1) - '0', false) : target);
            case "busy" -> loopsBusy = true;
            case "idle" -> loopsBusy = false;
            case "dissolve" -> clustered = false;
            default -> {
                return false;
            }
        }
        return true;
    }

    private void seen(String node, String outcome, String target) {
        initiators.add(new InitiatorView(
                iqn(Integer.parseInt(node)), "10.0.0.9", NOON, NOON, target, outcome, null, 0, false, List.of()));
    }

    private void onDisks(String verb, String what) {
        switch (verb) {
            case "off" -> offline.put(what, "cannot be opened");
            case "asked" -> {
                offline.put(what, "it was taken offline");
                asked.add(what);
            }
            case "on" -> {
                offline.remove(what);
                asked.remove(what);
            }
            case "io" ->
                inbox.ioFailed(disks.get(what).identity().uuid(), "Input/output error", seconds * 1_000_000_000);
            case "took" -> {
                String[] jobs = what.split("=");
                for (int i = 0; i < Integer.parseInt(jobs[0]); i++) {
                    times.computeIfAbsent("vms", any -> new Lane()).job(Long.parseLong(jobs[1]));
                }
            }
            case "remove" -> disks.remove(what);
            case "takes" -> {
                String[] disk = what.split("=");
                longest.put(disk[0], Duration.ofSeconds(Long.parseLong(disk[1])).toNanos());
            }
            case "register", "validates" ->
                registrations
                        .computeIfAbsent("vms", any -> new ArrayList<>())
                        .add(new Registration(nexus(what, verb.equals("validates")), 7, false, NOON));
            case "reserve" ->
                reservations.put("vms", new Reservation(ReservationType.WRITE_EXCLUSIVE, nexus(what, false), NOON));
            case "clear" -> {
                registrations.clear();
                reservations.clear();
            }
            default -> throw new IllegalArgumentException(verb);
        }
    }

    private static ITNexus nexus(String host, boolean validator) {
        String name = host.matches("[12]") ? iqn(Integer.parseInt(host)) : "iqn.2026-11.com.example:" + host;
        return new ITNexus(name, validator ? VALIDATOR_ISID : 1, target(1), 1);
    }

    private void pass(long byHowMuch) {
        long until = seconds + byHowMuch;
        while (seconds + LOOK_SECONDS <= until) {
            seconds += LOOK_SECONDS;
            if (seconds % (2 * LOOK_SECONDS) == 0) {
                alerts.lookAtHost();
            }
            alerts.look();
        }
        seconds = until;
    }

    /** A lane on which a job takes what it is told. */
    private static final class Lane {
        private long nowNanos = 1;
        private final DiskLane lane = new DiskLane(
                Runnable::run,
                new Clock() {
                    @Override
                    public long nanoTime() {
                        return nowNanos;
                    }

                    @Override
                    public Instant now() {
                        return NOON;
                    }
                },
                2);

        private void job(long millis) {
            lane.submit(new IoJob() {
                @Override
                protected LoopPort home() {
                    return new LoopPort(0, Runnable::run, () -> true);
                }

                @Override
                protected void perform() {
                    nowNanos += millis * 1_000_000;
                }

                @Override
                protected void performed() {}
            });
        }
    }

    /** Those that stand, as {@code kind subject}, in alphabetical order. */
    String standing() {
        TreeSet<String> all = new TreeSet<>();
        for (Alarm alarm : inbox.alarms().list()) {
            Alarm.Key key = alarm.key();
            String subject = switch (key.subject()) {
                case Subject.Disk(var id) ->
                    disks.values().stream()
                            .filter(disk -> disk.identity().uuid().equals(id))
                            .map(DiskRecord::name)
                            .findFirst()
                            .orElse("?");
                case Subject.Node(String cluster, String name) -> name;
                case Subject.Named(Subject.Type type, String name) -> name;
            };
            all.add(key.kind().word() + " " + subject);
        }
        return String.join(", ", all);
    }

    /** What is said of the one that stands. */
    String text() {
        return inbox.alarms().list().getFirst().text();
    }

    // ---- what is looked at ------------------------------------------------------------------------------------------

    @Override
    public Inventory inventory() {
        List<Mapping> mappings = new ArrayList<>();
        List<ClusterDisk> members = new ArrayList<>();
        int lun = 0;
        for (String disk : List.of("quorum", "vms")) {
            if (disks.containsKey(disk)) {
                mappings.add(new Mapping(disk, "n1", lun));
                mappings.add(new Mapping(disk, "n2", lun));
                members.add(new ClusterDisk(disk, lun == 0 ? ClusterRole.WITNESS : ClusterRole.DATA, lun));
                lun++;
            }
        }
        ClusterRecord cluster = new ClusterRecord(
                "HV",
                List.of(new ClusterNode("n1", List.of(iqn(1)), "n1"), new ClusterNode("n2", List.of(iqn(2)), "n2")),
                members,
                false,
                "",
                NOON);
        return Inventory.of(
                1,
                3,
                List.copyOf(disks.values()),
                targets,
                mappings,
                clustered ? List.of(cluster) : List.of(),
                List.of(),
                ChapRule.NONE);
    }

    @Override
    public DiskLook look(DiskRecord disk) {
        String name = disk.name();
        return new DiskLook(
                disk,
                offline.get(name),
                asked.contains(name),
                new PersistentReservations(
                        1, true, registrations.getOrDefault(name, List.of()), reservations.get(name)),
                null,
                longest.getOrDefault(name, 0L),
                times.computeIfAbsent(name, any -> new Lane()).lane.times(),
                name.equals("vms") ? growBytes : 0);
    }

    @Override
    public List<SessionView> sessions() {
        if (loopsBusy) {
            throw new IllegalStateException("loops do not answer");
        }
        return List.copyOf(sessions.values());
    }

    @Override
    public List<InitiatorView> initiators() {
        return initiators;
    }

    @Override
    public List<StatusView.Portal> portals() {
        return portals;
    }

    @Override
    public Volume volume(Path directory) throws IOException {
        if (away.contains(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        long total = 100 * GIB;
        return new Volume(directory + " (/dev/sdb)", freePercent.getOrDefault(directory, 50L) * GIB, total, false);
    }

    @Override
    public boolean isGone(Path file) {
        return gone.contains(file);
    }
}
