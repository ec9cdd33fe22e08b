package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.cli.service.Supervisor;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.disk.vhd.VhdFormat;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.store.StoreProvider;
import dev.kume.protocol.login.LoginSecurity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a whole, with a real server on loopback: starts, refusals to start, and ends. */
final class DaemonTest {
    @TempDir
    Path folder;

    @Test
    void itListensWhereItSaysAndStopsAndStartsAgain() throws Exception {
        InetSocketAddress address;
        try (Daemon daemon = Daemon.start(settings(0), system())) {
            address = only(daemon);
            try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                assertTrue(socket.isConnected());
            }
            assertTrue(Files.exists(socketPath()));
        }
        assertFalse(Files.exists(socketPath()));
        try (Daemon daemon = Daemon.start(settings(address.getPort()), system())) {
            assertEquals(address, only(daemon));
        }
    }

    @Test
    void aPortThatIsTakenIsNamedAndNothingIsLeftStarted() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            DaemonException refused =
                    assertThrows(DaemonException.class, () -> Daemon.start(settings(taken.getLocalPort()), system()));
            assertTrue(
                    refused.getMessage().contains("127.0.0.1:%d is in use".formatted(taken.getLocalPort())),
                    refused.getMessage());
            assertEquals(8, refused.exitCode());
        }
        assertFalse(Files.exists(socketPath()));
        Daemon.start(settings(0), system()).close();
    }

    @Test
    void noPortalListensBeforeEveryDiskIsOpenOrKnownToBeOffline() throws Exception {
        int port;
        try (RunningManagement management = RunningManagement.in(folder);
                ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
            for (String name : List.of("here", "lost")) {
                assertTrue(management
                        .create("{\"name\":\"%s\",\"size\":\"1MB\"}".formatted(name))
                        .ended());
            }
            Files.delete(
                    Path.of(management.get("/v1/disks/lost").body().path("file").asText()));
        }
        AtomicInteger refused = new AtomicInteger();
        FaultyStores stores = new FaultyStores();
        stores.opening = () -> {
            try (Socket early = new Socket(InetAddress.getLoopbackAddress(), port)) {
                refused.set(Integer.MIN_VALUE);
                assertTrue(early.isConnected());
            } catch (IOException e) {
                refused.incrementAndGet();
            }
        };
        try (Daemon daemon = Daemon.start(settings(port), system(stores))) {
            assertTrue(refused.get() >= 2, "connections while disks were being opened: " + refused);
            try (Socket late =
                    new Socket(InetAddress.getLoopbackAddress(), only(daemon).getPort())) {
                assertTrue(late.isConnected());
            }
        }
    }

    @Test
    void anAddressOfAnotherHostIsNamed() {
        Settings far = settings(List.of(new InetSocketAddress("192.0.2.77", 3260)));
        DaemonException refused = assertThrows(DaemonException.class, () -> Daemon.start(far, system()));
        assertTrue(
                refused.getMessage().contains("192.0.2.77:3260 is not an address of this host"), refused.getMessage());
        assertEquals(1, refused.exitCode());
    }

    @Test
    void aStateDirectoryThatIsAFileIsNamed() throws Exception {
        Files.writeString(folder.resolve("state"), "");
        DaemonException refused = assertThrows(DaemonException.class, () -> Daemon.start(settings(0), system()));
        assertEquals(
                "the state directory %s/state cannot be used: it is not a directory; give it to the user of the daemon, or"
                                .formatted(folder)
                        + " set stateDirectory",
                refused.getMessage());
    }

    @Test
    void aSecondDaemonOnTheSameStateIsRefused() throws Exception {
        try (Daemon first = Daemon.start(settings(0), system())) {
            assertFalse(first.addresses().isEmpty());
            DaemonException refused = assertThrows(DaemonException.class, () -> Daemon.start(settings(0), system()));
            assertTrue(refused.getMessage().contains("(pid 4712)"), refused.getMessage());
            assertEquals(8, refused.exitCode());
            assertTrue(Files.exists(socketPath()), "the first one's socket stays");
        }
    }

    @Test
    void aSocketLeftByAKilledDaemonIsReplaced() throws Exception {
        Files.createDirectory(
                socketPath().getParent(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (ServerSocketChannel dead = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socketPath()));
        }
        assertTrue(Files.exists(socketPath()));
        Daemon.start(settings(0), system()).close();
    }

    @Test
    void aSocketThatAnotherDaemonAnswersOnIsLeftAlone() throws Exception {
        Files.createDirectory(
                socketPath().getParent(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (ServerSocketChannel other = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(socketPath()));
            DaemonException refused = assertThrows(DaemonException.class, () -> Daemon.start(settings(0), system()));
            assertEquals(
                    "another daemon answers on the management socket %s; stop that one first, or set admin.socket"
                            .formatted(socketPath()),
                    refused.getMessage());
            assertTrue(Files.exists(socketPath()), "it is not ours to remove");
        }
    }

    @Test
    void aSocketDirectoryOpenToOthersOrAFileInItsPlaceIsRefused() throws Exception {
        Path run = Files.createDirectory(socketPath().getParent());
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        DaemonException open = assertThrows(DaemonException.class, () -> Daemon.start(settings(0), system()));
        assertTrue(open.getMessage().contains("run 'chmod 700 %s'".formatted(run)), open.getMessage());
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(socketPath(), "precious");
        DaemonException file = assertThrows(DaemonException.class, () -> Daemon.start(settings(0), system()));
        assertTrue(file.getMessage().contains("exists and is no socket"), file.getMessage());
        assertEquals("precious", Files.readString(socketPath()));
    }

    @Test
    void aSocketPathThatSystemsRefuseIsRefusedFirst() throws Exception {
        Path longPath = folder.resolve("d".repeat(100)).resolve("admin.sock");
        DaemonException refused = assertThrows(DaemonException.class, () -> AdminSocket.prepare(longPath));
        assertTrue(refused.getMessage().contains("systems take at most 100"), refused.getMessage());
        assertFalse(Files.exists(longPath.getParent()));
    }

    @Test
    void aDamagedInventoryStopsTheStart() throws Exception {
        Daemon.start(settings(0), system()).close();
        Files.writeString(folder.resolve("state/inventory.yaml"), "schemaVersion: 1\n");
        DaemonException refused = assertThrows(DaemonException.class, () -> Daemon.start(settings(0), system()));
        assertEquals(
                "%s/state/inventory.yaml:1:1: the key 'version' is missing; add it; nothing was started, and %s/state/history"
                                .formatted(folder, folder)
                        + " has no good version; restore the file from a backup",
                refused.getMessage());
    }

    @Test
    void theProgramPutsOneLineOnStandardErrorAndReturnsTheExitCode() throws Exception {
        Path config = Files.writeString(folder.resolve("kume.yaml"), "schemaVersion: 1\nportalz: []\n");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new DaemonProgram(system().clock(), new PrintStream(out), new PrintStream(err), Supervisor.NONE)
                .run(config);
        assertEquals(2, status);
        assertEquals("kume: %s:2:1: unknown key 'portalz'; did you mean portals?\n".formatted(config), err.toString());
        assertEquals("", out.toString());
    }

    private Path socketPath() {
        return folder.resolve("run/admin.sock");
    }

    private static InetSocketAddress only(Daemon daemon) {
        assertEquals(1, daemon.addresses().size());
        return ListenAddress.parse(daemon.addresses().getFirst());
    }

    private Settings settings(int port) {
        return settings(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    private Settings settings(List<InetSocketAddress> listen) {
        return new Settings(
                null,
                folder.resolve("state"),
                folder.resolve("disks"),
                "iqn.2026-11.dev.kume",
                null,
                List.of(new PortalSettings("iscsi", 1, listen)),
                LoginSecurity.DEFAULT.algorithms(),
                socketPath(),
                Limits.DEFAULTS);
    }

    private static HostSystem system() {
        return system(LocalFiles.ofThisHost());
    }

    private static HostSystem system(StoreProvider stores) {
        Clock clock = new Clock() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public Instant now() {
                return Instant.now();
            }
        };
        return new HostSystem(
                "store1",
                "0.1.0",
                4712,
                clock,
                new SplittableRandom(3),
                stores,
                new DiskFormats(List.of(new VhdFormat(clock), new RawFormat())),
                DurableFiles.OF_THIS_HOST,
                HostNames.OF_THIS_HOST);
    }
}
