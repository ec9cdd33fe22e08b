package dev.kume.protocol.login;

import dev.kume.protocol.login.TextKey.Kind;
import dev.kume.protocol.login.TextKey.Scope;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The initiator's half of a negotiation (RFC 7143 section 6.2). Belongs to one event loop. It judges the target: an
 * answer that the offer does not allow is a {@link TextException}.
 */
final class InitiatorNegotiation {
    private static final Set<String> NO_VALUES = Set.of(TextKey.NOT_UNDERSTOOD, TextKey.IRRELEVANT, TextKey.REJECT);

    private final Map<TextKey, String> offers = new LinkedHashMap<>();
    private final Set<TextKey> answered = EnumSet.noneOf(TextKey.class);
    private final Map<TextKey, String> results = new EnumMap<>(TextKey.class);

    /** Keys that mean nothing in a discovery session are not offered in one. */
    InitiatorNegotiation(OfferedParameters offered, SessionType sessionType) {
        offered.values().forEach((key, value) -> {
            if (sessionType == SessionType.NORMAL || key.scope() == Scope.EVERY_SESSION) {
                offers.put(key, value);
            }
        });
    }

    void offer(TextAnswer text) {
        offers.forEach((key, value) -> text.add(key.keyName(), value));
    }

    /** Takes the target's answers, and answers what the target offers by itself. */
    void onText(List<KeyValue> pairs, TextAnswer text) {
        for (KeyValue pair : pairs) {
            TextKey key = TextKey.of(pair.key());
            if (key == null) {
                text.add(pair.key(), TextKey.NOT_UNDERSTOOD);
            } else if (!answered.add(key)) {
                throw new TextException("the target sent the key %s twice".formatted(pair.key()));
            } else if (key.sender() == TextKey.Sender.INITIATOR) {
                throw new TextException("only an initiator may send the key %s".formatted(pair.key()));
            } else if (key.kind() == Kind.TEXT || key.kind() == Kind.NUMBER_DECLARED) {
                results.put(key, declared(key, pair.value()));
            } else if (offers.containsKey(key)) {
                onAnswer(key, pair.value());
            } else {
                onOffer(key, pair.value(), text);
            }
        }
    }

    /** Every offer must have been answered when the stage ends, RFC 7143 6.2. */
    void checkAllAnswered() {
        for (TextKey key : offers.keySet()) {
            if (key.kind() != Kind.NUMBER_DECLARED && key.kind() != Kind.TEXT && !answered.contains(key)) {
                throw new TextException("the target left %s unanswered".formatted(key.keyName()));
            }
        }
    }

    SessionParameters result(int maxRecvDataSegmentLength) {
        int maxBurstLength = number(TextKey.MAX_BURST_LENGTH);
        return new SessionParameters(
                value(TextKey.HEADER_DIGEST).equals("CRC32C"),
                value(TextKey.DATA_DIGEST).equals("CRC32C"),
                maxRecvDataSegmentLength,
                number(TextKey.MAX_RECV_DATA_SEGMENT_LENGTH),
                yes(TextKey.INITIAL_R2T),
                yes(TextKey.IMMEDIATE_DATA),
                Math.min(number(TextKey.FIRST_BURST_LENGTH), maxBurstLength),
                maxBurstLength,
                number(TextKey.MAX_OUTSTANDING_R2T),
                number(TextKey.MAX_CONNECTIONS),
                number(TextKey.ERROR_RECOVERY_LEVEL),
                number(TextKey.DEFAULT_TIME2WAIT),
                number(TextKey.DEFAULT_TIME2RETAIN),
                yes(TextKey.DATA_PDU_IN_ORDER),
                yes(TextKey.DATA_SEQUENCE_IN_ORDER),
                value(TextKey.TASK_REPORTING),
                number(TextKey.ISCSI_PROTOCOL_LEVEL));
    }

    private void onAnswer(TextKey key, String value) {
        if (NO_VALUES.contains(value)) {
            if (key.kind() == Kind.LIST && value.equals(TextKey.REJECT)) {
                throw new TextException("the target has none of %s=%s".formatted(key.keyName(), offers.get(key)));
            }
            // What holds without a word holds on, RFC 7143 6.2.2.
            return;
        }
        String offer = String.valueOf(offers.get(key));
        boolean allowed = switch (key.kind()) {
            case LIST -> Arrays.asList(offer.split(",")).contains(value);
            case BOOLEAN_AND -> isBoolean(value) && (value.equals(TextKey.NO) || offer.equals(TextKey.YES));
            case BOOLEAN_OR -> isBoolean(value) && (value.equals(TextKey.YES) || offer.equals(TextKey.NO));
            case NUMBER_MIN -> asNumber(key, value) <= asNumber(key, offer);
            case NUMBER_MAX -> asNumber(key, value) >= asNumber(key, offer);
            case OBSOLETE_BOOLEAN -> value.equals(TextKey.NO);
            case OBSOLETE_RANGE, NUMBER_DECLARED, TEXT -> false;
        };
        if (!allowed) {
            throw new TextException("the target answered %s=%s with %s".formatted(key.keyName(), offer, value));
        }
        results.put(key, value);
    }

    /** What the target offers first is met with the default, which is what this initiator means by saying nothing. */
    private void onOffer(TextKey key, String value, TextAnswer text) {
        if (NO_VALUES.contains(value)) {
            throw new TextException("%s=%s answers nothing that was offered".formatted(key.keyName(), value));
        }
        String own = key.defaultValue();
        String answer = switch (key.kind()) {
            case LIST -> Arrays.asList(value.split(",")).contains(own) ? own : TextKey.REJECT;
            case BOOLEAN_AND -> value.equals(TextKey.YES) && own.equals(TextKey.YES) ? TextKey.YES : TextKey.NO;
            case BOOLEAN_OR -> value.equals(TextKey.YES) || own.equals(TextKey.YES) ? TextKey.YES : TextKey.NO;
            case NUMBER_MIN -> Long.toString(Math.min(asNumber(key, value), asNumber(key, own)));
            case NUMBER_MAX -> Long.toString(Math.max(asNumber(key, value), asNumber(key, own)));
            case OBSOLETE_BOOLEAN -> TextKey.NO;
            case OBSOLETE_RANGE, NUMBER_DECLARED, TEXT -> TextKey.REJECT;
        };
        text.add(key.keyName(), answer);
        if (!answer.equals(TextKey.REJECT)) {
            results.put(key, answer);
        }
    }

    private static String declared(TextKey key, String value) {
        if (key.kind() == Kind.NUMBER_DECLARED) {
            asNumber(key, value);
        }
        return value;
    }

    private static boolean isBoolean(String value) {
        return value.equals(TextKey.YES) || value.equals(TextKey.NO);
    }

    private static long asNumber(TextKey key, String value) {
        OptionalLong number = Negotiation.number(value);
        if (number.isEmpty() || number.getAsLong() < key.min() || number.getAsLong() > key.max()) {
            throw new TextException(
                    "%s=%s is no number from %d to %d".formatted(key.keyName(), value, key.min(), key.max()));
        }
        return number.getAsLong();
    }

    private String value(TextKey key) {
        return results.getOrDefault(key, key.defaultValue());
    }

    private int number(TextKey key) {
        return Math.toIntExact(Negotiation.number(value(key)).orElseThrow());
    }

    private boolean yes(TextKey key) {
        return value(key).equals(TextKey.YES);
    }
}
