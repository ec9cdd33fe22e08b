package dev.kume.cli.log;

import java.io.IOException;

/** The log file. */
final class FileTarget implements LogTarget {
    private final RotatingFile file;

    FileTarget(RotatingFile file) {
        this.file = file;
    }

    @Override
    public String place() {
        return "log file " + file.path();
    }

    @Override
    public void write(LogLine line, LogFormat format) throws IOException {
        file.append(format == LogFormat.JSON ? JsonLines.of(line) : TextLines.of(line));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
