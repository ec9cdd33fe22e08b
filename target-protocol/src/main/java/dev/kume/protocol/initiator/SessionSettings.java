package dev.kume.protocol.initiator;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.protocol.login.InitiatorCredentials;
import dev.kume.protocol.login.OfferedParameters;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a session behaves.
 *
 * @param credentials by which it proves itself, or null
 * @param limits      bounds what the target's text may take
 * @param forgiving   whether counts that hosts do not look at may be wrong: ExpDataSN, and a residual that is not told
 * @param requestsMax commands that may wait or be under way at once; more are refused
 */
public record SessionSettings(
        OfferedParameters offered,
        @Nullable InitiatorCredentials credentials,
        SessionTimes times,
        Limits limits,
        int requestsMax,
        WireFilter filter,
        boolean forgiving) {
    private static final int WINDOWS_PENDING_REQUESTS = 255;

    /** A Windows host without MPIO, that accepts lists of targets as long as they may get. */
    public static SessionSettings windows() {
        Limits limits =
                Limits.of(Map.of(Limit.TEXT_BYTES, Limit.TEXT_BYTES.max(), Limit.TEXT_KEYS, Limit.TEXT_KEYS.max()));
        return new SessionSettings(
                OfferedParameters.windows(),
                null,
                SessionTimes.WINDOWS,
                limits,
                WINDOWS_PENDING_REQUESTS,
                WireFilter.NONE,
                false);
    }

    public SessionSettings withOffered(OfferedParameters value) {
        return new SessionSettings(value, credentials, times, limits, requestsMax, filter, forgiving);
    }

    /** Proves itself by CHAP. */
    public SessionSettings withCredentials(InitiatorCredentials value) {
        return new SessionSettings(offered, value, times, limits, requestsMax, filter, forgiving);
    }

    public SessionSettings withTimes(SessionTimes value) {
        return new SessionSettings(offered, credentials, value, limits, requestsMax, filter, forgiving);
    }

    public SessionSettings withRequestsMax(int value) {
        return new SessionSettings(offered, credentials, times, limits, value, filter, forgiving);
    }

    public SessionSettings withFilter(WireFilter value) {
        return new SessionSettings(offered, credentials, times, limits, requestsMax, value, forgiving);
    }

    /** As hosts are with targets that are careless where it does no harm. */
    public SessionSettings withForgiveness() {
        return new SessionSettings(offered, credentials, times, limits, requestsMax, filter, true);
    }
}
