package dev.kume.protocol.initiator;

import java.time.Duration;

/**
 * The patience of a session.
 *
 * @param reconnect   between the loss of a connection and an attempt to make a new one, and between attempts
 * @param requestHold how long requests wait for the session to come back before they fail
 * @param command     how long a command may be unanswered before the unit is reset, then the target, then the
 *                    connection is given up; zero: for ever
 * @param reset       how long the answer to such a reset may take
 * @param login       how long a login may take from the connection to the full feature phase
 * @param ping        between two NOP-Outs on a silent connection, which is given up when the second is due and the
 *                    first is not answered; zero: never
 */
public record SessionTimes(
        Duration reconnect, Duration requestHold, Duration command, Duration reset, Duration login, Duration ping) {
    /** What Windows does without MPIO and without anybody changing it. */
    public static final SessionTimes WINDOWS = new SessionTimes(
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(15),
            Duration.ofSeconds(15),
            Duration.ZERO);

    /** The same with MPIO: requests are handed to another path after LinkDownTime. */
    public static final SessionTimes WINDOWS_MPIO = WINDOWS.withRequestHold(Duration.ofSeconds(15));

    public SessionTimes withReconnect(Duration value) {
        return new SessionTimes(value, requestHold, command, reset, login, ping);
    }

    public SessionTimes withRequestHold(Duration value) {
        return new SessionTimes(reconnect, value, command, reset, login, ping);
    }

    public SessionTimes withCommand(Duration value, Duration resetValue) {
        return new SessionTimes(reconnect, requestHold, value, resetValue, login, ping);
    }

    public SessionTimes withLogin(Duration value) {
        return new SessionTimes(reconnect, requestHold, command, reset, value, ping);
    }

    public SessionTimes withPing(Duration value) {
        return new SessionTimes(reconnect, requestHold, command, reset, login, value);
    }
}
