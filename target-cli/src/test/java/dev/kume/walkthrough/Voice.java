package dev.kume.walkthrough;

import dev.kume.protocol.cluster.Exchange;
import dev.kume.protocol.cluster.RunLog;
import java.io.PrintStream;

/**
 * What a node says on its output, in lines: {@code ok} or {@code failed} for each command, {@code event} with a time of
 * the monotonic clock for what happens in between, {@code log} for the reservation commands that went over the wire.
 * Thread safe.
 */
final class Voice {
    private static final String RESERVATIONS = "PERSISTENT RESERVE";

    private final PrintStream out;
    private final RunLog log;
    private int logged;

    Voice(PrintStream out, RunLog log) {
        this.out = out;
        this.log = log;
    }

    synchronized void answer(String line) {
        tellLog();
        out.println(line.replace('\n', ' '));
    }

    synchronized void event(String what) {
        long now = System.nanoTime();
        tellLog();
        out.println("event " + now + " " + what.replace('\n', ' '));
    }

    private void tellLog() {
        for (RunLog.Line line : log.after(logged)) {
            logged = line.number();
            Exchange exchange = line.exchange();
            if (exchange == null) {
                out.println("log " + line.disk() + " " + line.what());
            } else if (exchange.command().startsWith(RESERVATIONS)) {
                out.println("log %s %s: %s %s, %d us"
                        .formatted(
                                line.disk(),
                                exchange.command(),
                                exchange.status(),
                                exchange.sense(),
                                exchange.latencyNanos() / 1_000));
            }
        }
    }
}
