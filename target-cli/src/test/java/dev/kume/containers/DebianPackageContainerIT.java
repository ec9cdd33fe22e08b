package dev.kume.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.BuiltPackage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The Debian package on a Debian without Java, and an initiator of the next release in another container. */
@ExtendWith(NeedsEngine.class)
final class DebianPackageContainerIT {
    private static final String NODE = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String IQN = "iqn.2026-11.dev.kume:packaged";
    private static final String IMAGE = "/var/lib/kume/disks/data.vhd";

    @BeforeAll
    static void images() throws Exception {
        Images.make(ContainerSwitch.need());
    }

    @Test
    void isInstalledUsedUpgradedRemovedAndPurged() throws Exception {
        try (PackagedKume host = PackagedKume.bareHost();
                InitiatorContainer node = InitiatorContainer.of(Images.TRIXIE)) {
            host.run("sh", "-c", "command -v java").ofFailure();
            host.install(BuiltPackage.file());
            host.serveLoopbackOnly();
            host.start();
            assertEquals("kume:kume", host.userOfDaemon());
            use(host, node);
            host.stop();

            failToUpgrade(host, node);
            assertEquals("install ok installed " + BuiltPackage.NEWER_VERSION, host.installed());
            host.start();
            assertTrue(read(host, node, "0x5a"), "what was written before the upgrade");
            write(host, node, "0xa5");
            host.stop();

            takeAway(host);
        }
    }

    private static void use(PackagedKume host, InitiatorContainer node) {
        host.done("kume", "disk", "create", "data", "--size", "64MB", "--sparse");
        host.done("kume", "target", "create", "packaged", "--iqn", IQN, "--initiator", NODE);
        host.done("kume", "map", "data", "packaged", "--lun", "0");
        String seen =
                node.run("iscsi-ls", "-i", NODE, "iscsi://" + host.portal()).outOfSuccess();
        assertTrue(seen.contains("Target:" + IQN + " Portal:" + host.portal() + ","), seen);
        String unit = node.run("iscsi-inq", "-i", NODE, "iscsi://%s/%s/0".formatted(host.portal(), IQN))
                .outOfSuccess();
        assertTrue(unit.contains("Vendor:KUME"), unit);
        write(host, node, "0x5a");
        assertTrue(read(host, node, "0x5a"));
    }

    /** A file that was cut off on its way; then a host that goes down when the files are there, and no more is done. */
    private static void failToUpgrade(PackagedKume host, InitiatorContainer node) throws Exception {
        String before = host.installed();
        host.noteServiceOrders();
        host.copy(BuiltPackage.newer());
        host.done("sh", "-c", "head -c $(($(stat -c %s /kume.deb) / 2)) /kume.deb >/cut.deb");
        host.dpkg("--install", "/cut.deb").ofFailure();
        assertEquals(before, host.installed());
        assertEquals("stop kume.service\nstart kume.service\n", host.serviceOrders(), "it serves again");
        host.start();
        assertTrue(read(host, node, "0x5a"), "what was written before an upgrade that failed");
        host.stop();

        host.dpkg("--unpack", "/kume.deb").outOfSuccess();
        assertEquals("install ok unpacked " + BuiltPackage.NEWER_VERSION, host.installed());
        assertEquals("stop kume.service\n", host.serviceOrders());
        host.start(); // As the next boot would do.
        assertTrue(read(host, node, "0x5a"), "what was written before an upgrade that was cut off");
        host.stop();
        host.dpkg("--configure", "--pending").outOfSuccess();
        assertEquals("start kume.service\n", host.serviceOrders());
    }

    /** Neither a removal nor a purge takes an image. */
    private static void takeAway(PackagedKume host) {
        String image = host.done("sha256sum", IMAGE);
        host.done("dpkg", "--remove", "kume");
        host.run("sh", "-c", "command -v kume").ofFailure();
        host.done("test", "-f", "/etc/kume/kume.yaml");
        assertEquals(image, host.done("sha256sum", IMAGE));
        String told = host.run("dpkg", "--purge", "kume").ofSuccess();
        assertTrue(told.contains("/var/lib/kume is kept"), told);
        host.run("test", "-e", "/etc/kume").ofFailure();
        host.run("test", "-e", "/usr/lib/kume").ofFailure();
        assertEquals(image, host.done("sha256sum", IMAGE));
    }

    private static void write(PackagedKume host, InitiatorContainer node, String pattern) {
        String said = qemuIo(host, node, "write -P " + pattern + " 1M 4M", "flush");
        assertTrue(said.contains("wrote 4194304/4194304"), said);
    }

    private static boolean read(PackagedKume host, InitiatorContainer node, String pattern) {
        String said = qemuIo(host, node, "read -P " + pattern + " 1M 4M", "read -P 0 5M 64k");
        assertFalse(said.contains("Could not open"), said);
        return said.contains("read 4194304/4194304") && !said.contains("failed");
    }

    private static String qemuIo(PackagedKume host, InitiatorContainer node, String first, String second) {
        String options = InitiatorContainer.imageOptions(host.portal(), NODE, IQN);
        Said said = node.run("qemu-io", "--image-opts", options, "-c", first, "-c", second);
        return said.out() + said.err();
    }
}
