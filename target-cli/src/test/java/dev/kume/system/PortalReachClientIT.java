package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two storage networks that know nothing of each other: an initiator on each is told only where it can get to. They are
 * network namespaces, each at the end of a wire of its own.
 */
final class PortalReachClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern PORTAL = Pattern.compile("Portal:(\\S+)");

    /** In a test network of RFC 2544 and in one of RFC 4193. */
    private static final String V4 = "198.18.%d.%d";

    private static final String V6 = "fd5a:77:%d::%d";

    private final long id = ProcessHandle.current().pid() % 100_000;

    @TempDir
    Path directory;

    @BeforeEach
    void networks() {
        Clients.need("iscsi-ls");
        assumeTrue(!Program.find("ip").isEmpty(), "there is no ip(8) here");
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces are root's");
        assumeTrue(
                ip("netns", "add", space(1)) && ip("netns", "add", space(2)), "this host gives no network namespace");
        for (int n = 1; n <= 2; n++) {
            String here = "kh%d-%d".formatted(n, id);
            String there = "kt%d-%d".formatted(n, id);
            need("link", "add", here, "type", "veth", "peer", "name", there);
            need("link", "set", there, "netns", space(n));
            need("address", "add", V4.formatted(n, 1) + "/24", "dev", here);
            need("address", "add", V6.formatted(n, 1) + "/64", "dev", here, "nodad");
            need("link", "set", here, "up");
            need("-n", space(n), "address", "add", V4.formatted(n, 2) + "/24", "dev", there);
            need("-n", space(n), "address", "add", V6.formatted(n, 2) + "/64", "dev", there, "nodad");
            need("-n", space(n), "link", "set", there, "up");
        }
    }

    /** The wires go with the namespaces at their ends. */
    @AfterEach
    void noNetworks() {
        ip("netns", "delete", space(1));
        ip("netns", "delete", space(2));
    }

    @Test
    void eachNetworkIsToldItsOwnAddressOnly() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            daemon.provide("disk", "16MB", "raw");
            Path file = directory.resolve("kume.yaml");
            int port = daemon.port();
            Files.writeString(file, Files.readString(file).replace("metrics:", """
                              - {name: four, tag: 4, listen: ["%s:%d", "%s:%d"]}
                              - {name: six, tag: 6, listen: ["[::]:%d"]}
                            metrics:""".formatted(
                            V4.formatted(1, 1), port, V4.formatted(2, 1), port, port)));
            daemon.admin("service", "reload");
            for (int n = 1; n <= 2; n++) {
                String four = V4.formatted(n, 1) + ":" + port;
                assertEquals(List.of(four + ",4"), toldIn(space(n), four));
                String six = "[%s]:%d".formatted(V6.formatted(n, 1), port);
                String written = "[fd5a:77:%d:0:0:0:0:1]:%d,6".formatted(n, port);
                assertEquals(List.of(written), toldIn(space(n), six));
            }
            daemon.stop();
        }
    }

    private static List<String> toldIn(String space, String portal) {
        String answer = Program.run(
                        LIMIT,
                        Map.of(),
                        Program.words(
                                "ip",
                                "netns",
                                "exec",
                                space,
                                "iscsi-ls",
                                "-i",
                                RunningDaemon.NODE1,
                                "iscsi://" + portal))
                .outOfSuccess();
        return PORTAL.matcher(answer).results().map(found -> found.group(1)).toList();
    }

    private String space(int network) {
        return "kume-%d-%d".formatted(network, id);
    }

    private static void need(String... words) {
        Program.run(LIMIT, Map.of(), Program.words("ip", List.of(words))).outOfSuccess();
    }

    private static boolean ip(String... words) {
        return Program.run(LIMIT, Map.of(), Program.words("ip", List.of(words))).exitCode() == 0;
    }
}
