package dev.kume.protocol.connection;

import dev.kume.protocol.pdu.SerialNumbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came before its turn: each request waits under its CmdSN until all before it have come, RFC 7143 4.2.2.1, and so
 * do functions that must act behind them, RFC 7143 4.2.3.2. Its bound is the command window. Loop only.
 */
final class RequestsAhead {
    private record Marker(int cmdSn, Runnable action) {}

    private final CommandWindow window;
    private final @Nullable Runnable[] waiting;
    private final List<Marker> markers = new ArrayList<>(0);
    private int count;
    private int gapAt;
    private long gapSinceNanos;

    RequestsAhead(CommandWindow window) {
        this.window = window;
        waiting = new Runnable[Integer.highestOneBit(Math.max(1, window.slots()) * 2 - 1)];
    }

    boolean isEmpty() {
        return count == 0 && markers.isEmpty();
    }

    /** Judges a request by its number, and by what waits already. */
    CommandWindow.Verdict look(int cmdSn, boolean immediate) {
        CommandWindow.Verdict verdict = window.look(cmdSn, immediate);
        return verdict == CommandWindow.Verdict.AHEAD && has(cmdSn) ? CommandWindow.Verdict.IGNORE : verdict;
    }

    /** True when this number, which lies in the window, has come already. */
    boolean has(int cmdSn) {
        return waiting[cmdSn & waiting.length - 1] != null;
    }

    /** Keeps a request until its turn. The number lies in the window and nothing waits under it. */
    void put(int cmdSn, Runnable request) {
        int at = cmdSn & waiting.length - 1;
        assert waiting[at] == null && window.contains(cmdSn) : cmdSn;
        waiting[at] = request;
        count++;
    }

    /** The number counts as received, whether its request has come or will: what still comes under it is ignored. */
    void skip(int cmdSn) {
        if (!has(cmdSn)) {
            put(cmdSn, RequestsAhead::nothing);
            goOn();
        }
    }

    private static void nothing() {}

    /** Runs when everything before this number has come; at once when it has. */
    void behind(int cmdSn, Runnable action) {
        // A number beyond the window is not one that commands are missing for.
        if (SerialNumbers.isBefore(window.expCmdSn(), cmdSn) && !SerialNumbers.isBefore(window.maxCmdSn() + 1, cmdSn)) {
            markers.add(new Marker(cmdSn, action));
        } else {
            action.run();
        }
    }

    /** A number has been received: whatever waited for it has its turn. */
    void goOn() {
        while (!isEmpty()) {
            runMarkers();
            int at = window.expCmdSn() & waiting.length - 1;
            Runnable next = waiting[at];
            if (next == null) {
                return;
            }
            waiting[at] = null;
            count--;
            window.received();
            next.run();
        }
    }

    private void runMarkers() {
        for (int i = 0; i < markers.size(); ) {
            if (SerialNumbers.isAtOrBefore(markers.get(i).cmdSn(), window.expCmdSn())) {
                markers.remove(i).action().run();
            } else {
                i++;
            }
        }
    }

    /** True when something has waited for one and the same number for so long. Called about once a second. */
    boolean overdue(long nowNanos, long limitNanos) {
        if (isEmpty()) {
            gapSinceNanos = 0;
            return false;
        }
        if (gapSinceNanos == 0 || gapAt != window.expCmdSn()) {
            gapAt = window.expCmdSn();
            gapSinceNanos = nowNanos == 0 ? 1 : nowNanos;
        }
        return nowNanos - gapSinceNanos > limitNanos;
    }
}
