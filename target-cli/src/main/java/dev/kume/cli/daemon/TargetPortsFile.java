package dev.kume.cli.daemon;

import dev.kume.cli.files.Causes;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.cli.yaml.YamlWriter;
import dev.kume.core.nexus.PortName;
import dev.kume.core.nexus.PortTable;
import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPorts;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code target-ports.yaml}: the relative identifier of every target port, durable before an initiator can reach the
 * port. Asked by any thread; changed by one at a time.
 */
final class TargetPortsFile implements TargetPorts {
    private static final int SCHEMA_VERSION = 1;
    private static final int TAG_MAX = 65_535;

    private final Path file;
    private final DurableFiles files;
    private volatile PortTable table;

    private TargetPortsFile(Path file, DurableFiles files, PortTable table) {
        this.file = file;
        this.files = files;
        this.table = table;
    }

    /**
     * The ports as they were last. A damaged file is an error: hosts know the ports by their identifiers, and would
     * find other ports behind them.
     */
    static TargetPortsFile load(Path stateDirectory, DurableFiles files) throws DaemonException {
        Path file = stateDirectory.resolve("target-ports.yaml");
        try {
            return new TargetPortsFile(file, files, read(file.toString(), Files.readString(file)));
        } catch (NoSuchFileException e) {
            return new TargetPortsFile(file, files, PortTable.EMPTY);
        } catch (CharacterCodingException e) {
            throw DaemonException.failed("%s:1:1: it is not UTF-8 text; %s".formatted(file, restoring()));
        } catch (YamlException e) {
            throw DaemonException.failed("%s; %s".formatted(e.getMessage(), restoring()));
        } catch (IOException e) {
            throw DaemonException.failed("%s cannot be read: %s".formatted(file, Causes.of(e)));
        }
    }

    private static String restoring() {
        return "nothing was started; restore the file from a backup, or remove it: the ports get other identifiers"
                + " then, and hosts with asymmetric access have to rescan";
    }

    /**
     * Gives identifiers to those of these ports that have none, durably. On failure nothing has changed.
     *
     * @throws IllegalArgumentException with a text for people, when there are more ports than identifiers
     */
    synchronized void add(Collection<PortName> wanted) throws IOException {
        PortTable next = table.with(wanted);
        if (next.all().size() != table.all().size()) {
            files.replaceContent(file, write(next));
            table = next;
        }
    }

    /** Forgets the ports of targets that the predicate does not accept; the file follows with the next change. */
    synchronized void keep(Predicate<String> targetName) {
        table = table.keeping(targetName);
    }

    @Override
    public @Nullable TargetPort find(String targetName, int portalGroup) {
        return table.find(targetName, portalGroup);
    }

    @Override
    public @Nullable TargetPort find(int relativeId) {
        return table.find(relativeId);
    }

    @Override
    public List<TargetPort> all() {
        return table.all();
    }

    static byte[] write(PortTable table) {
        String text = YamlWriter.document(out -> {
            out.writeNumberField("schemaVersion", SCHEMA_VERSION);
            out.writeNumberField("next", table.next());
            out.writeArrayFieldStart("ports");
            for (TargetPort port : table.all()) {
                out.writeStartObject();
                out.writeNumberField("id", port.relativeId());
                out.writeStringField("target", port.targetName());
                out.writeNumberField("portalGroup", port.portalGroup());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static PortTable read(String file, String text) throws YamlException {
        YamlKeys root = YamlKeys.document(file, text);
        root.number("schemaVersion", SCHEMA_VERSION, SCHEMA_VERSION);
        int next = Math.toIntExact(root.number("next", 1, PortTable.RELATIVE_ID_MAX));
        List<TargetPort> ports = new ArrayList<>();
        for (YamlKeys keys : root.blocks("ports")) {
            int id = Math.toIntExact(keys.number("id", 1, PortTable.RELATIVE_ID_MAX));
            ports.add(new TargetPort(keys.text("target"), Math.toIntExact(keys.number("portalGroup", 1, TAG_MAX)), id));
            keys.end();
        }
        root.end();
        try {
            return PortTable.of(next, ports);
        } catch (IllegalArgumentException e) {
            throw root.complain("ports", String.valueOf(e.getMessage()));
        }
    }
}
