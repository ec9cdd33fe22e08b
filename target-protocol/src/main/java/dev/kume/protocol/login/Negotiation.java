package dev.kume.protocol.login;

import dev.kume.protocol.login.TextKey.Scope;
import dev.kume.protocol.login.TextKey.Sender;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one login, from the first pair to the agreed parameters (RFC 7143 section 6.2). Belongs to one event
 * loop. Answers what is offered and nothing else, and declares the target's MaxRecvDataSegmentLength once.
 */
final class Negotiation {
    private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9]{0,17}");
    private static final Pattern HEXADECIMAL = Pattern.compile("0[xX]([0-9a-fA-F]{1,15})");
    private static final Set<String> RESERVED_VALUES =
            Set.of(TextKey.NOT_UNDERSTOOD, TextKey.IRRELEVANT, TextKey.REJECT);

    private final TargetParameters own;
    private final SessionType sessionType;
    private final int keysMax;
    private final Set<String> seen = new HashSet<>();
    private final Set<TextKey> declared = EnumSet.noneOf(TextKey.class);
    private final Map<TextKey, String> results = new EnumMap<>(TextKey.class);

    /** At most {@code keysMax} keys are negotiated, over all requests of the login. */
    Negotiation(TargetParameters own, SessionType sessionType, int keysMax) {
        this.own = own;
        this.sessionType = sessionType;
        this.keysMax = keysMax;
    }

    /** A number as the standard writes it, decimal or with 0x; empty when it is none. */
    static OptionalLong number(String value) {
        if (DECIMAL.matcher(value).matches()) {
            return OptionalLong.of(Long.parseLong(value));
        }
        var hexadecimal = HEXADECIMAL.matcher(value);
        return hexadecimal.matches() ? OptionalLong.of(Long.parseLong(hexadecimal.group(1), 16)) : OptionalLong.empty();
    }

    /** Notes that the target tells the initiator this key, which may then be answered NotUnderstood and the like. */
    void declare(TextKey key, String value, TextAnswer answers) {
        if (declared.add(key)) {
            answers.add(key.keyName(), value);
        }
    }

    /**
     * Answers the pairs of one text, in their order.
     *
     * @throws TextException when a pair may not be sent here, or not again
     */
    void answer(List<KeyValue> pairs, LoginStage stage, TextAnswer answers) {
        List<KeyValue> offers = pairs.stream().filter(this::isOffer).toList();
        offers.forEach(pair -> check(pair, stage));
        // The first burst may not exceed the longest burst, so that must be known, wherever in the text it stands.
        offers.stream()
                .filter(pair -> pair.key().equals(TextKey.MAX_BURST_LENGTH.keyName()))
                .forEach(pair -> answerTo(TextKey.MAX_BURST_LENGTH, pair.value()));
        for (KeyValue offer : offers) {
            TextKey key = TextKey.of(offer.key());
            String answer = key == null ? TextKey.NOT_UNDERSTOOD : answerTo(key, offer.value());
            if (answer != null) {
                answers.add(offer.key(), answer);
            }
        }
        if (stage == LoginStage.OPERATIONAL_NEGOTIATION) {
            TextKey key = TextKey.MAX_RECV_DATA_SEGMENT_LENGTH;
            declare(key, own.value(key), answers);
        }
    }

    /** What holds now: the result of the negotiation, what the initiator declared, or the default. */
    String result(TextKey key) {
        return results.getOrDefault(key, key.defaultValue());
    }

    long resultNumber(TextKey key) {
        return Long.parseLong(result(key));
    }

    boolean resultIsYes(TextKey key) {
        return result(key).equals(TextKey.YES);
    }

    /** What the initiator said of itself, or null. */
    @Nullable
    String told(TextKey key) {
        return results.get(key);
    }

    /** The segment that the initiator may send: the default until the target has declared its own. */
    long targetMaxRecvDataSegmentLength() {
        TextKey key = TextKey.MAX_RECV_DATA_SEGMENT_LENGTH;
        return Long.parseLong(declared.contains(key) ? own.value(key) : key.defaultValue());
    }

    /** False for the initiator's answer to what the target declared. */
    private boolean isOffer(KeyValue pair) {
        if (!RESERVED_VALUES.contains(pair.value())) {
            return true;
        }
        TextKey key = TextKey.of(pair.key());
        if (key == null || !declared.contains(key)) {
            throw new TextException("%s answers nothing that was offered".formatted(pair));
        }
        return false;
    }

    private void check(KeyValue pair, LoginStage stage) {
        if (!seen.add(pair.key())) {
            throw new TextException("the key %s came twice".formatted(pair.key()));
        }
        if (seen.size() > keysMax) {
            throw new TextException("more than %d keys in one login".formatted(keysMax));
        }
        TextKey key = TextKey.of(pair.key());
        if (key == null) {
            return;
        }
        if (key.sender() == Sender.TARGET) {
            throw new TextException("only a target may send the key %s".formatted(pair.key()));
        }
        if (!key.mayBeSentIn(stage)) {
            throw new TextException("the key %s may not be sent in stage %d".formatted(pair.key(), stage.number()));
        }
    }

    /** The value to answer with, or null when the key is not answered. */
    private @Nullable String answerTo(TextKey key, String offered) {
        if (key.scope() == Scope.NORMAL_SESSION && sessionType == SessionType.DISCOVERY) {
            return TextKey.IRRELEVANT;
        }
        if (key.isOfSecurity()) {
            return null;
        }
        return switch (key.kind()) {
            case LIST -> keep(key, firstCommon(offered, own.value(key)));
            case BOOLEAN_AND -> bool(key, offered, isYes(offered) && isYes(own.value(key)));
            case BOOLEAN_OR -> bool(key, offered, isYes(offered) || isYes(own.value(key)));
            case NUMBER_MIN -> number(key, offered, Math.min(valueOf(offered), ownNumber(key)));
            case NUMBER_MAX -> number(key, offered, Math.max(valueOf(offered), ownNumber(key)));
            case NUMBER_DECLARED -> {
                String answer = number(key, offered, valueOf(offered));
                yield answer.equals(TextKey.REJECT) ? answer : null;
            }
            case TEXT -> {
                results.put(key, offered);
                yield null;
            }
            case OBSOLETE_BOOLEAN -> isYes(offered) || offered.equals(TextKey.NO) ? TextKey.NO : TextKey.REJECT;
            case OBSOLETE_RANGE -> TextKey.REJECT;
        };
    }

    private long ownNumber(TextKey key) {
        long ownNumber = Long.parseLong(own.value(key));
        return key == TextKey.FIRST_BURST_LENGTH
                ? Math.min(ownNumber, resultNumber(TextKey.MAX_BURST_LENGTH))
                : ownNumber;
    }

    private String bool(TextKey key, String offered, boolean yes) {
        boolean legal = isYes(offered) || offered.equals(TextKey.NO);
        return keep(key, legal ? (yes ? TextKey.YES : TextKey.NO) : TextKey.REJECT);
    }

    private String number(TextKey key, String offered, long result) {
        OptionalLong value = number(offered);
        boolean legal = value.isPresent() && value.getAsLong() >= key.min() && value.getAsLong() <= key.max();
        return keep(key, legal ? Long.toString(result) : TextKey.REJECT);
    }

    /** After a Reject, what held before goes on to hold. */
    private String keep(TextKey key, String answer) {
        if (!answer.equals(TextKey.REJECT)) {
            results.put(key, answer);
        }
        return answer;
    }

    private static String firstCommon(String offered, String ownList) {
        List<String> known = Arrays.asList(ownList.split(","));
        return Arrays.stream(offered.split(","))
                .filter(known::contains)
                .findFirst()
                .orElse(TextKey.REJECT);
    }

    private static boolean isYes(String value) {
        return value.equals(TextKey.YES);
    }

    private static long valueOf(String value) {
        return number(value).orElse(0);
    }
}
