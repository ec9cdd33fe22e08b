package dev.kume.protocol.login;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The security stage of one login (RFC 7143 sections 6.3.2 and 12.1): which method, then its exchange. Belongs to one
 * event loop.
 */
final class SecurityNegotiation {
    private static final String NONE = "None";
    private static final String CHAP = "CHAP";

    /** Null when nobody has to prove anything. */
    private final @Nullable ChapExchange chap;

    private boolean agreed;

    SecurityNegotiation(Authentication required, List<ChapAlgorithm> allowed, RandomGenerator random) {
        chap = switch (required) {
            case Authentication.None ignored -> null;
            case Authentication.Chap byChap -> new ChapExchange(byChap, allowed, random);
            case Authentication.Unavailable ignored ->
                throw new IllegalArgumentException("nobody can prove anything here");
        };
    }

    /** True when the initiator may leave the security stage, or start behind it. */
    boolean isOver() {
        return chap == null || chap.isProven();
    }

    /** How the initiator has proven who it is, for people. */
    String words() {
        return chap == null ? LoginResult.NO_AUTHENTICATION : chap.words();
    }

    /**
     * Answers the keys of this stage in one text.
     *
     * @param transit whether the initiator wants to leave the stage with this text
     * @return one line for the administrator when the login must be refused with 2/01, otherwise null
     */
    @Nullable
    String onText(List<KeyValue> pairs, boolean transit, TextAnswer answers) {
        Map<TextKey, String> keys = ChapExchange.keysOf(pairs);
        if (agreed) {
            return chap == null ? unexpected(keys) : chap.onKeys(keys, answers);
        }
        if (!keys.isEmpty()) {
            return unexpected(keys);
        }
        String offered = pairs.stream()
                .filter(pair -> pair.key().equals(TextKey.AUTH_METHOD.keyName()))
                .map(KeyValue::value)
                .findFirst()
                .orElse(null);
        if (offered == null) {
            // RFC 7143 12.1: whoever offers no method means None.
            return transit && !isOver() ? "the initiator offers no AuthMethod; CHAP is required" : null;
        }
        String method = chap == null ? NONE : CHAP;
        if (!Arrays.asList(offered.split(",", -1)).contains(method)) {
            return refusal(offered);
        }
        agreed = true;
        answers.add(TextKey.AUTH_METHOD.keyName(), method);
        return null;
    }

    private String refusal(String offered) {
        return chap == null
                ? "the initiator insists on AuthMethod=%s, and no credential is set here: turn it off at the initiator"
                        .formatted(offered)
                : "the initiator offers AuthMethod=%s; CHAP is required".formatted(offered);
    }

    private static @Nullable String unexpected(Map<TextKey, String> keys) {
        return keys.isEmpty()
                ? null
                : "%s came, and AuthMethod=CHAP was not agreed on"
                        .formatted(keys.keySet().iterator().next().keyName());
    }
}
