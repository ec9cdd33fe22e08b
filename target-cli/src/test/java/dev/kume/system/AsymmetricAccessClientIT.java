package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiResult;
import dev.kume.protocol.initiator.SessionSettings;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One disk through two targets and two portals, read as Windows' multipath driver reads it, with and without ALUA. */
final class AsymmetricAccessClientIT {
    private static final String STATE_CHANGED = "6/2a06";
    private static final int OPTIMIZED = 0;
    private static final int NON_OPTIMIZED = 1;

    @TempDir
    Path directory;

    /** What one path says of itself and of the others: groups by identifier, each a state and relative identifiers. */
    private record Claim(String unitName, int group, int relativeId, Map<Integer, List<Integer>> groups) {
        boolean hasItsPort() {
            List<Integer> members = groups.getOrDefault(group, List.of());
            return members.subList(1, members.size()).contains(relativeId);
        }

        int state(int id) {
            return groups.get(id).getFirst();
        }
    }

    @Test
    void everyPathIsFoundInItsGroupAndStatesAreHeardOfAndIdentifiersStay() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory);
                InitiatorHost host = new InitiatorHost(RunningDaemon.NODE1)) {
            List<String> targets = twoTargets(daemon);
            sameBytes(daemon, host, targets);
            daemon.stop();

            Path settings = directory.resolve("kume.yaml");
            String second = "  - name: second\n    listen: [\"127.0.0.2:%d\"]\n    alua: non-optimized\n"
                    .formatted(daemon.port());
            String with = "alua: implicit\n" + Files.readString(settings).replace("metrics:", second + "metrics:");
            Files.writeString(settings, with);
            daemon.restart();
            List<InitiatorSession> paths = paths(daemon, host, targets);
            List<Claim> claims = claims(paths);
            assertEquals(4, claims.size());
            assertTrue(claims.stream().allMatch(Claim::hasItsPort), claims::toString);
            assertEquals(1, claims.stream().map(Claim::unitName).distinct().count(), "one disk");
            assertEquals(4, claims.stream().map(Claim::relativeId).distinct().count(), "four ports");
            assertEquals(1, claims.stream().map(Claim::groups).distinct().count(), "one answer");
            assertEquals(Set.of(1, 2), claims.getFirst().groups().keySet());
            assertEquals(OPTIMIZED, claims.getFirst().state(1));
            assertEquals(NON_OPTIMIZED, claims.getFirst().state(2));

            Files.writeString(settings, with.replace("non-optimized", "optimized"));
            String out = daemon.admin("service", "reload");
            assertTrue(out.startsWith("portals.second is optimized instead of non-optimized"), out);
            for (InitiatorSession path : paths) {
                assertEquals(List.of(STATE_CHANGED), attentions(path));
            }
            assertEquals(OPTIMIZED, claims(paths).getLast().state(2));
            assertEquals(List.of(), host.violations());

            daemon.kill();
            daemon.restart();
            try (InitiatorHost again = new InitiatorHost(RunningDaemon.NODE1)) {
                assertEquals(
                        claims.stream().map(Claim::relativeId).toList(),
                        claims(paths(daemon, again, targets)).stream()
                                .map(Claim::relativeId)
                                .toList());
            }
        }
    }

    private static List<String> twoTargets(RunningDaemon daemon) throws Exception {
        String first = daemon.provide("vms", "16MB", "vhd");
        String second = RunningDaemon.IQN_PREFIX + ":other";
        daemon.post(
                "/v1/targets",
                "{\"name\":\"other\",\"iqn\":\"%s\",\"initiators\":[\"%s\"]}".formatted(second, RunningDaemon.NODE1));
        daemon.post("/v1/mappings", "{\"disk\":\"vms\",\"target\":\"other\",\"lun\":0}");
        return List.of(first, second);
    }

    /** Without ALUA cluster nodes compare what they read through their targets, byte by byte. */
    private static void sameBytes(RunningDaemon daemon, InitiatorHost host, List<String> targets) throws Exception {
        Set<String> answers = new HashSet<>();
        for (String target : targets) {
            InitiatorSession session = login(host, daemon.portal(), target);
            byte[] inquiry = data(session, "12 00 00 00 60 00");
            assertEquals(0, inquiry[5] >> 4 & 3, "TPGS");
            StringBuilder all = new StringBuilder(HexFormat.of().formatHex(inquiry));
            byte[] pages = data(session, "12 01 00 00 FF 00");
            for (int i = 4; i < pages.length; i++) {
                all.append(HexFormat.of().formatHex(data(session, "12 01 %02X 00 FF 00".formatted(pages[i]))));
            }
            answers.add(all.toString());
            session.logout().get(5, TimeUnit.SECONDS);
        }
        assertEquals(1, answers.size(), answers::toString);
    }

    private static List<InitiatorSession> paths(RunningDaemon daemon, InitiatorHost host, List<String> targets)
            throws Exception {
        List<InitiatorSession> paths = new ArrayList<>();
        for (String address : List.of("127.0.0.1", "127.0.0.2")) {
            for (String target : targets) {
                paths.add(login(host, new InetSocketAddress(address, daemon.port()), target));
            }
        }
        return paths;
    }

    private static InitiatorSession login(InitiatorHost host, InetSocketAddress portal, String target)
            throws Exception {
        InitiatorSession session =
                host.login(portal, target, SessionSettings.windows()).get(20, TimeUnit.SECONDS);
        attentions(session);
        return session;
    }

    private static List<String> attentions(InitiatorSession session) throws Exception {
        List<String> all = new ArrayList<>();
        ScsiResult result = run(session, "00 00 00 00 00 00", 0);
        while (!result.isGood()) {
            all.add("%x/%04x".formatted(result.senseKey(), result.additionalSense()));
            result = run(session, "00 00 00 00 00 00", 0);
        }
        return all;
    }

    private static List<Claim> claims(List<InitiatorSession> paths) throws Exception {
        List<Claim> claims = new ArrayList<>();
        for (InitiatorSession path : paths) {
            assertEquals(1, data(path, "12 00 00 00 60 00")[5] >> 4 & 3, "TPGS");
            Map<Integer, String> designators = designators(data(path, "12 01 83 00 FF 00"));
            claims.add(new Claim(
                    designators.get(0x03),
                    HexFormat.fromHexDigits(designators.get(0x15)),
                    HexFormat.fromHexDigits(designators.get(0x14)),
                    groups(data(path, "A3 0A 00 00 00 00 00 00 11 04 00 00"))));
        }
        return claims;
    }

    /** By association and type; PIV left out. */
    private static Map<Integer, String> designators(byte[] page) {
        Map<Integer, String> all = new TreeMap<>();
        ByteBuffer data = ByteBuffer.wrap(page).position(4);
        while (data.hasRemaining()) {
            data.get();
            int type = data.get() & 0x3F;
            data.get();
            byte[] value = new byte[data.get() & 0xFF];
            data.get(value);
            all.put(type, HexFormat.of().formatHex(value));
        }
        return all;
    }

    private static Map<Integer, List<Integer>> groups(byte[] report) {
        Map<Integer, List<Integer>> all = new TreeMap<>();
        ByteBuffer data = ByteBuffer.wrap(report).position(4);
        while (data.hasRemaining()) {
            List<Integer> group = new ArrayList<>(List.of(data.get() & 0x0F));
            data.get();
            all.put((int) data.getShort(), group);
            data.position(data.position() + 3);
            for (int left = data.get(); left > 0; left--) {
                group.add(data.getInt());
            }
        }
        return all;
    }

    private static byte[] data(InitiatorSession session, String cdb) throws Exception {
        ScsiResult result = run(session, cdb, 8192);
        assertEquals(ScsiStatus.GOOD, result.status(), cdb);
        byte[] data = new byte[result.dataIn().remaining()];
        result.dataIn().get(data);
        return data;
    }

    private static ScsiResult run(InitiatorSession session, String cdb, int dataInBytes) throws Exception {
        byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(cdb);
        return session.execute(ScsiCommand.read(0, bytes, dataInBytes)).get(10, TimeUnit.SECONDS);
    }
}
