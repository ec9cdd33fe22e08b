package dev.kume.cli.log;

import dev.kume.protocol.event.Severity;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** A stream: the standard error. */
final class StreamTarget implements LogTarget {
    private final OutputStream out;
    private final boolean journal;
    private boolean torn;

    /** @param journal whether journald reads it, which takes the priority of a line from its beginning */
    StreamTarget(OutputStream out, boolean journal) {
        this.out = out;
        this.journal = journal;
    }

    @Override
    public String place() {
        return "standard error";
    }

    @Override
    public void write(LogLine line, LogFormat format) throws IOException {
        String text = format == LogFormat.JSON ? JsonLines.of(line) : TextLines.of(line);
        if (journal) {
            String priority = priority(line.level());
            text = text.lines().map(each -> priority + each + "\n").collect(Collectors.joining());
        }
        // What a full disk has cut off must not run into the next line.
        String whole = torn ? "\n" + text : text;
        torn = true;
        out.write(whole.getBytes(StandardCharsets.UTF_8));
        out.flush();
        torn = false;
    }

    private static String priority(String level) {
        return level.equals(Severity.CRITICAL.name())
                ? "<2>"
                : level.equals(Severity.ERROR.name())
                        ? "<3>"
                        : level.equals(Severity.WARNING.name())
                                ? "<4>"
                                : level.equals(Severity.INFO.name()) ? "<6>" : "<7>";
    }

    @Override
    public void close() {
        // It is the process's, and stays open.
    }
}
