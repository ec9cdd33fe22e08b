package dev.kume.cli.client;

import dev.kume.cli.terminal.CliException;
import dev.kume.core.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** The way to a daemon, and what people are told about it when it is closed. */
interface Route {
    /** Opens a connection that ends after this time, whatever it is used for. */
    Connection open(Clock clock, Duration timeout) throws IOException;

    /** The value of the Host header. */
    String host();

    /** Headers that each request on this way has. */
    Map<String, String> headers();

    /** The daemon, in words: {@code the daemon at store1:3261}. */
    String daemon();

    /** What is wrong when {@link #open} fails, or what is opened there. */
    CliException unreachable(IOException failure);
}
