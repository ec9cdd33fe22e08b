package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code bin/kume serve} as a process of its own, on a loopback port that was free and with a state directory of its
 * own. Closing it ends the process whatever it does; the state directory is the caller's.
 */
final class RunningDaemon implements AutoCloseable {
    static final Duration CLI_LIMIT = Duration.ofSeconds(20);
    static final String IQN_PREFIX = "iqn.2026-11.dev.kume";
    static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    static final String NODE2 = "iqn.1991-05.com.microsoft:hv-node2";
    private static final Duration READY_LIMIT = Duration.ofSeconds(20);
    private static final int PROCESS_KILLED = 137;

    private final Path directory;
    private final int port;
    private final Path configuration;
    private final List<String> wrapper;
    private Process process;

    private RunningDaemon(Path directory, int port, Path configuration, List<String> wrapper, Process process) {
        this.directory = directory;
        this.port = port;
        this.configuration = configuration;
        this.wrapper = wrapper;
        this.process = process;
    }

    /** A daemon whose whole world is this directory; ready when this returns. */
    static RunningDaemon start(Path directory) throws IOException, InterruptedException {
        return start(directory, "", List.of());
    }

    /** With more of {@code kume.yaml}, and started by another program (strace) that gets the command line. */
    static RunningDaemon start(Path directory, String moreYaml, List<String> wrapper)
            throws IOException, InterruptedException {
        int port = freePort();
        return start(directory, port, yaml(directory, port) + moreYaml, wrapper);
    }

    /** With a second address in its portal group. */
    static RunningDaemon startWithPortals(Path directory, int secondPort) throws IOException, InterruptedException {
        int port = freePort();
        String one = "\"127.0.0.1:%d\"".formatted(port);
        String both = one + ", \"127.0.0.1:%d\"".formatted(secondPort);
        return start(directory, port, yaml(directory, port).replace(one, both), List.of());
    }

    private static RunningDaemon start(Path directory, int port, String yaml, List<String> wrapper)
            throws IOException, InterruptedException {
        Path configuration = Files.writeString(directory.resolve("kume.yaml"), yaml);
        RunningDaemon daemon =
                new RunningDaemon(directory, port, configuration, wrapper, spawn(directory, configuration, wrapper));
        try {
            daemon.awaitReady();
            return daemon;
        } catch (IOException | InterruptedException | AssertionError e) {
            daemon.close();
            throw e;
        }
    }

    /** Settings for a daemon in this directory. */
    static String yaml(Path directory, int port) {
        return """
                schemaVersion: 1
                stateDirectory: %s
                iqnPrefix: %s
                portals:
                  - name: iscsi
                    listen: ["127.0.0.1:%d"]
                metrics: { listen: none }
                admin:
                  socket: %s
                """.formatted(directory.resolve("state"), IQN_PREFIX, port, socketIn(directory));
    }

    static Path socketIn(Path directory) {
        return directory.resolve("run").resolve("admin.sock");
    }

