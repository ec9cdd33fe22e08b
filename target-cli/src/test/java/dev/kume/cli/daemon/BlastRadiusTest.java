package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigPlanView;
import dev.kume.cli.api.ConfigRequest;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.client.ApiClient;
import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.store.LocalFiles;
import dev.kume.protocol.initiator.Initiator;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.InitiatorTransport;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiResult;
import dev.kume.protocol.initiator.SessionListener;
import dev.kume.protocol.initiator.SessionSettings;
import dev.kume.protocol.initiator.SessionTimes;
import dev.kume.protocol.login.LoginSecurity;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a plan says that sessions will notice is what sessions of a real server notice, over random changes. */
final class BlastRadiusTest {
    private static final int ROUNDS = 12;
    private static final int UNIT_ATTENTION = 6;
    private static final int RESET_ASC = 0x29;
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    };

    private static final Map<Integer, String> CONDITIONS = Map.of(
            0x3F0E, "REPORTED LUNS DATA HAS CHANGED",
            0x2A09, "CAPACITY DATA HAS CHANGED",
            0x3F03, "INQUIRY DATA HAS CHANGED",
            0x2A01, "MODE PARAMETERS CHANGED",
            0x2A03, "RESERVATIONS PREEMPTED",
            0x2A04, "RESERVATIONS RELEASED",
            0x2A05, "REGISTRATIONS PREEMPTED");

    @TempDir
    Path folder;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Map<String, Initiator> initiators = new HashMap<>();

    /** By initiator and IQN of the target. */
    private final Map<List<String>, InitiatorSession> sessions = new HashMap<>();

    // ---- a model of what is declared --------------------------------------------------------------------------------

    private static final class Disk {
        int sizeKb = 64;
        boolean readOnly;

        /** A disk that is read-only keeps its size, also when it may be written afterwards. */
        boolean mayGrow = true;

        boolean writeCache = true;
        String rotation = "ssd";
    }

    private static final class Target {
        final Set<String> initiators = new TreeSet<>();
        final TreeMap<Integer, String> luns = new TreeMap<>();
        final Set<Integer> readOnly = new TreeSet<>();
    }

    private static final class Model {
        final TreeMap<String, Disk> disks = new TreeMap<>();
        final TreeMap<String, Target> targets = new TreeMap<>();

        String yaml() {
            StringBuilder yaml = new StringBuilder("schemaVersion: 1\ndisks:\n");
            disks.forEach((name, disk) -> yaml.append(
                    "  - { name: %s, size: %dKB, format: raw, sharing: %s, writeCache: %s, rotation: \"%s\" }%n"
                            .formatted(
                                    name,
                                    disk.sizeKb,
                                    disk.readOnly ? "read-only" : "cluster",
                                    disk.writeCache,
                                    disk.rotation)));
            yaml.append("targets:\n");
            targets.forEach((name, target) -> {
                yaml.append("  - name: %s%n    initiators: %s%n    luns:%n".formatted(name, target.initiators));
                target.luns.forEach((lun, disk) -> yaml.append("      - { lun: %d, disk: %s, readOnly: %s }%n"
                        .formatted(lun, disk, target.readOnly.contains(lun))));
            });
            return yaml.toString();
        }
    }

    private static String initiator(int number) {
        return "iqn.1991-05.com.microsoft:node" + number;
    }

    private static Model first(Random random) {
        Model model = new Model();
        for (int i = 0; i < 4; i++) {
            model.disks.put("disk" + i, new Disk());
        }
        for (int i = 0; i < 3; i++) {
            model.targets.put("target" + i, target(random, model));
        }
        return model;
    }

    private static Target target(Random random, Model model) {
        Target target = new Target();
        for (int i = 0; i < 3; i++) {
            if (random.nextInt(3) > 0) {
                target.initiators.add(initiator(i));
            }
        }
        model.disks.keySet().forEach(disk -> {
            if (random.nextInt(3) > 0) {
                map(random, target, disk);
            }
        });
        return target;
    }

    private static void map(Random random, Target target, String disk) {
        int lun = random.nextInt(6);
        while (target.luns.containsKey(lun)) {
            lun = (lun + 1) % 6;
        }
        target.luns.put(lun, disk);
        if (random.nextInt(4) == 0) {
            target.readOnly.add(lun);
        }
    }

    private static void change(Random random, Model model) {
        List<String> disks = new ArrayList<>(model.disks.keySet());
        Disk disk = model.disks.get(disks.get(random.nextInt(disks.size())));
        String name = "target" + random.nextInt(4);
        Target target = model.targets.get(name);
        switch (random.nextInt(9)) {
            case 0 -> {
                if (disk.mayGrow && !disk.readOnly) {
                    disk.sizeKb += 64;
                }
            }
            case 1 -> disk.readOnly = !disk.readOnly && disk.sizeKb == 64;
            case 2 -> disk.writeCache = !disk.writeCache;
            case 3 -> disk.rotation = disk.rotation.equals("ssd") ? "7200" : "ssd";
            case 4 -> {
                if (target == null) {
                    model.targets.put(name, target(random, model));
                } else if (random.nextInt(3) == 0) {
                    model.targets.remove(name);
                }
            }
            case 5 -> {
                if (target != null) {
                    String who = initiator(random.nextInt(3));
                    if (!target.initiators.remove(who)) {
                        target.initiators.add(who);
                    }
                }
            }
            case 6 -> {
                if (target != null && !target.luns.isEmpty()) {
                    int lun = new ArrayList<>(target.luns.keySet()).get(random.nextInt(target.luns.size()));
                    if (!target.readOnly.remove(lun)) {
                        target.readOnly.add(lun);
                    }
                }
            }
            default -> {
                if (target != null) {
                    String of = disks.get(random.nextInt(disks.size()));
                    target.luns.entrySet().stream()
                            .filter(each -> each.getValue().equals(of))
                            .findFirst()
                            .ifPresentOrElse(
                                    each -> {
                                        target.readOnly.remove(each.getKey());
                                        target.luns.remove(each.getKey());
                                        if (random.nextBoolean()) {
                                            map(random, target, of);
                                        }
                                    },
                                    () -> map(random, target, of));
                }
            }
        }
    }

    // ---- the real one -----------------------------------------------------------------------------------------------

    private Settings settings() {
        return new Settings(
                null,
                folder.resolve("state"),
                folder.resolve("disks"),
                "iqn.2026-11.dev.kume",
                null,
                List.of(new PortalSettings(
                        "iscsi", 1, List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))),
                LoginSecurity.DEFAULT.algorithms(),
                folder.resolve("run/admin.sock"),
                Limits.DEFAULTS);
    }

    private static HostSystem system(long seed) {
        return new HostSystem(
                "store1",
                "0.1.0",
                4712,
                CLOCK,
                new SplittableRandom(seed),
                LocalFiles.ofThisHost(),
                new DiskFormats(List.of(new RawFormat())),
                DurableFiles.OF_THIS_HOST,
                HostNames.OF_THIS_HOST);
    }

    private Initiator initiator(String name) {
        return initiators.computeIfAbsent(name, key -> {
            EventLoop loop = group.next();
            return new Initiator(
                    name,
                    InitiatorTransport.loop(loop),
                    InitiatorTransport.sockets(loop, NioSocketChannel.class, 15_000),
                    CLOCK,
                    new SplittableRandom(name.hashCode()));
        });
    }

    private static ScsiResult run(InitiatorSession session, ScsiCommand command) throws Exception {
        return session.execute(command).get(20, TimeUnit.SECONDS);
    }

    /** All unit attentions that wait for a session at a LUN. */
    private static Set<String> attentions(InitiatorSession session, int lun) throws Exception {
        Set<String> heard = new TreeSet<>();
        while (true) {
            ScsiResult result = run(session, ScsiCommand.read(lun, new byte[6], 0));
            byte[] sense = result.sense();
            if (sense.length < 14 || (sense[2] & 0xF) != UNIT_ATTENTION) {
                return heard;
            }
            int code = (sense[12] & 0xFF) << 8 | (sense[13] & 0xFF);
            if (sense[12] != RESET_ASC) {
                heard.add(CONDITIONS.getOrDefault(code, "%04x".formatted(code)));
            }
        }
    }

    private static void reserve(InitiatorSession session, int lun, long key, boolean holds) throws Exception {
        ByteBuffer parameters = ByteBuffer.allocate(24).putLong(8, key);
        run(session, ScsiCommand.write(lun, cdb(0x06, 0), parameters));
        if (holds) {
            run(
                    session,
                    ScsiCommand.write(lun, cdb(0x01, 5), ByteBuffer.allocate(24).putLong(0, key)));
        }
    }

    private static byte[] cdb(int action, int type) {
        return new byte[] {0x5F, (byte) action, (byte) type, 0, 0, 0, 0, 0, 24, 0};
    }

    private void logIn(InetSocketAddress portal, Model model, String prefix, Random random) throws Exception {
        SessionSettings patient =
                SessionSettings.windows().withTimes(SessionTimes.WINDOWS.withReconnect(Duration.ofHours(1)));
        for (var target : model.targets.entrySet()) {
            String iqn = prefix + target.getKey();
            for (String name : target.getValue().initiators) {
                if (!sessions.containsKey(List.of(name, iqn)) && random.nextInt(4) > 0) {
                    sessions.put(
                            List.of(name, iqn),
                            initiator(name)
                                    .login(iqn, portal, patient, SessionListener.NONE)
                                    .get(20, TimeUnit.SECONDS));
                }
            }
        }
        for (var session : sessions.entrySet()) {
            Target target = model.targets.get(session.getKey().get(1).substring(prefix.length()));
            for (var lun : target.luns.entrySet()) {
                attentions(session.getValue(), lun.getKey());
                if (!model.disks.get(lun.getValue()).readOnly && random.nextInt(3) == 0) {
                    reserve(session.getValue(), lun.getKey(), 1 + random.nextInt(1_000), random.nextBoolean());
                }
            }
            if (target.luns.isEmpty()) {
                attentions(session.getValue(), 0);
            }
        }
        // Reserving may have told others.
        for (var session : sessions.entrySet()) {
            Target target = model.targets.get(session.getKey().get(1).substring(prefix.length()));
            for (int lun : target.luns.keySet()) {
                attentions(session.getValue(), lun);
            }
        }
    }

    private static Map<Long, List<String>> live(ApiClient api) {
        Map<Long, List<String>> live = new TreeMap<>();
        for (JsonNode session : api.get(ApiPaths.SESSIONS).tree().path("sessions")) {
            live.put(
                    session.path("id").asLong(),
                    List.of(
                            session.path("initiator").asText(),
                            session.path("targetIqn").asText()));
        }
        return live;
    }

    private static ConfigPlanView applied(ApiClient api, Model model) throws Exception {
        ConfigRequest wanted = new ConfigRequest("model.yaml", model.yaml(), null, List.of(), null, true);
        ConfigPlanView plan = api.post(ApiPaths.CONFIG_PLAN, wanted).as(ConfigPlanView.class);
        OperationView operation = api.post(ApiPaths.CONFIG_APPLY, wanted).as(OperationView.class);
        while (!operation.ended()) {
            operation = api.get(ApiPaths.operationChange(operation.id(), operation.revision(), 5))
                    .as(OperationView.class);
        }
        assertEquals(OperationView.DONE, operation.state(), String.valueOf(operation.error()));
        return plan;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsToldBeforehandIsWhatSessionsNotice(long seed) throws Exception {
        Random random = new Random(seed);
        Model model = first(random);
        int told = 0;
        int dropped = 0;
        try (Daemon daemon = Daemon.start(settings(), system(seed))) {
            ApiClient api = new ApiClient(folder.resolve("run/admin.sock"), CLOCK, Duration.ofSeconds(60));
            InetSocketAddress portal = ListenAddress.parse(daemon.addresses().getFirst());
            applied(api, model);
            for (int round = 0; round < ROUNDS; round++) {
                logIn(portal, model, "iqn.2026-11.dev.kume:store1-", random);
                Map<Long, List<String>> before = live(api);
                Model old = copy(model);
                model.disks.values().forEach(disk -> disk.mayGrow = !disk.readOnly);
                for (int i = 0; i <= random.nextInt(4); i++) {
                    change(random, model);
                }
                ConfigPlanView plan = applied(api, model);
                String where = "seed %d, round %d: %s".formatted(seed, round, plan);
                dropped += checkDropped(plan, before, live(api), where);
                told += checkHeard(plan, before, live(api), old, model, where);
            }
        } finally {
            initiators.values().forEach(Initiator::close);
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
        assertTrue(told > 3 && dropped > 0, "heard %d, dropped %d".formatted(told, dropped));
    }

    private static Model copy(Model model) {
        Model copy = new Model();
        copy.disks.putAll(model.disks);
        model.targets.forEach((name, target) -> {
            Target same = new Target();
            same.luns.putAll(target.luns);
            copy.targets.put(name, same);
        });
        return copy;
    }

    private int checkDropped(
            ConfigPlanView plan, Map<Long, List<String>> before, Map<Long, List<String>> after, String where) {
        Set<Long> gone = new TreeSet<>(before.keySet());
        gone.removeAll(after.keySet());
        Set<Long> told = new TreeSet<>();
        plan.blast().dropped().forEach(each -> told.add(each.session()));
        assertEquals(gone, told, where);
        gone.forEach(id -> sessions.remove(before.get(id)).close());
        return gone.size();
    }

    private int checkHeard(
            ConfigPlanView plan,
            Map<Long, List<String>> before,
            Map<Long, List<String>> after,
            Model old,
            Model now,
            String where)
            throws Exception {
        Set<String> told = new TreeSet<>();
        for (ConfigPlanView.Attention attention : plan.blast().attentions()) {
            attention.sessions().forEach(id -> told.add(id + " " + attention.disk() + " " + attention.condition()));
        }
        Set<String> heard = new TreeSet<>();
        for (long id : after.keySet()) {
            List<String> key = before.get(id);
            String name = key.get(1).substring(key.get(1).lastIndexOf('-') + 1);
            Target was = old.targets.get(name);
            Target is = now.targets.get(name);
            if (is.luns.isEmpty()) {
                attentions(sessions.get(key), 0).forEach(each -> heard.add(id + " null " + each));
            }
            for (var lun : is.luns.entrySet()) {
                Set<String> here = attentions(sessions.get(key), lun.getKey());
                // A disk that is new to a session greets it, whatever else the session hears there.
                if (was.luns.isEmpty() || was.luns.containsValue(lun.getValue())) {
                    here.forEach(each -> heard.add(id + " " + lun.getValue() + " " + each));
                }
            }
        }
        assertEquals(told, heard, where);
        return heard.size();
    }
}
