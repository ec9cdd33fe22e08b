package dev.kume.protocol.login;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.inventory.IscsiName;
import dev.kume.protocol.login.LoginResult.Answer;
import dev.kume.protocol.login.LoginResult.Complete;
import dev.kume.protocol.login.LoginResult.Parked;
import dev.kume.protocol.login.LoginResult.Refused;
import dev.kume.protocol.pdu.LoginRequestPdu;
import dev.kume.protocol.pdu.LoginStatus;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The login of one connection (RFC 7143 section 6.3): Login Requests in, decisions out. Belongs to one event loop; time
 * limits are the caller's. After {@link Complete} or {@link Refused} it is over.
 */
public final class LoginStateMachine {
    /** The only version there is (RFC 7143 section 11.12.4). */
    public static final int VERSION = 0;

    /** What every initiator can receive; a larger declaration holds only in the full feature phase. */
    private static final int SEGMENT_BYTES_MAX = 8_192;

    private static final int ALIAS_BYTES_MAX = 255;

    private final LoginPolicy policy;
    private final TargetParameters own;
    private final RandomGenerator random;
    private final int keysMax;
    private final TextBuffer incoming;
    private final TextAnswer outgoing = new TextAnswer();

    private boolean started;
    private boolean ended;
    private LoginStage stage = LoginStage.SECURITY_NEGOTIATION;
    private long isid;
    private int tsih;
    private int cid;
    private int initiatorTaskTag;

    private @Nullable LoginIdentity identity;
    private AccessDecision.@Nullable Granted access;
    private @Nullable Negotiation negotiation;
    private @Nullable SecurityNegotiation security;

    /** The first text, while the policy takes its time to decide. */
    private @Nullable List<KeyValue> parked;

    /** @param random a strong source, for challenges */
    public LoginStateMachine(LoginPolicy policy, TargetParameters own, RandomGenerator random, Limits limits) {
        this.policy = policy;
        this.own = own;
        this.random = random;
        keysMax = limits.getInt(Limit.TEXT_KEYS);
        incoming = new TextBuffer(limits);
    }

