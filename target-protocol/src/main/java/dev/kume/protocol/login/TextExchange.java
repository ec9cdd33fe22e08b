package dev.kume.protocol.login;

import dev.kume.core.Limits;
import dev.kume.core.inventory.IscsiName;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.RejectReason;
import dev.kume.protocol.pdu.TextRequestPdu;
import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The text negotiation of a session in the full feature phase (RFC 7143 section 6.4): SendTargets, and the few keys
 * that may change then. Belongs to one event loop; one exchange at a time, and a new one takes the place of an old one.
 */
public final class TextExchange {
    private static final String ALL_TARGETS = "All";

    /** Longer answers are cut, however much the initiator takes at once. */
    private static final int SEGMENT_BYTES_MAX = 65_536;

    private final SessionType sessionType;
    private final @Nullable String sessionTargetName;
    private final Supplier<List<DiscoveredTarget>> targets;
    private final TextBuffer incoming;
    private final TextAnswer outgoing = new TextAnswer();

    private int initiatorMaxRecvDataSegmentLength;
    private @Nullable String initiatorAlias;
    private int lastTag;
    private int openTag = PduHeader.NO_TAG;
    private int openInitiatorTaskTag;

    /**
     * @param targets what this initiator may see and where it can reach it, asked anew for each SendTargets
     * @param initiatorMaxRecvDataSegmentLength as the login left it
     */
    public TextExchange(
            LoginIdentity identity,
            Supplier<List<DiscoveredTarget>> targets,
            int initiatorMaxRecvDataSegmentLength,
            Limits limits) {
        sessionType = identity.sessionType();
        sessionTargetName = identity.targetName();
        this.targets = targets;
        this.initiatorMaxRecvDataSegmentLength = initiatorMaxRecvDataSegmentLength;
        incoming = new TextBuffer(limits);
    }

    /**
     * Takes one Text Request.
     *
     * @param text            holds the data segment, which is borrowed until the return
     * @param textLengthBytes the data segment's length without padding
     */
    public TextResult onRequest(TextRequestPdu request, ByteBuf text, int textOffsetBytes, int textLengthBytes) {
        try {
            return onText(request, text, textOffsetBytes, textLengthBytes);
        } catch (TextException e) {
            return reject(RejectReason.PROTOCOL_ERROR, String.valueOf(e.getMessage()));
        }
    }

    /** The longest data segment that the initiator receives, as it last declared. */
    public int initiatorMaxRecvDataSegmentLength() {
        return initiatorMaxRecvDataSegmentLength;
    }

    /** The alias that the initiator told in the full feature phase, or null. */
    public @Nullable String initiatorAlias() {
        return initiatorAlias;
    }

    private TextResult onText(TextRequestPdu request, ByteBuf text, int textOffsetBytes, int textLengthBytes) {
        if (request.isFinal() && request.isContinue()) {
            return reject(RejectReason.PROTOCOL_ERROR, "the F bit is set in a text that continues");
        }
        if (request.targetTransferTag() == PduHeader.NO_TAG) {
            reset();
        } else if (request.targetTransferTag() != openTag || request.initiatorTaskTag() != openInitiatorTaskTag) {
            return reject(RejectReason.INVALID_PDU_FIELD, "no text exchange is open under this tag");
        }
        if (outgoing.hasMore()) {
            return textLengthBytes == 0 && !request.isContinue()
                    ? reply(request)
                    : reject(RejectReason.PROTOCOL_ERROR, "new text came before all of the answer was fetched");
        }
        incoming.append(text, textOffsetBytes, textLengthBytes);
        if (request.isContinue()) {
            return open(request, false, TextSegment.EMPTY);
        }
        answer(incoming.take());
        return reply(request);
    }

    private void answer(List<KeyValue> pairs) {
        Set<String> seen = new HashSet<>();
        for (KeyValue pair : pairs) {
            if (!seen.add(pair.key())) {
                throw new TextException("the key %s came twice".formatted(pair.key()));
            }
            TextKey key = TextKey.of(pair.key());
            if (key == null) {
                outgoing.add(pair.key(), TextKey.NOT_UNDERSTOOD);
            } else if (key.sender() == TextKey.Sender.TARGET || !key.mayBeSentIn(LoginStage.FULL_FEATURE_PHASE)) {
                outgoing.add(pair.key(), TextKey.REJECT);
            } else {
                answer(key, pair.value());
            }
        }
    }

    private void answer(TextKey key, String value) {
        switch (key) {
            case SEND_TARGETS -> sendTargets(value);
            case INITIATOR_ALIAS -> initiatorAlias = value;
            case MAX_RECV_DATA_SEGMENT_LENGTH -> {
                OptionalLong length = Negotiation.number(value);
                if (length.isPresent() && length.getAsLong() >= key.min() && length.getAsLong() <= key.max()) {
                    initiatorMaxRecvDataSegmentLength = Math.toIntExact(length.getAsLong());
                } else {
                    outgoing.add(key.keyName(), TextKey.REJECT);
                }
            }
            default -> outgoing.add(key.keyName(), TextKey.REJECT);
        }
    }

    /** RFC 7143 appendix C: all only in a discovery session; no name means the target of the session. */
    private void sendTargets(String value) {
        boolean discovery = sessionType == SessionType.DISCOVERY;
        if (value.equals(ALL_TARGETS) && discovery) {
            targets.get().forEach(this::show);
        } else if (value.equals(ALL_TARGETS) || (value.isEmpty() && discovery)) {
            outgoing.add(TextKey.SEND_TARGETS.keyName(), TextKey.REJECT);
        } else {
            show(value.isEmpty() ? sessionTargetName : name(value));
        }
    }

    /** A name that this session may not see is answered with nothing, as one that does not exist. */
    private void show(@Nullable String targetName) {
        if (sessionType == SessionType.NORMAL && (targetName == null || !targetName.equals(sessionTargetName))) {
            return;
        }
        targets.get().stream()
                .filter(target -> target.targetName().equals(targetName))
                .forEach(this::show);
    }

    private void show(DiscoveredTarget target) {
        outgoing.add(TextKey.TARGET_NAME.keyName(), target.targetName());
        target.addresses().forEach(address -> outgoing.add(TextKey.TARGET_ADDRESS.keyName(), address.toString()));
    }

    private TextResult reply(TextRequestPdu request) {
        TextSegment text = outgoing.next(Math.min(initiatorMaxRecvDataSegmentLength, SEGMENT_BYTES_MAX));
        if (outgoing.hasMore() || !request.isFinal()) {
            return open(request, outgoing.hasMore(), text);
        }
        reset();
        return new TextResult.Answer(true, false, PduHeader.NO_TAG, text);
    }

    /** An answer after which the exchange goes on, under a tag of its own. */
    private TextResult.Answer open(TextRequestPdu request, boolean continues, TextSegment text) {
        if (++lastTag == PduHeader.NO_TAG) {
            lastTag = 0;
        }
        openTag = lastTag;
        openInitiatorTaskTag = request.initiatorTaskTag();
        return new TextResult.Answer(false, continues, openTag, text);
    }

    private TextResult.Rejected reject(int rejectReason, String reason) {
        reset();
        return new TextResult.Rejected(rejectReason, reason);
    }

    private void reset() {
        openTag = PduHeader.NO_TAG;
        incoming.clear();
        outgoing.clear();
    }

    private static String name(String given) {
        try {
            return IscsiName.normalizeOfPeer(given);
        } catch (IllegalArgumentException e) {
            throw new TextException("SendTargets: " + e.getMessage(), e);
        }
    }
}
