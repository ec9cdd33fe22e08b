package dev.kume.protocol.login;

import dev.kume.core.Limits;
import dev.kume.protocol.pdu.LoginResponsePdu;
import dev.kume.protocol.pdu.LoginStatus;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The initiator's half of one login (RFC 7143 section 6.3), without a channel: responses in, requests out. Belongs to
 * one event loop.
 *
 * <p>It believes nothing: a response that the standard does not allow is a {@link TextException}, and the login is
 * over.
 */
public final class InitiatorLogin {
    /** Data segments in a login, where nobody has declared more yet, RFC 7143 13.12. */
    private static final int SEGMENT_BYTES_MAX = 8_192;

    /** More requests than any login needs: a target that only ever says "go on" is left. */
    private static final int REQUESTS_MAX = 64;

    /** How far the proof of identity is. */
    private enum Proof {
        /** AuthMethod is offered. */
        METHOD,
        /** CHAP_A is offered. */
        CHALLENGE,
        /** Our response is on its way. */
        RESPONSE,
        DONE
    }

    private final String initiatorName;
    private final SessionType sessionType;
    private final @Nullable String targetName;
    private final long isid;
    private final OfferedParameters offered;
    private final InitiatorNegotiation negotiation;
    private final TextBuffer incoming;
    private final TextAnswer outgoing = new TextAnswer();

    private final @Nullable InitiatorChap chap;

    private Proof proof = Proof.METHOD;
    private LoginStage stage = LoginStage.SECURITY_NEGOTIATION;
    private LoginStage nextStage = LoginStage.OPERATIONAL_NEGOTIATION;
    private boolean wantsTransit;
    private boolean sentTransit;
    private int requests;

    /**
     * @param targetName null in a discovery session
     * @param isid       the initiator part of the session id, in the low 48 bits
     * @param credentials null: AuthMethod=None is offered, otherwise nothing but CHAP
     * @param random      for challenges
     */
    public InitiatorLogin(
            String initiatorName,
            SessionType sessionType,
            @Nullable String targetName,
            long isid,
            OfferedParameters offered,
            @Nullable InitiatorCredentials credentials,
            Limits limits,
            RandomGenerator random) {
        this.initiatorName = initiatorName;
        this.sessionType = sessionType;
        this.targetName = targetName;
        this.isid = isid;
        this.offered = offered;
        negotiation = new InitiatorNegotiation(offered, sessionType);
        incoming = new TextBuffer(limits);
        chap = credentials == null ? null : new InitiatorChap(credentials, random);
    }

    /** The first request: who we are and what we want. */
    public InitiatorLoginStep.Send begin() {
        add(TextKey.INITIATOR_NAME, initiatorName);
        add(TextKey.SESSION_TYPE, sessionType == SessionType.NORMAL ? "Normal" : "Discovery");
        if (targetName != null) {
            add(TextKey.TARGET_NAME, targetName);
        }
        add(TextKey.AUTH_METHOD, method());
        wantsTransit = chap == null;
        return next();
    }

    /**
     * Takes a response.
     *
     * @param text            holds the data segment, which is borrowed until the return
     * @param textLengthBytes without padding
     * @throws TextException when the target breaks the rules
     */
    public InitiatorLoginStep onResponse(
            LoginResponsePdu response, ByteBuf text, int offsetBytes, int textLengthBytes) {
        if (response.statusClass() != LoginStatus.SUCCESS.statusClass()) {
            return turnedAway(response, text, offsetBytes, textLengthBytes);
        }
        check(response);
        if (outgoing.hasMore()) {
            if (textLengthBytes > 0) {
                throw new TextException("the target answered before it had all of the text");
            }
            return next();
        }
        incoming.append(text, offsetBytes, textLengthBytes);
        if (response.isContinue()) {
            wantsTransit = false;
            return next();
        }
        List<KeyValue> pairs = incoming.take();
        return stage == LoginStage.SECURITY_NEGOTIATION ? onSecurity(pairs, response) : onOperational(pairs, response);
    }

    private InitiatorLoginStep turnedAway(LoginResponsePdu response, ByteBuf text, int offsetBytes, int lengthBytes) {
        LoginStatus status = status(response.statusClass(), response.statusDetail());
        if (response.statusClass() == LoginStatus.TARGET_MOVED_TEMPORARILY.statusClass()) {
            incoming.clear();
            incoming.append(text, offsetBytes, lengthBytes);
            String address = value(incoming.take(), TextKey.TARGET_ADDRESS)
                    .orElseThrow(() -> new TextException("a redirection without TargetAddress"));
            return new InitiatorLoginStep.Redirected(address, status == LoginStatus.TARGET_MOVED_PERMANENTLY);
        }
        return new InitiatorLoginStep.Refused(status);
    }

