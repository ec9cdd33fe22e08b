package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Debian package, from its build to its purge, in a bare Debian without Java: installed, run as its user by what
 * its unit says, used by initiators outside, upgraded, broken, mended and purged. Disk images outlive all of it.
 */
final class PackageClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final Duration READY_LIMIT = Duration.ofSeconds(30);
    private static final String IQN = "iqn.2026-11.dev.kume:packaged";

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private Process daemon;

    @Test
    void isInstalledUsedUpgradedMendedAndPurged() throws Exception {
        Clients.need("lintian", "dpkg-deb", "mmdebstrap", "asciidoctor", "iscsi-ls", "qemu-io", "systemd-analyze");
        Assumptions.assumeTrue(
                bash("id -u").outOfSuccess().strip().equals("0"), "only root installs packages into another root");
        Path first = BuiltPackage.file();
        Program.Result lint = Program.run(LIMIT, "lintian", "--fail-on", "error", first.toString());
        assertEquals(0, lint.exitCode(), lint::toString);
        DebianRoot host = DebianRoot.unpack(directory.resolve("host"));
        assertFalse(Files.exists(host.file("usr/bin/java")), "the root is to have no Java");
        try {
            install(host, first, "KUME_AOT=yes");
            checkInstallation(host);
            checkUnit(host);
            int port = RunningDaemon.freePort();
            settle(host, port);
            start(host);
            use(host, port);
            stop();
            upgrade(host, port);
            mend(host);
            purge(host);
        } finally {
            if (daemon != null) {
                daemon.destroyForcibly();
            }
            bash("rm -rf " + host.file("")).outOfSuccess();
        }
    }

    private static Program.Result bash(String script) {
        return Program.run(LIMIT, Map.of("KUME_UNDER_TEST", "yes"), List.of("bash", "-euc", script));
    }

    /** @param environment of the maintainer scripts: without AOT caches an installation is quicker */
    private static void install(DebianRoot host, Path file, String environment) throws IOException {
        Files.copy(file, host.file("kume.deb"), StandardCopyOption.REPLACE_EXISTING);
        host.done("env", environment, "dpkg", "-i", "/kume.deb");
        assertTrue(host.done("kume", "--version").startsWith("kume "));
    }

    private static void checkInstallation(DebianRoot host) throws IOException {
        for (String cache : List.of("serve", "verb")) {
            assertTrue(Files.size(host.file("usr/lib/kume/aot/" + cache + ".aot")) > 1 << 20, cache);
        }
        for (String completion : List.of("bash-completion/completions/kume", "zsh/vendor-completions/_kume")) {
            assertTrue(Files.readString(host.file("usr/share/" + completion)).contains("_complete_kume"), completion);
        }
        assertTrue(Files.readString(host.file("usr/share/zsh/vendor-completions/_kume"))
                .startsWith("#compdef kume\n"));
        assertEquals("kume kume 700\n", host.done("stat", "-c", "%U %G %a", "/var/lib/kume"), "who may read the state");
        assertEquals("root kume 640\n", host.done("stat", "-c", "%U %G %a", "/etc/kume/kume.yaml"));
    }

    /** Judged by this machine's systemd, with the program where it was installed. */
    private void checkUnit(DebianRoot host) throws IOException {
        Path unit = directory.resolve("kume.service");
        String text = Files.readString(host.file("lib/systemd/system/kume.service"));
        Files.writeString(unit, text.replace("=/usr/bin/kume", "=" + host.file("usr/bin/kume")));
        Program.Result verified = bash("systemd-analyze verify --man=no " + unit);
        assertEquals("", verified.outOfSuccess() + verified.err());
        // Ten times the exposure that is allowed.
        bash("systemd-analyze security --offline=true --threshold=30 " + unit).outOfSuccess();
    }

    private static void settle(DebianRoot host, int port) throws IOException {
        Path settings = host.file("etc/kume/kume.yaml");
        Files.writeString(
                settings,
                Files.readString(settings)
                        .replace("\"0.0.0.0:3260\"", "\"127.0.0.1:" + port + "\"")
                        .replace("\"127.0.0.1:3262\"", "none"));
    }

    /** As systemd does: the user, the folder below /run, and the line of the unit. */
    private void start(DebianRoot host) throws Exception {
        String line = Files.readAllLines(host.file("lib/systemd/system/kume.service")).stream()
                .filter(each -> each.startsWith("ExecStart="))
                .findFirst()
                .orElseThrow()
                .substring("ExecStart=".length());
        host.done("install", "-d", "-o", "kume", "-g", "kume", "-m", "0700", "/run/kume");
        Path log = directory.resolve("daemon.log");
        String drop = "exec setpriv --reuid=kume --regid=kume --init-groups --no-new-privs ";
        daemon = host.start(log, "sh", "-c", drop + line);
        long end = System.nanoTime() + READY_LIMIT.toNanos();
        while (host.run("kume", "--quiet", "status").exitCode() != 0) {
            assertTrue(daemon.isAlive() && System.nanoTime() < end, () -> "the daemon is not ready: " + text(log));
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private void stop() throws InterruptedException {
        daemon.destroy();
        assertTrue(daemon.waitFor(20, TimeUnit.SECONDS), "the daemon does not stop");
    }

    private void use(DebianRoot host, int port) {
        host.done("kume", "disk", "create", "data", "--size", "64MB", "--sparse");
        host.done("kume", "target", "create", "packaged", "--iqn", IQN, "--initiator", RunningDaemon.NODE1);
        host.done("kume", "map", "data", "packaged", "--lun", "0");
        String listed = Program.run(LIMIT, "iscsi-ls", "-s", "-i", RunningDaemon.NODE1, "iscsi://127.0.0.1:" + port)
                .outOfSuccess();
        assertTrue(listed.contains(IQN), listed);
        io(port, "write -P 0x5a 1M 4M").outOfSuccess();
        assertEquals(
                "kume\n", host.done("stat", "-c", "%U", "/var/lib/kume/disks/data.vhd"), "the daemon runs as its user");
    }

    private static Program.Result io(int port, String command) {
        String image =
                "driver=raw,file.driver=iscsi,file.transport=tcp,file.portal=127.0.0.1:%d,file.target=%s,file.lun=0"
                        .formatted(port, IQN);
        return Program.run(
                LIMIT,
                "qemu-io",
                "--image-opts",
                image + ",file.initiator-name=" + RunningDaemon.NODE1,
                "-c",
                command,
                "-c",
                "flush");
    }

    /** Settings that were changed stay, and the disks are served again. */
    private void upgrade(DebianRoot host, int port) throws Exception {
        install(host, BuiltPackage.newer(), "KUME_AOT=no");
        assertTrue(host.done("dpkg-query", "-W", "-f", "${Version}", "kume").equals(BuiltPackage.NEWER_VERSION));
        assertTrue(Files.readString(host.file("etc/kume/kume.yaml")).contains("127.0.0.1:" + port));
        start(host);
        String read = io(port, "read -P 0x5a 1M 4M").outOfSuccess();
        assertFalse(read.contains("verification failed"), read);
        stop();
    }

    /** An unpacking that was cut in its middle is told in one line, and mended by installing again. */
    private void mend(DebianRoot host) throws IOException {
        Path lost;
        try (var jars = Files.list(host.file("usr/lib/kume/lib"))) {
            lost = jars.filter(jar -> jar.getFileName().toString().startsWith("target-core"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.delete(lost);
        Program.Result broken = host.run("kume", "serve", "--config", "/etc/kume/kume.yaml");
        assertEquals(1, broken.exitCode(), broken::toString);
        assertEquals(1, broken.errorLines().size(), broken::toString);
        assertTrue(broken.err().contains("/usr/lib/kume is not whole"), broken::toString);
        host.done("env", "KUME_AOT=no", "dpkg", "-i", "/kume.deb");
        assertTrue(host.done("kume", "--version").startsWith("kume "));
    }

    private void purge(DebianRoot host) throws IOException {
        host.done("dpkg", "--purge", "kume");
        assertTrue(Files.size(host.file("var/lib/kume/disks/data.vhd")) > 64 << 20, "the disk has gone");
        assertFalse(Files.exists(host.file("etc/kume/kume.yaml")));
        assertFalse(Files.exists(host.file("usr/lib/kume")), "something is left of the program");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "no log: " + e;
        }
    }
}
