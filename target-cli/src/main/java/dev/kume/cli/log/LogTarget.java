package dev.kume.cli.log;

import java.io.Closeable;
import java.io.IOException;

/** Where lines go. One thread at a time; may wait. */
interface LogTarget extends Closeable {
    /** As it is named to an administrator: {@code log file /var/log/kume.log}. */
    String place();

    /** Writes one line with its end, all of it or, as far as that can be helped, nothing. */
    void write(LogLine line, LogFormat format) throws IOException;
}
