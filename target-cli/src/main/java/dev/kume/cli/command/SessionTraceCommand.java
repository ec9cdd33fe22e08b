package dev.kume.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TraceView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.protocol.trace.ConnectionTrace;
import dev.kume.protocol.trace.PcapFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume session trace}. */
@Command(name = "trace", description = "Show the last PDUs of a session: their headers and CDBs, never their data.")
final class SessionTraceCommand implements Callable<Integer> {
    private static final String STANDARD_OUTPUT = "-";
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Invocation invocation;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--pcap",
            paramLabel = "FILE",
            description = "Write a capture file for Wireshark and tshark instead; - writes it to stdout.")
    private @Nullable Path pcap;

    SessionTraceCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    private static final class Source {
        @Parameters(paramLabel = "ID", description = "The session's number; see kume session list.")
        private @Nullable Long id;

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "A trace that the daemon has kept, in traces/ of its state directory.")
        private @Nullable Path file;
    }

    @Override
    public Integer call() {
        JsonNode tree;
        TraceView trace;
        Path file = source.file;
        if (file != null) {
            tree = read(file);
            trace = view(file, tree);
        } else {
            Answer answer = invocation.api().get(ApiPaths.trace(source.id == null ? 0 : source.id));
            tree = answer.tree();
            trace = answer.as(TraceView.class);
        }
        Path to = pcap;
        if (to == null) {
            invocation.print(tree, out -> print(trace, out));
        } else {
            capture(trace, to);
        }
        return 0;
    }

    // ---- from a file ------------------------------------------------------------------------------------------------

    private JsonNode read(Path file) {
        try {
            return new JsonMapper().readTree(Files.readAllBytes(invocation.absolute(file)));
        } catch (NoSuchFileException e) {
            throw new CliException(ExitCode.NOT_FOUND, "there is no file " + file);
        } catch (IOException e) {
            throw notATrace(file);
        }
    }

    private static TraceView view(Path file, JsonNode tree) {
        try {
            TraceView trace = ApiJson.lenient().treeToValue(tree, TraceView.class);
            if (trace == null) {
                throw notATrace(file);
            }
            return trace;
        } catch (IOException e) {
            throw notATrace(file);
        }
    }

    private static CliException notATrace(Path file) {
        return new CliException(
                ExitCode.FAILED,
                file
                        + " cannot be read as a trace; the daemon keeps traces in the folder traces of its state directory");
    }

    // ---- for people -------------------------------------------------------------------------------------------------

    private void print(TraceView trace, PrintStream out) {
        Table table = new Table()
                .number("SECONDS")
                .column("DIRECTION")
                .column("PDU")
                .column("TASK TAG")
                .column("FIELDS");
        for (TraceView.Pdu pdu : trace.pdus()) {
            table.row(
                    seconds(pdu.atNanos()),
                    pdu.direction().equals(TraceView.IN) ? "->" : "<-",
                    pdu.name(),
                    pdu.initiatorTaskTag().equals("ffffffff") ? "" : pdu.initiatorTaskTag(),
                    fields(pdu.fields()));
        }
        table.print(out);
        invocation.say("The last %d of %d PDUs since %s%s"
                .formatted(
                        trace.pdus().size(),
                        trace.pdusSeen(),
                        trace.began(),
                        trace.reason() == null ? "" : "; closed: " + trace.reason()));
    }

    private static String seconds(long nanos) {
        return "%d.%06d".formatted(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND / 1_000);
    }

    private static String fields(Map<String, Object> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + field.getValue())
                .collect(Collectors.joining(" "));
    }

    // ---- for Wireshark ----------------------------------------------------------------------------------------------

    private void capture(TraceView view, Path to) {
        ConnectionTrace trace = Traces.of(view);
        int written;
        try {
            if (to.toString().equals(STANDARD_OUTPUT)) {
                OutputStream out =
                        new BufferedOutputStream(invocation.terminal().out());
                written = PcapFile.write(trace, out);
                out.flush();
            } else {
                try (OutputStream out = new BufferedOutputStream(
                        Files.newOutputStream(invocation.absolute(to), StandardOpenOption.CREATE_NEW))) {
                    written = PcapFile.write(trace, out);
                }
            }
        } catch (FileAlreadyExistsException e) {
            throw new CliException(ExitCode.CONFLICT, to + " exists already; give the name of a new file");
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED, to + " could not be written: " + e.getMessage());
        }
        int port = trace.local().getPort();
        invocation.say("%d of %d PDUs written, without their data and digests%s%s"
                .formatted(
                        written,
                        trace.pdus().size(),
                        written == trace.pdus().size() ? "" : "; what broke the stream is left out",
                        port == PcapFile.ISCSI_PORT
                                ? ""
                                : "; port " + port + " is written as 3260, by which readers know iSCSI"));
    }
}
