package dev.kume.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;

/**
 * Kume's image, serving on a loopback address of the engine's host. Its state is in a volume of its own, which goes
 * when this is closed; {@link #stop} and {@link #startAgain} keep it.
 */
final class KumeContainer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int STOP_SECONDS = 10;

    private final String volume = "kume-test-" + UUID.randomUUID();
    private final int port;
    private final GenericContainer<?> container;

    private KumeContainer(int port, String moreYaml, Duration healthEvery) {
        this.port = port;
        container = new GenericContainer<>(Images.KUME)
                .withNetworkMode("host")
                .withCopyToContainer(Transferable.of(yaml(port) + moreYaml, 0644), "/etc/kume/kume.yaml")
                .withCreateContainerCmdModifier(create -> {
                    HostConfig host = Objects.requireNonNull(create.getHostConfig());
                    host.withBinds(new Bind(volume, new Volume("/var/lib/kume")));
                    // The image's own command, asked more often.
                    create.withHealthcheck(new HealthCheck()
                            .withInterval(healthEvery.toNanos())
                            .withTimeout(Duration.ofSeconds(10).toNanos())
                            .withStartPeriod(0L)
                            .withRetries(1));
                })
                .waitingFor(Wait.forLogMessage("(?s).*Ready on .*", 1).withStartupTimeout(LIMIT));
    }

    /** Ready when this returns, and asked for its health every second. */
    static KumeContainer start() throws IOException {
        return started(new KumeContainer(freePort(), "", Duration.ofSeconds(1)));
    }

    /** The same with more of {@code kume.yaml}, and rarely asked for its health. */
    static KumeContainer start(String moreYaml) throws IOException {
        return started(new KumeContainer(freePort(), moreYaml, Duration.ofSeconds(30)));
    }

    private static KumeContainer started(KumeContainer kume) {
        try {
            kume.container.start();
            return kume;
        } catch (RuntimeException e) {
            kume.close();
            throw e;
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static String yaml(int port) {
        return """
                schemaVersion: 1
                host: box
                iqnPrefix: iqn.2026-11.dev.kume
                portals:
                  - name: iscsi
                    listen: ["127.0.0.1:%d"]
                metrics:
                  listen: none
                """.formatted(port);
    }

    String portal() {
        return "127.0.0.1:" + port;
    }

    String url(String login, String iqn, String more) {
        return "iscsi://%s%s/%s/0%s".formatted(login, portal(), iqn, more);
    }

    GenericContainer<?> container() {
        return container;
    }

    /** A verb that must succeed, run as the user of the image; its output. */
    String admin(String... words) {
        List<String> line = new ArrayList<>(List.of("kume"));
        line.addAll(List.of(words));
        return Said.by(container, "", line.toArray(String[]::new)).outOfSuccess();
    }

    /** A disk of 64 MiB that these initiators share; the name of its target. */
    String provide(String name, String... initiators) {
        String iqn = "iqn.2026-11.dev.kume:" + name;
        admin("disk", "create", name, "--size", "64MB", "--sharing", "cluster");
        List<String> target = new ArrayList<>(List.of("target", "create", name, "--iqn", iqn));
        for (String initiator : initiators) {
            target.addAll(List.of("--initiator", initiator));
        }
        admin(target.toArray(String[]::new));
        admin("map", name, name);
        return iqn;
    }

    /** A credential, whose secret comes from a file that only root of the container reads. */
    void credential(String name, String user, String secret) {
        String file = "/tmp/" + name;
        container.copyFileToContainer(Transferable.of(secret + "\n", 0600), file);
        Said.by(container, "root", "kume", "credential", "add", name, "--user", user, "--secret-file", file)
                .outOfSuccess();
    }

    /** What root of another container does to the volume, which it sees as {@code /volume}. */
    void inVolume(String script) {
        try (GenericContainer<?> other = new GenericContainer<>(Images.BOOKWORM)) {
            other.withCreateContainerCmdModifier(create -> Objects.requireNonNull(create.getHostConfig())
                            .withBinds(new Bind(volume, new Volume("/volume"))))
                    .withNetworkMode("host")
                    .withCommand("sh", "-ec", script)
                    .withStartupCheckStrategy(new OneShotStartupCheckStrategy())
                    .start();
        }
    }

    /** Waits until the engine's health check says so. */
    void awaitHealth(String wanted) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            var health = state().getHealth();
            if (health.getStatus().equals(wanted)) {
                return;
            }
            if (System.nanoTime() > end) {
                fail("still " + health.getStatus() + " and not " + wanted + ": " + health.getLog());
            }
            Thread.sleep(100);
        }
    }

    /** What the last health check printed. */
    String lastHealth() {
        var log = state().getHealth().getLog();
        return log.getLast().getOutput();
    }

    ContainerState state() {
        return client().inspectContainerCmd(container.getContainerId()).exec().getState();
    }

    private static DockerClient client() {
        return DockerClientFactory.instance().client();
    }

    /** As {@code docker stop}: it has to end by itself, in order. */
    void stop() {
        client().stopContainerCmd(container.getContainerId())
                .withTimeout(STOP_SECONDS)
                .exec();
        assertEquals(0L, state().getExitCodeLong(), container::getLogs);
        assertTrue(container.getLogs().stripTrailing().endsWith("Stopped"), container::getLogs);
    }

    /** As {@code docker start}; ready when this returns. */
    void startAgain() throws InterruptedException {
        client().startContainerCmd(container.getContainerId()).exec();
        long end = System.nanoTime() + LIMIT.toNanos();
        while (Said.by(container, "", "kume", "health", "--alive").exit() != 0) {
            assertTrue(System.nanoTime() < end, container::getLogs);
            Thread.sleep(100);
        }
    }

    @Override
    public void close() {
        boolean created = container.getContainerId() != null;
        container.stop();
        if (created) {
            client().removeVolumeCmd(volume).exec();
        }
    }
}
