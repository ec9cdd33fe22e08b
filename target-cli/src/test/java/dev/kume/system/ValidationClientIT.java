package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kume validate} as an administrator runs it: against Kume, against Debian's tgt, and stopped by Ctrl-C. */
final class ValidationClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final List<String> NODES =
            List.of("iqn.1991-05.com.microsoft:hv-node1", "iqn.1991-05.com.microsoft:hv-node2");

    @TempDir
    Path directory;

    private static Program.Result validate(String... words) {
        return Program.run(LIMIT, Map.of("NO_COLOR", "1"), Program.words(kume(), "validate", List.of(words)));
    }

    private static String kume() {
        return Clients.home().resolve("bin").resolve("kume").toString();
    }

    /** One disk behind a target for each node. */
    private static String[] urls(RunningDaemon daemon) throws IOException {
        String first = daemon.provide("vms", "64MB", "vhdx", "cluster", NODES.get(0));
        daemon.post("/v1/targets", """
                {"name":"second","iqn":"%s-2","initiators":["%s"]}""".formatted(first, NODES.get(1)));
        daemon.post("/v1/mappings", """
                {"disk":"vms","target":"second","lun":7}""");
        return new String[] {daemon.url(first, 0), daemon.url(first + "-2", 7)};
    }

    @Test
    void kumeCarriesACluster() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String[] urls = urls(daemon);
            Program.Result result =
                    validate(urls[0], urls[1], "--initiator", NODES.get(0), "--initiator", NODES.get(1), "--yes");
            assertEquals(0, result.exitCode(), result::toString);
            assertTrue(result.out().contains("All 11 tests succeeded"), result::toString);

            // Nobody is there to agree: the disk is named, and nothing is written.
            Program.Result refused =
                    validate(urls[0], urls[1], "--initiator", NODES.get(0), "--initiator", NODES.get(1), "-q");
            assertEquals(2, refused.exitCode(), refused::toString);
            assertTrue(refused.err().contains("the data on the disk KUME"), refused::toString);
            assertTrue(refused.err().contains("64 MB"), refused::toString);
            assertTrue(refused.err().contains("repeat the command with --yes"), refused::toString);
            daemon.stop();
        }
    }

    @Test
    void ctrlCTakesTheKeysOffTheDisk() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String[] urls = urls(daemon);
            Path out = directory.resolve("out");
            Path err = directory.resolve("err");
            Process process = new ProcessBuilder(Program.words(
                            "env",
                            "--default-signal",
                            kume(),
                            "validate",
                            urls[0],
                            urls[1],
                            "--yes",
                            "--real-time",
                            "--initiator",
                            NODES.get(0),
                            "--initiator",
                            NODES.get(1)))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            try {
                until(() -> keys(daemon) > 0 && Files.readString(err).contains("7/11"));
                Program.run(LIMIT, "kill", "-INT", String.valueOf(process.pid()))
                        .outOfSuccess();
                assertTrue(process.waitFor(20, TimeUnit.SECONDS), "it does not end");
                String text = Files.readString(out);
                assertEquals(130, process.exitValue(), text);
                assertTrue(text.contains("Canceled: canceled from the keyboard."), text);
                assertTrue(text.contains("Validate Disk Arbitration                       Canceled"), text);
                assertEquals(0, keys(daemon));
            } finally {
                process.destroyForcibly();
            }
            daemon.stop();
        }
    }

    private static int keys(RunningDaemon daemon) throws IOException {
        return daemon.get("/v1/reservations/vms").path("registrations").size();
    }

    private interface Fact {
        boolean holds() throws IOException;
    }

    private static void until(Fact fact) throws IOException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!fact.holds()) {
            if (System.nanoTime() > end) {
                fail("not in time");
            }
        }
    }

    // ---- tgt --------------------------------------------------------------------------------------------------------

    /** One backing file in two targets: reads and writes agree, and of reservations neither knows the other's. */
    @Test
    void tgtDoesNotCarryOneAndTheReportSaysWhy() throws Exception {
        Clients.need("tgtd", "tgtadm");
        int port = RunningDaemon.freePort();
        Map<String, String> control =
                Map.of("TGT_IPC_SOCKET", directory.resolve("tgt").toString());
        ProcessBuilder builder = new ProcessBuilder("tgtd", "-f", "-t", "2", "--iscsi", "portal=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("tgtd.log").toFile());
        builder.environment().putAll(control);
        Process tgtd = builder.start();
        try {
            Path disk = Files.write(directory.resolve("shared.raw"), new byte[8 << 20]);
            until(() -> adm(control, "--op show --mode target").exitCode() == 0);
            for (int id = 1; id <= 2; id++) {
                adm(control, "--op new --mode target --tid %d -T iqn.2026-01.lab:n%d".formatted(id, id))
                        .outOfSuccess();
                adm(control, "--op new --mode logicalunit --tid %d --lun 1 -b %s".formatted(id, disk))
                        .outOfSuccess();
                adm(
                                control,
                                "--op update --mode logicalunit --tid %d --lun 1 --params scsi_sn=shared01,scsi_id=shared01"
                                        .formatted(id))
                        .outOfSuccess();
                adm(control, "--op bind --mode target --tid %d -I ALL".formatted(id))
                        .outOfSuccess();
            }
            String url = "iscsi://127.0.0.1:%d/iqn.2026-01.lab:n%d/1";
            Path report = directory.resolve("report.html");
            Program.Result result =
                    validate(url.formatted(port, 1), url.formatted(port, 2), "--yes", "--report", report.toString());
            assertEquals(11, result.exitCode(), result::toString);
            assertTrue(
                    result.out()
                            .contains("Validate SCSI-3 Persistent Reservation: attempting to read PR from node node2 on"
                                    + " disk shared01: expected the reservation of another node, saw no reservation,"
                                    + " although node node1, which holds it, sees it: what one node reserves, the target"
                                    + " of the other does not know; the owner of a cluster disk"),
                    result::toString);
            assertTrue(result.out().contains("saw the disk taken from it"), result::toString);
            assertTrue(result.out().contains("expected exactly one winner, saw 2 of them"), result::toString);
            assertTrue(result.out().contains("3 of 11 tests failed"), result::toString);
            inChromium(report);
        } finally {
            tgtd.destroyForcibly().waitFor();
        }
    }

    private static Program.Result adm(Map<String, String> control, String words) {
        return Program.run(LIMIT, control, Program.words("tgtadm", "--lld", "iscsi", List.of(words.split(" "))));
    }

    /** A browser takes the page without a complaint, and every link of it leads somewhere. */
    private void inChromium(Path report) {
        if (Program.find("chromium").isEmpty()) {
            Assumptions.abort("the report was not opened in a browser, for there is no chromium here");
        }
        Program.Result shown = Program.run(
                LIMIT,
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--enable-logging=stderr",
                "--user-data-dir=" + directory.resolve("chromium"),
                "--dump-dom",
                report.toUri().toString());
        String page = shown.outOfSuccess();
        assertTrue(!shown.err().contains("CONSOLE"), shown::toString);
        Set<String> ids = new HashSet<>(found(page, "id=\"([^\"]+)\""));
        List<String> links = found(page, "href=\"#([^\"]+)\"");
        assertTrue(links.size() >= 22 && ids.containsAll(links), () -> links + " in " + ids);
        assertTrue(page.contains("<details open"), page);
    }

    private static List<String> found(String page, String pattern) {
        return Pattern.compile(pattern)
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
