package dev.kume.cli.support;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.kume.cli.api.SupportView;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a bundle has of one process and its host. Each text has a bound; what cannot be read says why. No image
 * is opened, and no file of {@code secrets/} is among the texts.
 */
public final class SupportDocuments {
    private static final int LOG_BYTES = 2 << 20;
    private static final int TRACE_BYTES = 1 << 18;
    private static final int TRACES = 20;
    private static final List<String> SECRET_WORDS = List.of("secret", "password", "passphrase", "token", "privatekey");

    private final String kume;
    private final Path state;
    private final @Nullable Path settings;
    private final @Nullable Path log;
    private final List<Path> folders;
    private final List<SupportView.Document> documents = new ArrayList<>();
    private final Scrub scrub;

    private interface Text {
        String make() throws IOException;
    }

    /**
     * @param kume     its version
     * @param settings the settings file; null for built-in ones
     * @param log      the log file; null for none
     * @param folders  where images lie
     */
    public SupportDocuments(String kume, Path state, @Nullable Path settings, @Nullable Path log, List<Path> folders) {
        this.kume = kume;
        this.state = state;
        this.settings = settings;
        this.log = log;
        this.folders = folders;
        this.scrub = new Scrub(state);
    }

    /**
     * All texts.
     *
     * @param process false when this process is not the daemon
     */
    public SupportView collect(boolean process) {
        add("versions.txt", this::versions);
        add("host/network.txt", SupportDocuments::network);
        add("host/file-systems.txt", this::fileSystems);
        if (process) {
            add("process/threads.txt", SupportDocuments::threads);
            add("process/memory.txt", SupportDocuments::memory);
            add("process/limits.txt", () -> Files.readString(Path.of("/proc/self/limits")));
            add("process/status.txt", () -> Files.readString(Path.of("/proc/self/status")));
        }
        Path file = settings;
        if (file != null) {
            add("settings.yaml", () -> settings(file));
        }
        add("state/version.yaml", () -> Files.readString(state.resolve("version.yaml")));
        add("state/files.txt", this::stateFiles);
        Path written = log;
        if (written != null) {
            log("log/kume.log", written);
        }
        log("log/audit.log", state.resolve("audit").resolve("audit.log"));
        traces();
        return new SupportView(List.copyOf(documents));
    }

    /** A text of somebody else's, which has to be without secrets too. */
    public SupportDocuments with(String name, Supplier<String> text) {
        add(name, text::get);
        return this;
    }

    private void add(String name, Text text) {
        String content;
        try {
            content = text.make();
        } catch (IOException | RuntimeException e) {
            content = "left out: " + e + "\n";
        }
        documents.add(new SupportView.Document(name, scrub.of(content)));
    }

    /** The end of a log, and of the file before it, which may have got its number a moment ago. */
    private void log(String name, Path file) {
        add(name, () -> end(file, LOG_BYTES));
        Path before = file.resolveSibling(file.getFileName() + ".1");
        if (Files.exists(before)) {
            add(name + ".1", () -> end(before, LOG_BYTES));
        }
    }

    private String versions() {
        StringBuilder text = new StringBuilder("kume: " + kume + "\n");
        for (String name : List.of(
                "java.version", "java.vm.name", "java.vm.version", "java.vendor", "os.name", "os.version", "os.arch")) {
            text.append(name).append(": ").append(System.getProperty(name)).append('\n');
        }
        for (String file : List.of("/proc/version", "/etc/os-release", "/proc/uptime", "/proc/loadavg")) {
            try {
                text.append("\n# ").append(file).append('\n').append(Files.readString(Path.of(file)));
            } catch (IOException e) {
                text.append("not there\n");
            }
        }
        return text.toString();
    }

