package dev.kume.protocol.connection;

import dev.kume.protocol.pdu.LoginStatus;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** How often logins ended in which way, since the start. Thread safe. */
final class LoginCounts {
    private static final LoginStatus[] RESULTS = LoginStatus.values();

    private final AtomicLongArray counts = new AtomicLongArray(RESULTS.length);

    void ended(LoginStatus how) {
        counts.incrementAndGet(how.ordinal());
    }

    /** All that there can be, also those that have not come yet. */
    Map<LoginStatus, Long> counts() {
        Map<LoginStatus, Long> all = new EnumMap<>(LoginStatus.class);
        for (LoginStatus each : RESULTS) {
            all.put(each, counts.get(each.ordinal()));
        }
        return all;
    }
}
