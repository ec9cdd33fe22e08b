package dev.kume.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.DockerClientFactory;

/** Kume's own image as an administrator meets it: user, health, stop, restart, start-up. */
@ExtendWith(NeedsEngine.class)
final class KumeContainerIT {
    private static final String NODE = "iqn.1991-05.com.microsoft:hv-node1";
    private static final long BYTES_MAX = 150L << 20;

    @BeforeAll
    static void images() throws Exception {
        Images.make(ContainerSwitch.need());
    }

    @Test
    void theImageIsSmallAndItsUserIsNotRoot() {
        DockerClient client = DockerClientFactory.instance().client();
        InspectImageResponse image = client.inspectImageCmd(Images.KUME).exec();
        long bytes = Objects.requireNonNull(image.getSize());
        System.out.printf("KumeContainerIT: the image has %d MB%n", bytes / 1_000_000);
        assertTrue(bytes < BYTES_MAX, () -> "it has grown to " + bytes + " bytes");
        var config = Objects.requireNonNull(image.getConfig());
        assertEquals("3260:3260", config.getUser());
        assertTrue(
                Objects.requireNonNull(config.getVolumes()).containsKey("/var/lib/kume"),
                () -> "no volume for the state");
        assertEquals(
                "/opt/kume/runtime/bin/java",
                Objects.requireNonNull(config.getEntrypoint())[0],
                "a shell would take the signals");
    }

    @Test
    void healthFollowsADiskThatGoesOfflineAndComesBack() throws Exception {
        try (KumeContainer kume = KumeContainer.start()) {
            kume.provide("vms", NODE);
            kume.awaitHealth("healthy");
            kume.admin("disk", "offline", "vms", "--yes");
            kume.awaitHealth("unhealthy");
            assertEquals(
                    "unhealthy: 1 disk offline (kume disk list)",
                    kume.lastHealth().strip());
            // Whoever would restart it for that asks this instead.
            assertEquals(
                    0,
                    Said.by(kume.container(), "", "kume", "health", "--alive").exit());
            kume.admin("disk", "online", "vms");
            kume.awaitHealth("healthy");
            assertEquals("healthy", kume.lastHealth().strip());
        }
    }

    @Test
    void aFileThatIsGoneAfterARestartIsUnhealthyUntilItIsBack() throws Exception {
        try (KumeContainer kume = KumeContainer.start()) {
            kume.provide("vms", NODE);
            kume.stop();
            kume.inVolume("mv /volume/disks/vms.vhd /volume/disks/away");
            kume.startAgain();
            kume.awaitHealth("unhealthy");
            kume.inVolume("mv /volume/disks/away /volume/disks/vms.vhd");
            kume.admin("disk", "online", "vms");
            kume.awaitHealth("healthy");
        }
    }

    @Test
    void aStopIsInOrderAndARestartHasTheStateOfTheVolume() throws Exception {
        try (KumeContainer kume = KumeContainer.start();
                InitiatorContainer node = InitiatorContainer.of(Images.TRIXIE)) {
            String iqn = kume.provide("vms", NODE);
            String options = InitiatorContainer.imageOptions(kume.portal(), NODE, iqn);
            node.run("qemu-io", "--image-opts", options, "-c", "write -P 0x5a 1M 64k", "-c", "flush")
                    .outOfSuccess();
            long began = System.nanoTime();
            kume.stop();
            long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
            assertTrue(millis < 10_000, () -> "the engine had to wait " + millis + " ms");

            kume.startAgain();
            kume.awaitHealth("healthy");
            assertTrue(kume.admin("disk", "list").contains("vms"));
            Said read = node.run("qemu-io", "--image-opts", options, "-c", "read -P 0x5a 1M 64k");
            assertTrue(read.outOfSuccess().contains("read 65536/65536"), read::toString);
            assertTrue(!read.out().contains("failed"), read::toString);
        }
    }

    @Test
    void itsStateIsReadByNobodyElse() throws Exception {
        try (KumeContainer kume = KumeContainer.start()) {
            // The shell's own tests, for the image has no other program.
            String script =
                    "test -O /var/lib/kume && test -O /run/kume && test -w /var/lib/kume && ! test -w /etc/kume";
            Said.by(kume.container(), "", "sh", "-c", script).outOfSuccess();
            Said other = Said.by(kume.container(), "65534", "sh", "-c", "cd /var/lib/kume");
            other.ofFailure();
        }
    }
}