    private static String network() throws IOException {
        StringBuilder text = new StringBuilder();
        for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            text.append("%s up=%s mtu=%d %s%n"
                    .formatted(card.getName(), card.isUp(), card.getMTU(), card.getInterfaceAddresses()));
        }
        return text.toString();
    }

    private String fileSystems() throws IOException {
        StringBuilder text = new StringBuilder();
        List<Path> all = new ArrayList<>(folders);
        all.add(state);
        for (Path folder : all) {
            if (Files.exists(folder)) {
                FileStore store = Files.getFileStore(folder);
                text.append("%s: %s (%s), %d bytes, %d free, read-only=%s%n"
                        .formatted(
                                folder,
                                store.name(),
                                store.type(),
                                store.getTotalSpace(),
                                store.getUsableSpace(),
                                store.isReadOnly()));
            } else {
                text.append(folder).append(": not there\n");
            }
        }
        return text.toString();
    }

    private static String threads() {
        StringBuilder text = new StringBuilder();
        Map<Thread, StackTraceElement[]> all = new TreeMap<>(Comparator.comparingLong(Thread::threadId));
        all.putAll(Thread.getAllStackTraces());
        all.forEach((thread, stack) -> {
            text.append("\"%s\" #%d %s%n".formatted(thread.getName(), thread.threadId(), thread.getState()));
            for (StackTraceElement frame : stack) {
                text.append("    at ").append(frame).append('\n');
            }
        });
        return text.toString();
    }

    private static String memory() {
        Runtime runtime = Runtime.getRuntime();
        return "heap: %d used, %d committed, %d at most%nprocessors: %d%n"
                .formatted(
                        runtime.totalMemory() - runtime.freeMemory(),
                        runtime.totalMemory(),
                        runtime.maxMemory(),
                        runtime.availableProcessors());
    }

    /** What the settings say, without comments: nobody knows what people note there. */
    private static String settings(Path file) throws IOException {
        YAMLMapper mapper = new YAMLMapper();
        try {
            JsonNode tree = mapper.readTree(Files.readString(file));
            hide(tree);
            return mapper.writeValueAsString(tree);
        } catch (JacksonException e) {
            // Its words quote the line, and with it whatever stands there.
            JsonLocation at = e.getLocation();
            return "left out: it is no YAML%s\n".formatted(at == null ? "" : ", at line " + at.getLineNr());
        }
    }

    private static void hide(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                String name = field.getKey().toLowerCase(Locale.ROOT);
                if (field.getValue().isValueNode() && SECRET_WORDS.stream().anyMatch(name::contains)) {
                    object.put(field.getKey(), "***");
                } else {
                    hide(field.getValue());
                }
            }
        } else {
            node.forEach(SupportDocuments::hide);
        }
    }

    private String stateFiles() throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> all = Files.walk(state, 2)) {
            for (Path file : all.sorted().limit(10_000).toList()) {
                text.append("%12d %s %s%n"
                        .formatted(Files.size(file), Files.getLastModifiedTime(file), state.relativize(file)));
            }
        }
        return text.toString();
    }

    /** The last bytes of a file, from the beginning of a line. */
    private static String end(Path file, int bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long from = Math.max(0, channel.size() - bytes);
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(bytes, channel.size() - from));
            int read = 0;
            while (buffer.hasRemaining() && read >= 0) {
                read = channel.read(buffer, from + buffer.position());
            }
            String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
            return from == 0 ? text : text.substring(text.indexOf('\n') + 1);
        }
    }

    /** The newest traces of connections that ended by an error: headers, and never a data segment. */
    private void traces() {
        List<Path> newest;
        try (Stream<Path> all = Files.list(state.resolve("traces"))) {
            newest = all.filter(file -> file.toString().endsWith(".json"))
                    .sorted(Comparator.reverseOrder())
                    .limit(TRACES)
                    .toList();
        } catch (IOException e) {
            return; // No connection has ended by an error yet.
        }
        newest.forEach(file -> add("traces/" + file.getFileName(), () -> end(file, TRACE_BYTES)));
    }
}
