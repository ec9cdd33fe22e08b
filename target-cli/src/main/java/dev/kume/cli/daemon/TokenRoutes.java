package dev.kume.cli.daemon;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.access.Role;
import dev.kume.cli.access.TokenBook;
import dev.kume.cli.access.TokenException;
import dev.kume.cli.access.TokenRecord;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.api.TokenCreate;
import dev.kume.cli.api.TokenView;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.core.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths of tokens: {@code /v1/tokens}. Any thread; requests may wait for the disk. */
final class TokenRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(TokenRoutes.class);

    private final TokenBook tokens;
    private final Supplier<StatusView.@Nullable Remote> remote;
    private final Clock clock;
    private final JsonMapper mapper = ApiJson.strict();

    /** @param remote how the API on the network stands; null when there is none */
    TokenRoutes(TokenBook tokens, Supplier<StatusView.@Nullable Remote> remote, Clock clock) {
        this.tokens = tokens;
        this.remote = remote;
        this.clock = clock;
    }

    ApiAnswer answer(ApiRequest request) {
        request.allowParameters(Set.of());
        String asked = request.method() + " " + request.path().size();
        try {
            return switch (asked) {
                case "GET 1" ->
                    ApiAnswer.ok(new TokenView.Listing(
                            tokens.list().stream().map(this::view).toList()));
                case "GET 2" -> ApiAnswer.ok(view(tokens.find(request.path().getLast())));
                case "POST 1" -> ApiAnswer.created(create(request));
                case "DELETE 2" -> {
                    TokenRecord gone = tokens.revoke(request.path().getLast());
                    ServiceEvent.TOKEN_REVOKED.log(LOG, gone.name());
                    yield ApiAnswer.ok(view(gone));
                }
                default -> throw request.unsupported();
            };
        } catch (TokenException e) {
            throw new ApiException(code(e.kind()), String.valueOf(e.getMessage()), e.remedy());
        }
    }

    private TokenView.Made create(ApiRequest request) throws TokenException {
        TokenCreate body = request.body(mapper, TokenCreate.class);
        String name = body.name();
        String role = body.role();
        if (name == null || role == null) {
            throw new ApiException(ErrorCode.INVALID, "a token needs a name and a role", "see docs/api.md");
        }
        Role meant;
        try {
            meant = Role.ofWord(role);
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.INVALID, String.valueOf(e.getMessage()), null);
        }
        Long seconds = body.expiresSeconds();
        TokenBook.Made made = tokens.create(name, meant, seconds == null ? null : Duration.ofSeconds(seconds));
        ServiceEvent.TOKEN_MADE.log(LOG, name, role);
        StatusView.Remote served = remote.get();
        return new TokenView.Made(made.token(), view(made.record()), served == null ? null : served.fingerprint());
    }

    private TokenView view(TokenRecord token) {
        return new TokenView(
                token.name(),
                token.role().word(),
                token.created(),
                token.expires(),
                token.lastUsed(),
                token.isExpired(clock.now()) ? TokenView.EXPIRED : TokenView.VALID);
    }

    private static ErrorCode code(TokenException.Kind kind) {
        return switch (kind) {
            case INVALID -> ErrorCode.INVALID;
            case NOT_FOUND -> ErrorCode.NOT_FOUND;
            case CONFLICT -> ErrorCode.CONFLICT;
            case LIMIT -> ErrorCode.LIMIT;
            case FAILED -> ErrorCode.FAILED;
        };
    }
}