    /**
     * Takes one Login Request.
     *
     * @param text            holds the data segment, which is borrowed until the return
     * @param textLengthBytes the data segment's length without padding
     */
    public LoginResult onRequest(LoginRequestPdu request, ByteBuf text, int textOffsetBytes, int textLengthBytes) {
        try {
            return checkHeader(request).orElseGet(() -> onText(request, text, textOffsetBytes, textLengthBytes));
        } catch (TextException e) {
            return refuse(LoginStatus.INITIATOR_ERROR, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Goes on with the request that was {@link Parked}.
     *
     * @param request the same one, as it was
     */
    public LoginResult resume(LoginRequestPdu request) {
        List<KeyValue> pairs = parked;
        LoginIdentity known = identity;
        if (pairs == null || known == null) {
            throw new IllegalStateException("no request is parked");
        }
        parked = null;
        try {
            return decide(known, pairs).orElseGet(() -> negotiate(request, pairs));
        } catch (TextException e) {
            return refuse(LoginStatus.INITIATOR_ERROR, String.valueOf(e.getMessage()));
        }
    }

    /** Who logs in, once that is known. */
    public @Nullable LoginIdentity identity() {
        return identity;
    }

    private Optional<LoginResult> checkHeader(LoginRequestPdu request) {
        if (ended) {
            return refused(LoginStatus.INVALID_DURING_LOGIN, "a Login Request came after the end of the login");
        }
        if (parked != null) {
            return refused(LoginStatus.INITIATOR_ERROR, "a Login Request came before the one before was answered");
        }
        if (request.versionMin() > VERSION) {
            return refused(
                    LoginStatus.UNSUPPORTED_VERSION, "version %d and above only".formatted(request.versionMin()));
        }
        LoginStage current = LoginStage.of(request.currentStage());
        if (current == null || current == LoginStage.FULL_FEATURE_PHASE) {
            return refused(LoginStatus.INITIATOR_ERROR, "no login stage: " + request.currentStage());
        }
        if (!started) {
            start(request, current);
        } else if (request.isid() != isid
                || request.tsih() != tsih
                || request.cid() != cid
                || request.initiatorTaskTag() != initiatorTaskTag) {
            return refused(LoginStatus.INITIATOR_ERROR, "session, connection or task tag changed during the login");
        } else if (current != stage) {
            String reason = "a request of stage %d came in stage %d".formatted(current.number(), stage.number());
            return refused(LoginStatus.INITIATOR_ERROR, reason);
        }
        return checkTransit(request);
    }

    private Optional<LoginResult> checkTransit(LoginRequestPdu request) {
        if (!request.isTransit()) {
            return Optional.empty();
        }
        if (request.isContinue()) {
            return refused(LoginStatus.INITIATOR_ERROR, "the T bit is set in a text that continues");
        }
        LoginStage next = LoginStage.of(request.nextStage());
        return next == null || next.number() <= stage.number()
                ? refused(
                        LoginStatus.INITIATOR_ERROR,
                        "no way from stage %d to stage %d".formatted(stage.number(), request.nextStage()))
                : Optional.empty();
    }

    private void start(LoginRequestPdu request, LoginStage current) {
        started = true;
        stage = current;
        isid = request.isid();
        tsih = request.tsih();
        cid = request.cid();
        initiatorTaskTag = request.initiatorTaskTag();
    }

    private LoginResult onText(LoginRequestPdu request, ByteBuf text, int textOffsetBytes, int textLengthBytes) {
        if (outgoing.hasMore()) {
            return textLengthBytes == 0 && !request.isContinue()
                    ? reply(request)
                    : refuse(LoginStatus.INITIATOR_ERROR, "new text came before all of the answer was fetched");
        }
        incoming.append(text, textOffsetBytes, textLengthBytes);
        if (request.isContinue()) {
            return new Answer(false, false, stage.number(), 0, TextSegment.EMPTY);
        }
        List<KeyValue> pairs = incoming.take();
        LoginIdentity known = identity;
        if (known == null) {
            Optional<LoginResult> refusal = identify(pairs);
            if (refusal.isPresent()) {
                return refusal.get();
            }
        } else {
            pairs = pairs.stream().filter(pair -> !repeats(known, pair)).toList();
        }
        return negotiate(request, pairs);
    }

    private LoginResult negotiate(LoginRequestPdu request, List<KeyValue> pairs) {
        negotiation().answer(pairs, stage, outgoing);
        if (stage == LoginStage.SECURITY_NEGOTIATION) {
            String wrong = security().onText(pairs, request.isTransit(), outgoing);
            if (wrong != null) {
                return refuse(LoginStatus.AUTHENTICATION_FAILURE, wrong);
            }
        }
        return reply(request);
    }

    /** Reads the first text of the login, which says who logs in where; a refusal when that may not be. */
    private Optional<LoginResult> identify(List<KeyValue> pairs) {
        Optional<String> initiatorName = value(pairs, TextKey.INITIATOR_NAME);
        if (initiatorName.isEmpty()) {
            return refused(LoginStatus.MISSING_PARAMETER, "the first request names no InitiatorName");
        }
        String type = value(pairs, TextKey.SESSION_TYPE).orElse(TextKey.SESSION_TYPE.defaultValue());
        SessionType sessionType = SessionType.of(type);
        if (sessionType == null) {
            return refused(LoginStatus.SESSION_TYPE_NOT_SUPPORTED, "SessionType=" + type);
        }
        Optional<String> targetName = value(pairs, TextKey.TARGET_NAME);
        if (targetName.isEmpty() && sessionType == SessionType.NORMAL) {
            return refused(LoginStatus.MISSING_PARAMETER, "the first request names no TargetName");
        }
        LoginIdentity known = new LoginIdentity(
                name(TextKey.INITIATOR_NAME, initiatorName.get()),
                isid,
                sessionType,
                targetName.map(given -> name(TextKey.TARGET_NAME, given)).orElse(null));
        identity = known;
        return decide(known, pairs);
    }

    /** Asks the policy; a refusal, or nothing when the login goes on with these pairs. */
    private Optional<LoginResult> decide(LoginIdentity known, List<KeyValue> pairs) {
        return switch (policy.decide(known)) {
            case AccessDecision.Denied denied -> refused(denied.status(), denied.reason());
            case AccessDecision.Granted granted -> admit(known, granted);
            case AccessDecision.Redirected to -> redirected(to.targetAddress());
            case AccessDecision.Undecided() -> {
                parked = pairs;
                yield Optional.of(new Parked(known));
            }
        };
    }

    /** RFC 7143 11.13.5: the new address stands in the answer that sends the initiator away. */
    private Optional<LoginResult> redirected(String targetAddress) {
        Refused refused = refuse(LoginStatus.TARGET_MOVED_TEMPORARILY, "sent on to " + targetAddress);
        outgoing.add(TextKey.TARGET_ADDRESS.keyName(), targetAddress);
        TextSegment text = outgoing.next(SEGMENT_BYTES_MAX);
        return Optional.of(new Refused(refused.status(), refused.identity(), refused.reason(), text));
    }

    /** Some initiators (libiscsi) tell again in the operational stage who they are; it may not have changed. */
    private static boolean repeats(LoginIdentity known, KeyValue pair) {
        TextKey key = TextKey.of(pair.key());
        boolean same = switch (key) {
            case INITIATOR_NAME -> name(key, pair.value()).equals(known.initiatorName());
            case TARGET_NAME -> name(key, pair.value()).equals(known.targetName());
            case SESSION_TYPE -> SessionType.of(pair.value()) == known.sessionType();
            case null, default -> false;
        };
        if (!same && (key == TextKey.INITIATOR_NAME || key == TextKey.TARGET_NAME || key == TextKey.SESSION_TYPE)) {
            throw new TextException("%s changed during the login".formatted(pair.key()));
        }
        return same;
    }

    private Optional<LoginResult> admit(LoginIdentity known, AccessDecision.Granted granted) {
        if (tsih != 0 && !policy.hasConnection(known, tsih, cid)) {
            return policy.hasSession(known, tsih)
                    ? refused(LoginStatus.TOO_MANY_CONNECTIONS, "a session has one connection only")
                    : refused(LoginStatus.SESSION_DOES_NOT_EXIST, "no session has TSIH %d".formatted(tsih));
        }
        if (granted.authentication() instanceof Authentication.Unavailable unavailable) {
            return refused(LoginStatus.TARGET_ERROR, "CHAP is required, and cannot be done: " + unavailable.reason());
        }
        SecurityNegotiation stageOfSecurity =
                new SecurityNegotiation(granted.authentication(), policy.algorithms(), random);
        if (stage != LoginStage.SECURITY_NEGOTIATION && !stageOfSecurity.isOver()) {
            return refused(
                    LoginStatus.AUTHENTICATION_FAILURE, "the initiator skips the security stage; CHAP is required");
        }
        security = stageOfSecurity;
        access = granted;
        Negotiation begun = new Negotiation(own, known.sessionType(), keysMax);
        negotiation = begun;
        if (known.sessionType() == SessionType.NORMAL) {
            // RFC 7143 section 13.9: in the first response, or Windows waits until its login times out.
            begun.declare(TextKey.TARGET_PORTAL_GROUP_TAG, Integer.toString(granted.portalGroupTag()), outgoing);
            String alias = granted.targetAlias();
            if (alias != null && !alias.isBlank()) {
                begun.declare(TextKey.TARGET_ALIAS, oneLine(alias), outgoing);
            }
        }
        return Optional.empty();
    }

    private LoginResult reply(LoginRequestPdu request) {
        long declared = negotiation().resultNumber(TextKey.MAX_RECV_DATA_SEGMENT_LENGTH);
        TextSegment text = outgoing.next((int) Math.min(SEGMENT_BYTES_MAX, declared));
        boolean continues = outgoing.hasMore();
        LoginStage next = LoginStage.of(request.nextStage());
        if (continues || !request.isTransit() || next == null || !security().isOver()) {
            // RFC 7143 6.3.2: T in a step of the authentication that is not the last is answered without T.
            return new Answer(false, continues, stage.number(), 0, text);
        }
        Answer answer = new Answer(true, false, stage.number(), next.number(), text);
        stage = next;
        return next == LoginStage.FULL_FEATURE_PHASE ? complete(answer) : answer;
    }

    private LoginResult complete(Answer answer) {
        LoginIdentity known = identity;
        AccessDecision.Granted granted = access;
        if (known == null || granted == null) {
            throw new IllegalStateException("a login completes only after its identity was admitted");
        }
        ended = true;
        String alias = negotiation().told(TextKey.INITIATOR_ALIAS);
        return new Complete(answer, known, granted, alias, security().words(), SessionParameters.of(negotiation()));
    }

    private Negotiation negotiation() {
        Negotiation begun = negotiation;
        if (begun == null) {
            throw new IllegalStateException("nothing is negotiated before the identity is known");
        }
        return begun;
    }

    private SecurityNegotiation security() {
        SecurityNegotiation begun = security;
        if (begun == null) {
            throw new IllegalStateException("nobody proves anything before the identity is known");
        }
        return begun;
    }

    private Optional<LoginResult> refused(LoginStatus status, String reason) {
        return Optional.of(refuse(status, reason));
    }

    private Refused refuse(LoginStatus status, String reason) {
        ended = true;
        parked = null;
        incoming.clear();
        outgoing.clear();
        return new Refused(status, identity, reason);
    }

    private static Optional<String> value(List<KeyValue> pairs, TextKey key) {
        return pairs.stream()
                .filter(pair -> pair.key().equals(key.keyName()))
                .map(KeyValue::value)
                .findFirst();
    }

    private static String name(TextKey key, String given) {
        try {
            return IscsiName.normalizeOfPeer(given);
        } catch (IllegalArgumentException e) {
            throw new TextException("%s: %s".formatted(key.keyName(), e.getMessage()), e);
        }
    }

    /** An administrator's words as a value: no control characters, at most 255 bytes. */
    private static String oneLine(String alias) {
        String line = alias.strip().replaceAll("\\p{Cntrl}+", " ");
        while (line.getBytes(StandardCharsets.UTF_8).length > ALIAS_BYTES_MAX) {
            line = line.substring(0, line.offsetByCodePoints(line.length(), -1));
        }
        return line;
    }
}
