package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Discovery by open-iscsi, with its own login and its own CHAP. It runs in user space: what it wants of the kernel is a
 * folder that says that there is iSCSI over TCP, which it gets in a mount namespace of its own, with a configuration of
 * its own. Sessions with targets need its kernel module and are not tried.
 */
final class OpenIscsiClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String NODE = "iqn.1993-08.org.debian:01:kume-it";
    private static final String SECRET = "initiator-proof";
    private static final String OTHER = "target-proof-1";

    @TempDir
    Path directory;

    private IscsidStandIn iscsid;

    @BeforeEach
    void initiator() throws Exception {
        Clients.need("iscsiadm", "unshare");
        Program.Result namespace = Program.run(LIMIT, "unshare", "--map-root-user", "--mount", "true");
        Assumptions.assumeTrue(namespace.exitCode() == 0, "no namespaces for this user: " + namespace.err());
        Files.createDirectory(directory.resolve("etc"));
        Files.createDirectory(directory.resolve("run"), ownerOnly());
        try {
            iscsid = IscsidStandIn.start(NODE);
        } catch (Exception taken) {
            Assumptions.abort("the real iscsid of this machine answers iscsiadm: " + taken);
        }
    }

    private static FileAttribute<?> ownerOnly() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    }

    @AfterEach
    void end() {
        if (iscsid != null) {
            iscsid.close();
        }
    }

    /** A discovery with these lines of {@code iscsid.conf}. */
    private Program.Result discover(RunningDaemon daemon, String configuration) throws IOException {
        Files.writeString(
                directory.resolve("etc").resolve("iscsid.conf"), "iscsid.startup = /bin/true\n" + configuration);
        String script = """
                set -e
                mount --bind "$1" /etc/iscsi
                mount -t tmpfs none /run/lock
                mount -t tmpfs none /sys/class
                mkdir -p /sys/class/iscsi_transport/tcp
                echo 1 >/sys/class/iscsi_transport/tcp/handle
                echo 0x39 >/sys/class/iscsi_transport/tcp/caps
                exec iscsiadm -m discovery -t sendtargets -p "$2"
                """;
        return Program.run(
                LIMIT,
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                script,
                "sh",
                directory.resolve("etc").toString(),
                "127.0.0.1:" + daemon.port());
    }

    /** Lines for an initiator that proves itself, and asks for the target's proof when there is a secret for that. */
    private static String chap(String algorithm, String secret, String targetSecret) {
        String lines = """
                discovery.sendtargets.auth.authmethod = CHAP
                discovery.sendtargets.auth.username = node
                discovery.sendtargets.auth.password = %s
                node.session.auth.chap_algs = %s
                """.formatted(secret, algorithm);
        return targetSecret.isEmpty() ? lines : lines + """
                discovery.sendtargets.auth.username_in = store
                discovery.sendtargets.auth.password_in = %s
                """.formatted(targetSecret);
    }

    private RunningDaemon daemon(String moreYaml) throws Exception {
        RunningDaemon daemon = RunningDaemon.start(directory, moreYaml, List.of());
        daemon.admin("target", "create", "one", "--iqn", RunningDaemon.IQN_PREFIX + ":one", "--initiator", NODE);
        return daemon;
    }

    private static String found(RunningDaemon daemon) {
        return "127.0.0.1:%d,1 %s:one\n".formatted(daemon.port(), RunningDaemon.IQN_PREFIX);
    }

    private void credential(RunningDaemon daemon, String name, String user, String secret) throws IOException {
        Path file = Files.createFile(
                directory.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, secret + "\n");
        daemon.admin("credential", "add", name, "--user", user, "--secret-file", file.toString());
    }

    private static void refused(Program.Result discovery) {
        assertNotEquals(0, discovery.exitCode(), discovery::toString);
        assertFalse(discovery.out().contains("iqn."), discovery::toString);
        assertTrue(discovery.err().contains("authorization failure"), discovery::toString);
    }

    @Test
    void itFindsWhatItIsAllowed() throws Exception {
        try (RunningDaemon daemon = daemon("")) {
            assertEquals(found(daemon), discover(daemon, "").outOfSuccess());
            daemon.admin("target", "deny", "one", NODE, "--yes");
            Program.Result none = discover(daemon, "");
            assertFalse(none.out().contains("iqn."), none::toString);
            daemon.stop();
        }
    }

    @ParameterizedTest
    @CsvSource({"MD5, MD5", "SHA-256, SHA256", "SHA3-256, SHA3-256"})
    void itProvesItselfWithEachDigestAndAsksForProof(String ours, String theirs) throws Exception {
        try (RunningDaemon daemon = daemon("authentication: {chapAlgorithms: [%s]}\n".formatted(ours))) {
            credential(daemon, "node", "node", SECRET);
            credential(daemon, "store", "store", OTHER);
            daemon.admin("discovery", "set", "--chap", "node", "--mutual", "store");
            assertEquals(
                    found(daemon), discover(daemon, chap(theirs, SECRET, "")).outOfSuccess());
            assertEquals(
                    found(daemon), discover(daemon, chap(theirs, SECRET, OTHER)).outOfSuccess());
            assertEquals(
                    found(daemon),
                    discover(daemon, chap("SHA3-256,SHA256,MD5", SECRET, OTHER)).outOfSuccess());
            refused(discover(daemon, chap(theirs, "not-the-secret", "")));
            refused(discover(daemon, ""));
            Program.Result deceived = discover(daemon, chap(theirs, SECRET, "not-the-target"));
            assertNotEquals(0, deceived.exitCode(), deceived::toString);
            assertFalse(deceived.out().contains("iqn."), deceived::toString);
            daemon.stop();
        }
    }

    @Test
    void aDigestThatIsForbiddenHereIsNotUsed() throws Exception {
        try (RunningDaemon daemon = daemon("authentication: {chapAlgorithms: [SHA-256]}\n")) {
            credential(daemon, "node", "node", SECRET);
            daemon.admin("discovery", "set", "--chap", "node");
            Program.Result md5 = discover(daemon, chap("MD5", SECRET, ""));
            assertNotEquals(0, md5.exitCode(), md5::toString);
            assertFalse(md5.out().contains("iqn."), md5::toString);
            daemon.stop();
        }
    }
}
