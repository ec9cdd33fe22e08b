package dev.kume.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Initiators of two distributions, each in a container of its own, at Kume's image. */
@ExtendWith(NeedsEngine.class)
final class InitiatorsContainerIT {
    private static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String NODE2 = "iqn.1991-05.com.microsoft:hv-node2";
    private static final String SECRET = "nodes-secret-1";
    private static final String OTHER = "stores-secret-2";
    private static KumeContainer kume;
    private static InitiatorContainer isns;
    private static Map<String, InitiatorContainer> nodes = Map.of();

    @BeforeAll
    static void start() throws Exception {
        Images.make(ContainerSwitch.need());
        int isnsPort = KumeContainer.freePort();
        isns = InitiatorContainer.isnsServer(isnsPort);
        nodes = Map.of(
                Images.BOOKWORM, InitiatorContainer.of(Images.BOOKWORM),
                Images.TRIXIE, InitiatorContainer.of(Images.TRIXIE));
        kume = KumeContainer.start("""
                isns:
                  servers: ["127.0.0.1:%d"]
                  entity: box
                """.formatted(isnsPort));
        kume.credential("node", "hv-node", SECRET);
        kume.credential("store", "kume", OTHER);
    }

    @AfterAll
    static void end() {
        nodes.values().forEach(InitiatorContainer::close);
        if (kume != null) {
            kume.close();
        }
        if (isns != null) {
            isns.close();
        }
    }

    private static InitiatorContainer node(String image) {
        return nodes.get(image);
    }

    /** A name for a disk that the two runs of one test do not share. */
    private static String name(String what, String image) {
        return what + image.substring(image.indexOf('/') + 1);
    }

    @Test
    void theyAreOfTheReleasesThatTheyAreSaidToBe() {
        String old = node(Images.BOOKWORM).run("cat", "/etc/packages").outOfSuccess();
        String later = node(Images.TRIXIE).run("cat", "/etc/packages").outOfSuccess();
        assertTrue(old.matches("(?s).*\\blibiscsi\\S* \\(?1\\.19.*"), old);
        assertTrue(later.matches("(?s).*\\blibiscsi\\S* \\(?1\\.20.*"), later);
        assertTrue(node(Images.BOOKWORM).run("qemu-img", "--version").out().contains("version 7."));
        assertTrue(node(Images.TRIXIE).run("qemu-img", "--version").out().contains("version 10."));
    }

    @ParameterizedTest
    @ValueSource(strings = {Images.BOOKWORM, Images.TRIXIE})
    void discoveryTellsWhatTheInitiatorMayUse(String image) {
        String iqn = kume.provide(name("seen", image), NODE1);
        String all = node(image)
                .run("iscsi-ls", "-i", NODE1, "iscsi://" + kume.portal())
                .outOfSuccess();
        assertTrue(all.contains("Target:" + iqn + " Portal:" + kume.portal() + ","), all);
        String size = node(image)
                .run("iscsi-readcapacity16", "-s", "-i", NODE1, kume.url("", iqn, ""))
                .outOfSuccess();
        assertEquals(64 << 20, Integer.parseInt(size.strip()), size);
        String none = node(image)
                .run("iscsi-ls", "-i", NODE2, "iscsi://" + kume.portal())
                .out();
        assertFalse(none.contains(iqn), none);
    }

    @ParameterizedTest
    @ValueSource(strings = {Images.BOOKWORM, Images.TRIXIE})
    void chapProvesOneSideOrBoth(String image) {
        String disk = name("chap", image);
        String iqn = kume.provide(disk, NODE1);
        kume.admin("target", "set", disk, "--chap", "node");
        String login = "hv-node%" + SECRET + "@";
        assertTrue(inquire(image, login, iqn, "").outOfSuccess().contains("Vendor:KUME"));
        inquire(image, "", iqn, "").ofFailure();
        inquire(image, "hv-node%another-secret@", iqn, "").ofFailure();
        kume.admin("target", "set", disk, "--mutual", "store");
        assertTrue(inquire(image, login, iqn, "?target_user=kume&target_password=" + OTHER)
                .outOfSuccess()
                .contains("Vendor:KUME"));
        inquire(image, login, iqn, "?target_user=kume&target_password=another-secret")
                .ofFailure();
    }

    private static Said inquire(String image, String login, String iqn, String more) {
        return node(image).run("iscsi-inq", "-i", NODE1, kume.url(login, iqn, more));
    }