    private void check(LoginResponsePdu response) {
        if (response.versionActive() != 0) {
            throw new TextException("the target speaks version %d".formatted(response.versionActive()));
        }
        if (response.isid() != isid) {
            throw new TextException("the target answered ISID %012x".formatted(response.isid()));
        }
        if (response.currentStage() != stage.number()) {
            throw new TextException(
                    "the target is in stage %d, not %d".formatted(response.currentStage(), stage.number()));
        }
        if (response.isTransit() && response.isContinue()) {
            throw new TextException("T and C bit in one Login Response");
        }
        if (response.isTransit() && (!sentTransit || response.nextStage() != nextStage.number())) {
            throw new TextException(
                    "the target goes to stage %d, which nobody asked for".formatted(response.nextStage()));
        }
    }

    private String method() {
        return chap == null ? "None" : "CHAP";
    }

    private InitiatorLoginStep onSecurity(List<KeyValue> pairs, LoginResponsePdu response) {
        Map<TextKey, String> chapKeys = ChapExchange.keysOf(pairs);
        pairs.forEach(this::checkSecurity);
        if (!authenticate(pairs, chapKeys)) {
            return new InitiatorLoginStep.TargetUnproven();
        }
        wantsTransit = proof == Proof.RESPONSE || proof == Proof.DONE;
        if (response.isTransit()) {
            if (proof != Proof.DONE) {
                throw new TextException("the target leaves the security stage before its end");
            }
            stage = LoginStage.OPERATIONAL_NEGOTIATION;
            nextStage = LoginStage.FULL_FEATURE_PHASE;
            negotiation.offer(outgoing);
        }
        return next();
    }

    /** Goes one step on; false when the target has not proven itself. */
    private boolean authenticate(List<KeyValue> pairs, Map<TextKey, String> chapKeys) {
        InitiatorChap dialogue = chap;
        switch (proof) {
            case METHOD -> {
                String method = value(pairs, TextKey.AUTH_METHOD)
                        .orElseThrow(() -> new TextException("the target left AuthMethod unanswered"));
                if (!method.equals(method())) {
                    throw new TextException("the target answered AuthMethod=%s with %s".formatted(method(), method));
                }
                proof = dialogue == null ? Proof.DONE : Proof.CHALLENGE;
                if (dialogue != null) {
                    dialogue.offer(outgoing);
                }
            }
            case CHALLENGE -> {
                Objects.requireNonNull(dialogue).onChallenge(chapKeys, outgoing);
                proof = Proof.RESPONSE;
            }
            case RESPONSE -> {
                proof = Proof.DONE;
                return Objects.requireNonNull(dialogue).isProof(chapKeys);
            }
            case DONE -> {
                // Nothing is left but to move on.
            }
        }
        return true;
    }

    private void checkSecurity(KeyValue pair) {
        TextKey key = TextKey.of(pair.key());
        boolean informs = key != null && key.kind() == TextKey.Kind.TEXT && key.sender() != TextKey.Sender.INITIATOR;
        if (key != TextKey.AUTH_METHOD && key != TextKey.CHAP_A && !informs) {
            throw new TextException("%s fits nothing in the security stage".formatted(pair));
        }
    }

    private InitiatorLoginStep onOperational(List<KeyValue> pairs, LoginResponsePdu response) {
        negotiation.onText(pairs, outgoing);
        if (!response.isTransit()) {
            wantsTransit = true;
            return next();
        }
        negotiation.checkAllAnswered();
        if (response.tsih() == 0) {
            throw new TextException("the target gave no TSIH");
        }
        return new InitiatorLoginStep.Complete(negotiation.result(offered.maxRecvDataSegmentLength()), response.tsih());
    }

    private InitiatorLoginStep.Send next() {
        if (++requests > REQUESTS_MAX) {
            throw new TextException("no end of the login after %d requests".formatted(REQUESTS_MAX));
        }
        TextSegment text = outgoing.next(SEGMENT_BYTES_MAX);
        boolean continues = outgoing.hasMore();
        sentTransit = wantsTransit && !continues;
        return new InitiatorLoginStep.Send(
                sentTransit, continues, stage.number(), sentTransit ? nextStage.number() : 0, text);
    }

    private void add(TextKey key, String value) {
        outgoing.add(key.keyName(), value);
    }

    private static Optional<String> value(List<KeyValue> pairs, TextKey key) {
        return pairs.stream()
                .filter(pair -> pair.key().equals(key.keyName()))
                .map(KeyValue::value)
                .findFirst();
    }

    /** An initiator that does not know a detail takes the class alone, RFC 7143 11.13.5. */
    private static LoginStatus status(int statusClass, int statusDetail) {
        LoginStatus general = LoginStatus.TARGET_ERROR;
        for (LoginStatus status : LoginStatus.values()) {
            if (status.statusClass() == statusClass && status.statusDetail() == statusDetail) {
                return status;
            }
            if (status.statusClass() == statusClass && statusClass != 1 && status.statusDetail() == 0) {
                general = status;
            }
        }
        return statusClass == 1 ? LoginStatus.TARGET_MOVED_TEMPORARILY : general;
    }
}