    static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /** Signals at their defaults and a process group of its own, as a terminal or a service manager would start it. */
    private static Process spawn(Path directory, Path configuration, List<String> wrapper) throws IOException {
        List<String> words = Program.words(
                "env", "--default-signal", "setsid", wrapper, kumeProgram(), "serve", "--config", configuration);
        Path log = directory.resolve("daemon.log");
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectInput(new java.io.File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static String kumeProgram() {
        return Clients.home().resolve("bin").resolve("kume").toString();
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + READY_LIMIT.toNanos();
        while (System.nanoTime() < end) {
            assertTrue(process.isAlive(), () -> "the daemon ended with " + process.exitValue() + ":\n" + log());
            if (answers()) {
                return;
            }
            Thread.sleep(10);
        }
        fail("the daemon is not ready after " + READY_LIMIT + ":\n" + log());
    }

    private boolean answers() {
        try {
            return ManagementApi.get(socket(), "/v1/status")
                    .path("state")
                    .asText()
                    .equals("ready");
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    InetSocketAddress portal() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    Path socket() {
        return socketIn(directory);
    }

    Path directory() {
        return directory;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String log() {
        try {
            return Files.readString(directory.resolve("daemon.log"));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    /** {@code iscsi://127.0.0.1:PORT/IQN/LUN}. */
    String url(String iqn, int lun) {
        return "iscsi://127.0.0.1:%d/%s/%d".formatted(port, iqn, lun);
    }

    /** What {@code qemu-img} and {@code qemu-io} take with {@code --image-opts} to be this initiator at this LUN. */
    String imageOptions(String initiator, String iqn, int lun) {
        return ("driver=raw,file.driver=iscsi,file.transport=tcp,file.portal=127.0.0.1:%d,file.target=%s,file.lun=%d,"
                        + "file.initiator-name=%s")
                .formatted(port, iqn, lun, initiator);
    }

    RawInitiator login(String initiator, String iqn) throws IOException {
        return RawInitiator.login(portal(), initiator, iqn);
    }

    /** A verb of the real command line, whatever becomes of it. */
    Program.Result kume(String... words) {
        return cli(socket(), words);
    }

    static Program.Result cli(Path socket, String... words) {
        List<String> line = Program.words(kumeProgram(), "--server", socket);
        line.addAll(List.of(words));
        return Program.run(CLI_LIMIT, Map.of("NO_COLOR", "1"), line);
    }

    /** A verb that must succeed; its output. */
    String admin(String... words) {
        return kume(words).outOfSuccess();
    }

    /** An answer of the management API, past the command line, which takes a JVM each time. */
    JsonNode get(String path) throws IOException {
        return ManagementApi.get(socket(), path);
    }

    void post(String path, String json) throws IOException {
        ManagementApi.request(socket(), "POST", path, json);
    }

    /** A disk of this size, sharing cluster, mapped as LUN 0 into a target of the same name that allows node 1. */
    String provide(String name, String size, String format) throws IOException {
        return provide(name, size, format, "cluster", NODE1);
    }

    /** The same with this sharing, for these initiators. */
    String provide(String name, String size, String format, String sharing, String... initiators) throws IOException {
        String iqn = IQN_PREFIX + ":" + name;
        provideDisk(name, size, format, sharing);
        String allowed = String.join("\",\"", initiators);
        post("/v1/targets", """
                {"name":"%s","iqn":"%s","initiators":["%s"]}""".formatted(name, iqn, allowed));
        post("/v1/mappings", """
                {"disk":"%s","target":"%s","lun":0}""".formatted(name, name));
        return iqn;
    }

    /** A disk of this size, sharing cluster, mapped nowhere. */
    void provideDisk(String name, String size, String format) throws IOException {
        provideDisk(name, size, format, "cluster");
    }

    private void provideDisk(String name, String size, String format, String sharing) throws IOException {
        String disk = """
                {"name":"%s","size":"%s","format":"%s","sparse":true,"sharing":"%s"}""";
        provideDisk(disk.formatted(name, size, format, sharing));
    }

    /** A disk as this request has it, mapped nowhere. */
    void provideDisk(String request) throws IOException {
        post("/v1/disks", request);
        awaitOperations();
    }

    private void awaitOperations() throws IOException {
        long end = System.nanoTime() + READY_LIMIT.toNanos();
        while (get("/v1/status").path("counts").path("operationsRunning").asInt() > 0) {
            assertTrue(System.nanoTime() < end, "an operation does not end");
        }
    }

    /** The file of a disk. */
    Path file(String disk) throws IOException {
        return Path.of(get("/v1/disks/" + disk).path("file").asText());
    }

    long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return fail("no VmRSS");
    }

    /** SIGKILL, as a power switch for the process. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertEquals(PROCESS_KILLED, process.waitFor());
    }

    /** The same daemon again after its end. */
    void restart() throws IOException, InterruptedException {
        process = spawn(directory, configuration, wrapper);
        awaitReady();
    }

    /** Sends a signal by name and waits; the exit status. */
    int signal(String name, Duration limit) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertTrue(
                process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS),
                () -> "SIG" + name + " does not end the daemon within " + limit + ":\n" + log());
        return process.exitValue();
    }

    /** Waits for its end; the exit status. */
    int exit() throws InterruptedException {
        assertTrue(process.waitFor(10, TimeUnit.SECONDS), () -> "the daemon does not end:\n" + log());
        return process.exitValue();
    }

    /** Ends it in order; it must agree that all is well. */
    void stop() throws IOException, InterruptedException {
        assertEquals(0, signal("TERM", Duration.ofSeconds(10)), this::log);
    }

    @Override
    public void close() {
        List<ProcessHandle> below = new ArrayList<>(process.descendants().toList());
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
