package dev.kume.cli.remote;

import dev.kume.cli.access.Caller;
import dev.kume.cli.access.TokenBook;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.protocol.connection.LoginThrottle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may come in, and for how long the answer waits for those who may not. A token that is right is never delayed: a
 * guess is hopeless at any speed, and whoever makes noise from the address of an administrator must not lock him out.
 */
final class TokenCheck {
    private static final Logger LOG = LoggerFactory.getLogger(TokenCheck.class);
    private static final String SCHEME = "Bearer ";

    private final TokenBook tokens;
    private final LoginThrottle throttle;

    TokenCheck(TokenBook tokens, LoginThrottle throttle) {
        this.tokens = tokens;
        this.throttle = throttle;
    }

    /** The token in an Authorization header; null when there is none. */
    static @Nullable String tokenIn(@Nullable String authorization) {
        boolean bearer = authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        return bearer && authorization != null
                ? authorization.substring(SCHEME.length()).strip()
                : null;
    }

    /** The bearer of a token; null for a stranger, who is counted. */
    @Nullable
    Caller caller(@Nullable String token, InetSocketAddress from) {
        Caller caller = token == null ? null : tokens.check(token, text(from));
        if (caller == null) {
            InetAddress address = from.getAddress();
            throttle.failed(address);
            // Above the allowed rate there is no line any more, so that nobody fills a disk with them.
            if (throttle.delayNanos(address) == 0) {
                ServiceEvent.REMOTE_REFUSED.log(
                        LOG,
                        text(from),
                        token == null ? "it gave no token" : "its token is not known, has expired or was revoked");
            }
        }
        return caller;
    }

    /** For how long the next refusal of this address waits. */
    long delayNanos(InetSocketAddress from) {
        return throttle.delayNanos(from.getAddress());
    }

    /** Whether a token that was right still is. */
    boolean isStillValid(String token) {
        return tokens.isValid(token);
    }

    private static String text(InetSocketAddress from) {
        String host = from.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + from.getPort();
    }
}