    @ParameterizedTest
    @ValueSource(strings = {Images.BOOKWORM, Images.TRIXIE})
    void whatOneDistributionWritesTheOtherReads(String image) {
        String iqn = kume.provide(name("data", image), NODE1, NODE2);
        InitiatorContainer writer = node(image);
        InitiatorContainer reader = node(image.equals(Images.TRIXIE) ? Images.BOOKWORM : Images.TRIXIE);
        String sum = writer.shell("head -c 67108864 /dev/urandom >/tmp/out; "
                        + "qemu-img convert -n -f raw /tmp/out --target-image-opts "
                        + InitiatorContainer.imageOptions(kume.portal(), NODE1, iqn)
                        + " && sha256sum </tmp/out && rm /tmp/out")
                .outOfSuccess();
        String read = reader.shell("qemu-img convert -O raw --image-opts "
                        + InitiatorContainer.imageOptions(kume.portal(), NODE2, iqn)
                        + " /tmp/in && sha256sum </tmp/in && rm /tmp/in")
                .outOfSuccess();
        assertEquals(sum, read);
    }

    @ParameterizedTest
    @ValueSource(strings = {Images.BOOKWORM, Images.TRIXIE})
    void conformanceTestsOfEachRelease(String image) {
        String iqn = kume.provide(name("cu", image), NODE1, NODE2);
        ConformanceSmoke smoke = image.equals(Images.BOOKWORM) ? ConformanceSmoke.OF_1_19 : ConformanceSmoke.OF_1_20;
        Said said = node(image).shell(smoke.script(NODE1, NODE2, kume.url("", iqn, "")));
        smoke.check(said);
    }

    @Test
    void aNodeIsKeptFromWritingWhatAnotherHasReserved() {
        String iqn = kume.provide("shared", NODE1, NODE2);
        String url = kume.url("", iqn, "");
        InitiatorContainer first = node(Images.TRIXIE);
        InitiatorContainer second = node(Images.BOOKWORM);
        assertTrue(write(second, NODE2, iqn, "0x22").contains("wrote 65536/65536"));
        // Write exclusive, registrants only, as a cluster shared volume has it.
        first.run("iscsi-pr", "-i", NODE1, "-R", "-S", "a1", "-T", "5", url).outOfSuccess();
        String shown = kume.admin("reservation", "show", "shared");
        assertTrue(shown.contains(NODE1), shown);
        String refused = write(second, NODE2, iqn, "0x33");
        assertFalse(refused.contains("wrote 65536/65536"), refused);
        assertTrue(read(second, NODE2, iqn, "0x22"), "reading is allowed, and the old data is there");

        first.run("iscsi-pr", "-i", NODE1, "-C", "-S", "a1", url);
        kume.admin("reservation", "clear", "shared", "--force", "--yes");
        assertTrue(write(second, NODE2, iqn, "0x44").contains("wrote 65536/65536"));
        assertTrue(read(first, NODE1, iqn, "0x44"));
    }

    private static String write(InitiatorContainer node, String initiator, String iqn, String pattern) {
        return qemuIo(node, initiator, iqn, "write -P " + pattern + " 8M 64k");
    }

    private static boolean read(InitiatorContainer node, String initiator, String iqn, String pattern) {
        String said = qemuIo(node, initiator, iqn, "read -P " + pattern + " 8M 64k");
        return said.contains("read 65536/65536") && !said.contains("failed");
    }

    private static String qemuIo(InitiatorContainer node, String initiator, String iqn, String command) {
        String options = InitiatorContainer.imageOptions(kume.portal(), initiator, iqn);
        Said said = node.run("qemu-io", "--image-opts", options, "-c", command);
        return said.out() + said.err();
    }

    @Test
    void openIsnsTellsInitiatorsWhereATargetIs() throws Exception {
        String iqn = kume.provide("named", NODE1);
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        String told = isns.registered("iscsi-name=" + iqn);
        while (!told.contains("Portal IP address = 127.0.0.1")) {
            String last = told;
            assertTrue(System.nanoTime() < end, () -> "the server knows no portal of it: " + last);
            Thread.sleep(100);
            told = isns.registered("iscsi-name=" + iqn);
        }
        String port = kume.portal().substring(kume.portal().indexOf(':') + 1);
        assertTrue(told.contains(port + "/tcp"), told);
        assertTrue(told.contains("iSCSI name = \"" + iqn + "\""), told);
    }
}
