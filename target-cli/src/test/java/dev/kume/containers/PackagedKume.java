package dev.kume.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.MountableFile;

/**
 * A Debian without Java in a container of the host's network, in which Kume's Debian package is installed, serves as
 * its unit says, and goes again.
 */
final class PackagedKume implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String UNIT = "/lib/systemd/system/kume.service";
    private static final String PID = "/run/kume.pid";
    private static final String LOG = "/var/log/kume-daemon.log";

    private final int port;
    private final GenericContainer<?> container;
    private String daemon = "";

    private PackagedKume(int port) {
        this.port = port;
        container = new GenericContainer<>(Images.BARE).withNetworkMode("host");
    }

    static PackagedKume bareHost() throws IOException {
        PackagedKume host = new PackagedKume(KumeContainer.freePort());
        host.container.start();
        return host;
    }

    String portal() {
        return "127.0.0.1:" + port;
    }

    Said run(String... words) {
        return Said.by(container, "root", words);
    }

    /** Output of what root runs there, and must succeed with. */
    String done(String... words) {
        return run(words).outOfSuccess();
    }

    /** As an administrator who has copied the file there. */
    void install(Path file) {
        copy(file);
        dpkg("--install", "/kume.deb").outOfSuccess();
    }

    /** Lies in /kume.deb then. */
    void copy(Path file) {
        container.copyFileToContainer(MountableFile.forHostPath(file), "/kume.deb");
    }

    /** Start-up caches are left out: they take longest. */
    Said dpkg(String... words) {
        List<String> all =
                new ArrayList<>(List.of("env", "KUME_AOT=no", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", "dpkg"));
        all.addAll(List.of(words));
        return run(all.toArray(String[]::new));
    }

    /** What dpkg says of it: wanted, error, state and version. */
    String installed() {
        return done("dpkg-query", "-W", "-f", "${Status} ${Version}", "kume");
    }

    /** From now on packages find a systemd here, whose orders are written down and not carried out. */
    void noteServiceOrders() {
        done("mkdir", "-p", "/run/systemd/system");
        String file = "/usr/local/bin/deb-systemd-invoke";
        done("sh", "-c", "printf '#!/bin/sh\\necho \"$@\" >>/orders\\n' >" + file + " && chmod 755 " + file);
    }

    /** What was ordered since the last call. */
    String serviceOrders() {
        return done("sh", "-c", "cat /orders && rm /orders");
    }

    /** In place of the addresses that the settings come with: loopback only, on a port that nobody has. */
    void serveLoopbackOnly() {
        String file = "/etc/kume/kume.yaml";
        done("sed", "-i", "-e", "s/\"0.0.0.0:3260\"/\"" + portal() + "\"/", "-e", "s/\"127.0.0.1:3262\"/none/", file);
        assertEquals("1\n", done("grep", "-c", "listen:.*\"" + portal() + "\"", file));
        assertEquals("1\n", done("grep", "-c", "listen: none", file));
    }

    /** As systemd starts it: its user, none of root's capabilities, the folder below /run, and the line of the unit. */
    void start() throws InterruptedException {
        String user = unit("User");
        done("install", "-d", "-o", user, "-g", unit("Group"), "-m", unit("RuntimeDirectoryMode"), "/run/kume");
        String line = "echo $$ >%s; exec %s %s >>%s 2>&1".formatted(PID, asUser(), unit("ExecStart"), LOG);
        DockerClient client = client();
        daemon = client.execCreateCmd(container.getContainerId())
                .withUser("root")
                .withCmd("sh", "-c", line)
                .exec()
                .getId();
        client.execStartCmd(daemon)
                .withDetach(true)
                .exec(new ResultCallback.Adapter<Frame>())
                .awaitCompletion();
        long end = System.nanoTime() + LIMIT.toNanos();
        while (run("kume", "--quiet", "status").exit() != 0) {
            assertTrue(isRunning() && System.nanoTime() < end, this::log);
            Thread.sleep(100);
        }
    }

    /** As systemd stops it: the line of the unit for that, then the signal; it has to end by itself. */
    void stop() throws InterruptedException {
        done("sh", "-c", asUser() + " " + unit("ExecStop"));
        run("sh", "-c", "kill $(cat " + PID + ")");
        long end = System.nanoTime() + LIMIT.toNanos();
        while (isRunning()) {
            assertTrue(System.nanoTime() < end, () -> "the daemon does not stop: " + log());
            Thread.sleep(50);
        }
        assertEquals(0L, client().inspectExecCmd(daemon).exec().getExitCodeLong(), this::log);
    }

    /** Whose process the daemon is. */
    String userOfDaemon() {
        return done("sh", "-c", "stat -c %U:%G /proc/$(cat " + PID + ")").strip();
    }

    private String asUser() {
        return "setpriv --reuid=%s --regid=%s --init-groups --no-new-privs --inh-caps=-all --bounding-set=-all"
                .formatted(unit("User"), unit("Group"));
    }

    private String unit(String key) {
        return done("sed", "-n", "s/^" + key + "=//p", UNIT).strip();
    }

    private boolean isRunning() {
        return Boolean.TRUE.equals(client().inspectExecCmd(daemon).exec().isRunning());
    }

    private String log() {
        return run("cat", LOG).out();
    }

    private static DockerClient client() {
        return DockerClientFactory.instance().client();
    }

    @Override
    public void close() {
        container.stop();
    }
}
