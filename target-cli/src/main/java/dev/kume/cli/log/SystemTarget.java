package dev.kume.cli.log;

import java.io.IOException;

/** The log of the operating system: events alone, by their numbers. */
final class SystemTarget implements LogTarget {
    private final SystemLog log;

    SystemTarget(SystemLog log) {
        this.log = log;
    }

    @Override
    public String place() {
        return "log of the system";
    }

    @Override
    public void write(LogLine line, LogFormat format) throws IOException {
        if (line.event() != null) {
            String text = line.stack() == null ? line.message() : line.message() + "\n" + line.stack();
            log.write(line.event().facts().severity(), line.event().facts().number(), text);
        }
    }

    @Override
    public void close() {
        // Whoever made it ends it.
    }
}
