package dev.kume.cli.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** One connection to a daemon on which everything together ends at one deadline. One thread. */
interface Connection extends Closeable {
    void write(byte[] bytes) throws IOException;

    /** What comes back; ends with a {@link java.net.SocketTimeoutException} at the deadline. */
    InputStream input();
}
