package dev.kume.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.SupportView;
import dev.kume.cli.archive.ArchiveWriter;
import dev.kume.cli.client.ApiClient;
import dev.kume.cli.files.Causes;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume support bundle}. */
@Command(
        name = "bundle",
        description = "Pack what somebody needs who is to help: logs, settings, what is provisioned and how it stands,"
                + " traces, versions. No secrets and no data of disks are in it; names, addresses and IQNs are.")
final class SupportBundleCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int BYTES_MAX = 32 << 20;
    private static final int SESSIONS_MAX = 32;
    private static final Map<String, String> VIEWS = views();

    private final Invocation invocation;
    private final JsonMapper mapper = ApiJson.lenient();
    private final Map<String, byte[]> members = new LinkedHashMap<>();
    private final StringBuilder manifest = new StringBuilder();
    private long bytes;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "Where it goes on this host (default: kume-support-TIME.tar.gz).")
    private @Nullable Path file;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The settings of a daemon that does not run (default: those at the usual place).")
    private @Nullable Path config;

    SupportBundleCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    private static Map<String, String> views() {
        Map<String, String> views = new LinkedHashMap<>();
        for (String path : new String[] {
            ApiPaths.STATUS,
            ApiPaths.ALARMS,
            ApiPaths.DISKS,
            ApiPaths.SNAPSHOTS,
            ApiPaths.CLUSTERS,
            ApiPaths.TARGETS,
            ApiPaths.MAPPINGS,
            ApiPaths.INITIATORS,
            ApiPaths.RESERVATIONS,
            ApiPaths.CREDENTIALS,
            ApiPaths.DISCOVERY,
            ApiPaths.TOKENS,
            ApiPaths.OPERATIONS,
            ApiPaths.SESSIONS
        }) {
            views.put(path.substring(path.lastIndexOf('/') + 1), path);
        }
        views.put("history", ApiPaths.configHistory(100));
        views.put("statistics", ApiPaths.STATISTICS);
        return Collections.unmodifiableMap(views);
    }

    @Override
    public Integer call() {
        Instant now = invocation.environment().clock().now();
        Path to = invocation.absolute(file == null ? Path.of("kume-support-" + TIME.format(now) + ".tar.gz") : file);
        ask();
        try {
            write(to, now);
        } catch (FileAlreadyExistsException e) {
            throw new CliException(ExitCode.CONFLICT, to + " exists already; name another file");
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED, "the bundle " + to + " cannot be written: " + Causes.of(e));
        }
        invocation.printChange(
                mapper.createObjectNode().put("file", to.toString()).put("members", members.size()),
                () -> "Support bundle with %d files in %s; read its manifest.txt before you send it"
                        .formatted(members.size(), to));
        return 0;
    }

    /** The daemon's own documents and all views; what its files say when it does not run. */
    private void ask() {
        ApiClient api = invocation.api();
        SupportView support;
        try {
            support = api.get(ApiPaths.SUPPORT).as(SupportView.class);
        } catch (CliException e) {
            if (e.exitCode() != ExitCode.UNREACHABLE || invocation.remote()) {
                throw e;
            }
            invocation.say("The daemon does not answer, so this is what its files say: " + e.getMessage());
            manifest.append("left out: all views, since the daemon does not answer: ")
                    .append(e.getMessage())
                    .append('\n');
            add(invocation.environment().daemon().support(config == null ? null : invocation.absolute(config)));
            return;
        }
        add(support); // First, so that no long list takes the room of the log.
        VIEWS.forEach((name, path) -> view(api, name, path));
    }

    private void add(SupportView support) {
        support.documents().forEach(document -> add(document.name(), document.text()));
    }

    private void view(ApiClient api, String name, String path) {
        try {
            JsonNode tree = api.get(path).tree();
            add("views/" + name + ".json", tree.toPrettyString());
            if (name.equals("sessions")) {
                int count = 0;
                for (JsonNode session : tree.path("sessions")) {
                    if (count++ < SESSIONS_MAX) {
                        long id = session.path("id").asLong();
                        view(api, "trace-" + id, ApiPaths.trace(id));
                    }
                }
            }
            if (name.equals("clusters")) {
                for (JsonNode cluster : tree.path("clusters")) {
                    String title = cluster.path("name").asText();
                    view(api, "cluster-" + title, ApiPaths.clusterStatus(title));
                }
            }
        } catch (CliException e) {
            manifest.append("left out: %s: %s%n".formatted(name, e.getMessage()));
        }
    }

    private void add(String name, String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        if (bytes + content.length > BYTES_MAX) {
            manifest.append("left out: %s: the bundle would have more than %d bytes%n".formatted(name, BYTES_MAX));
            return;
        }
        bytes += content.length;
        members.put(name, content);
    }

    private void write(Path to, Instant now) throws IOException {
        ArchiveWriter archive = new ArchiveWriter(now);
        String head = """
                Support bundle of Kume, made at %s.
                In it: versions, settings without comments, views of the API, metrics, traces (headers
                of PDUs), log, audit log, threads, memory, file systems, network cards.
                Not in it: secrets of CHAP, tokens, keys, and what disks hold.
                Names of disks, files and hosts, addresses and IQNs are in it: leave members out that
                are nobody's business.

                """.formatted(now);
        StringBuilder list = new StringBuilder(head);
        members.forEach((name, content) -> list.append("%10d %s%n".formatted(content.length, name)));
        archive.add("manifest.txt", list.append(manifest).toString().getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<String, byte[]> member : members.entrySet()) {
            archive.add(member.getKey(), member.getValue());
        }
        byte[] content = archive.finish();
        if (to.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(to);
        }
        try {
            Files.write(to, content);
        } catch (IOException e) {
            Files.deleteIfExists(to); // Half a bundle helps nobody, and takes room where there is none.
            throw e;
        }
    }
}
