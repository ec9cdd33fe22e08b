package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kume.cli.metrics.HttpPage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus itself reads a daemon under load, and every query of the dashboard has an answer. */
final class MetricsClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need("prometheus", "promtool", "qemu-io");
    }

    @Test
    void everyQueryOfTheDashboardHasDataInPrometheus() throws Exception {
        int metrics = RunningDaemon.freePort();
        try (RunningDaemon daemon = RunningDaemon.start(directory);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String iqn = daemon.provide("vms", "64MB", "raw");
            // A port that somebody has: an alarm, which the dashboard shows, and nothing worse.
            listen(daemon, taken.getLocalPort());
            assertTrue(daemon.admin("alarm", "list").contains("metrics port 127.0.0.1:" + taken.getLocalPort()));
            load(daemon, iqn);
            listen(daemon, metrics);
            checkPage(daemon, metrics);
            int web = RunningDaemon.freePort();
            Process prometheus = prometheus(metrics, web);
            try {
                answersAll(daemon, iqn, web);
            } finally {
                prometheus.destroy();
                prometheus.waitFor();
            }
            daemon.stop();
        }
    }

    private void listen(RunningDaemon daemon, int port) throws IOException {
        Path file = directory.resolve("kume.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replaceFirst("metrics: .*", "metrics: { listen: \"127.0.0.1:%d\" }".formatted(port)));
        daemon.admin("service", "reload");
    }

    private static void load(RunningDaemon daemon, String iqn) {
        Program.run(
                        LIMIT,
                        Map.of(),
                        Program.words(
                                "qemu-io",
                                "--image-opts",
                                "-c",
                                "write 0 1M",
                                "-c",
                                "read 0 1M",
                                "-c",
                                "flush",
                                daemon.imageOptions(RunningDaemon.NODE1, iqn, 0)))
                .outOfSuccess();
    }

    /** What promtool says of the page, and that it has counted what was done to the byte. */
    private void checkPage(RunningDaemon daemon, int port) throws Exception {
        String page =
                HttpPage.get("http://127.0.0.1:%d/metrics".formatted(port)).body();
        assertTrue(page.contains("kume_disk_read_bytes_total{disk=\"vms\"} 1048576.0\n"), page);
        assertTrue(page.contains("kume_disk_written_bytes_total{disk=\"vms\"} 1048576.0\n"), page);
        Path file = Files.writeString(directory.resolve("page"), page);
        Program.Result checked = Program.run(LIMIT, "sh", "-c", "promtool check metrics <'%s'".formatted(file));
        assertEquals("", checked.outOfSuccess() + checked.err());
        assertEquals(
                page.lines().filter(line -> line.startsWith("# TYPE")).count(),
                Program.run(
                                LIMIT,
                                "curl",
                                "-s",
                                "--unix-socket",
                                daemon.socket().toString(),
                                "http://kume/v1/metrics")
                        .outOfSuccess()
                        .lines()
                        .filter(line -> line.startsWith("# TYPE"))
                        .count());
    }

    private Process prometheus(int metrics, int web) throws IOException {
        Path configuration = Files.writeString(directory.resolve("prometheus.yml"), """
                global: { scrape_interval: 1s }
                scrape_configs:
                  - job_name: kume
                    static_configs: [{ targets: ["127.0.0.1:%d"] }]
                """.formatted(metrics));
        return new ProcessBuilder(Program.words(
                        "prometheus",
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + directory.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + web))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
    }

    /** Under load, with a session that stays: until each query has had an answer with data. */
    private void answersAll(RunningDaemon daemon, String iqn, int web) throws Exception {
        Set<String> waiting = new LinkedHashSet<>(queries());
        assertTrue(waiting.size() > 40, () -> "queries: " + waiting.size());
        // Nothing raises an alarm any more: the one that there was is over, so that panel has no row.
        waiting.removeIf(query -> query.startsWith("kume_alarm"));
        long end = System.nanoTime() + LIMIT.toNanos();
        try (var session = daemon.login(RunningDaemon.NODE1, iqn)) {
            while (!waiting.isEmpty() && System.nanoTime() < end) {
                load(daemon, iqn);
                waiting.removeIf(query -> hasData(web, query));
            }
        }
        if (!waiting.isEmpty()) {
            fail("no data for " + String.join("\n", waiting) + "\n"
                    + Files.readString(directory.resolve("prometheus.log")));
        }
    }

    private static boolean hasData(int web, String query) {
        String text = query.replace("$instance", ".*").replace("$disk", ".*").replace("$__rate_interval", "30s");
        try {
            JsonNode answer = JSON.readTree(HttpPage.get("http://127.0.0.1:%d/api/v1/query?query=%s"
                            .formatted(web, URLEncoder.encode(text, StandardCharsets.UTF_8)))
                    .body());
            assertEquals("success", answer.path("status").asText(), query + answer);
            return !answer.path("data").path("result").isEmpty();
        } catch (IOException e) {
            return false; // Prometheus is not there yet.
        }
    }

    private static List<String> queries() throws IOException {
        Path file = Clients.checkout().resolve("docs/grafana/kume.json");
        List<String> queries = new ArrayList<>();
        for (JsonNode panel : JSON.readTree(file.toFile()).path("panels")) {
            panel.path("targets")
                    .forEach(target -> queries.add(target.path("expr").asText()));
        }
        return queries;
    }
}
