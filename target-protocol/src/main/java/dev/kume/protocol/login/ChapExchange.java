package dev.kume.protocol.login;

import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The target's side of CHAP in one login (RFC 7143 section 12.1.3), from CHAP_A to the proof. Belongs to one event
 * loop. Whatever is wrong ends the login; no message tells more than the administrator may know, none a secret or a
 * response.
 */
final class ChapExchange {
    private static final int CHALLENGE_BYTES_MIN = 16;
    private static final Set<TextKey> KEYS =
            EnumSet.of(TextKey.CHAP_A, TextKey.CHAP_N, TextKey.CHAP_R, TextKey.CHAP_I, TextKey.CHAP_C);

    private enum State {
        /** CHAP_A is due. */
        ALGORITHM,
        /** CHAP_N and CHAP_R are due. */
        RESPONSE,
        /** The initiator has proven who it is. */
        PROVEN
    }

    private final Authentication.Chap required;
    private final List<ChapAlgorithm> allowed;
    private final RandomGenerator random;

    private State state = State.ALGORITHM;
    private ChapAlgorithm algorithm = ChapAlgorithm.MD5;
    private int identifier;
    private byte[] challenge = {};
    private String user = "";
    private boolean mutual;

    /**
     * @param allowed the algorithms to choose from, the best first
     * @param random  a strong source: whoever can guess a challenge can answer it beforehand
     */
    ChapExchange(Authentication.Chap required, List<ChapAlgorithm> allowed, RandomGenerator random) {
        this.required = required;
        this.allowed = allowed;
        this.random = random;
    }

    /** The keys of CHAP among these pairs. */
    static Map<TextKey, String> keysOf(List<KeyValue> pairs) {
        Map<TextKey, String> found = new EnumMap<>(TextKey.class);
        for (KeyValue pair : pairs) {
            TextKey key = TextKey.of(pair.key());
            if (key != null && KEYS.contains(key)) {
                found.put(key, pair.value());
            }
        }
        return found;
    }

    boolean isProven() {
        return state == State.PROVEN;
    }

    /** Who has proven itself and how, for people: {@code mutual CHAP SHA3-256 user hv-node1}. */
    String words() {
        return "%sCHAP %s user %s".formatted(mutual ? "mutual " : "", algorithm.digestName(), user);
    }

    /**
     * Takes the keys of one text.
     *
     * @return one line for the administrator when the login must be refused with 2/01, otherwise null
     */
    @Nullable
    String onKeys(Map<TextKey, String> keys, TextAnswer answers) {
        return switch (state) {
            case ALGORITHM -> onAlgorithms(keys, answers);
            case RESPONSE -> onResponse(keys, answers);
            case PROVEN -> keys.isEmpty() ? null : "more of CHAP came after the proof";
        };
    }

    private @Nullable String onAlgorithms(Map<TextKey, String> keys, TextAnswer answers) {
        String offered = keys.get(TextKey.CHAP_A);
        if (offered == null || keys.size() != 1) {
            return "CHAP_A, alone, is due; %s came".formatted(names(keys));
        }
        ChapAlgorithm chosen = firstAllowed(offered);
        if (chosen == null) {
            return "the initiator offers CHAP_A=%s; the target allows %s".formatted(offered, numbers());
        }
        algorithm = chosen;
        identifier = random.nextInt(Chap.IDENTIFIER_MAX + 1);
        challenge = new byte[Math.max(CHALLENGE_BYTES_MIN, chosen.responseBytes())];
        random.nextBytes(challenge);
        state = State.RESPONSE;
        answers.add(TextKey.CHAP_A.keyName(), Integer.toString(chosen.number()));
        answers.add(TextKey.CHAP_I.keyName(), Integer.toString(identifier));
        answers.add(TextKey.CHAP_C.keyName(), Chap.encode(challenge));
        return null;
    }

    private @Nullable ChapAlgorithm firstAllowed(String offered) {
        List<String> numbers = List.of(offered.split(",", -1));
        for (ChapAlgorithm each : allowed) {
            if (numbers.contains(Integer.toString(each.number()))) {
                return each;
            }
        }
        return null;
    }

    private String numbers() {
        List<String> each = allowed.stream()
                .map(algorithm -> "%d (%s)".formatted(algorithm.number(), algorithm.digestName()))
                .toList();
        return each.isEmpty() ? "none" : String.join(", ", each);
    }

    private @Nullable String onResponse(Map<TextKey, String> keys, TextAnswer answers) {
        String name = keys.get(TextKey.CHAP_N);
        String response = keys.get(TextKey.CHAP_R);
        boolean askedBack = keys.containsKey(TextKey.CHAP_I) && keys.containsKey(TextKey.CHAP_C);
        if (name == null || response == null || keys.size() != (askedBack ? 4 : 2)) {
            return "CHAP_N and CHAP_R are due, with CHAP_I and CHAP_C both or none; %s came".formatted(names(keys));
        }
        byte[] given = Chap.decode(response);
        if (given == null || given.length != algorithm.responseBytes()) {
            return "CHAP_R is not %d bytes in hexadecimal or Base64".formatted(algorithm.responseBytes());
        }
        String wrong = prove(name, given);
        if (wrong == null && askedBack) {
            wrong = answerBack(keys, given, answers);
        }
        if (wrong == null) {
            user = name;
            state = State.PROVEN;
        }
        return wrong;
    }

    /** A user that is not known takes as long as a secret that is wrong, and looks the same to the initiator. */
    private @Nullable String prove(String name, byte[] given) {
        ChapCredential known = null;
        for (ChapCredential each : required.incoming()) {
            known = each.user().equals(name) ? each : known;
        }
        ChapCredential computed = known == null ? nobody() : known;
        boolean right = MessageDigest.isEqual(Chap.response(algorithm, identifier, computed, challenge), given);
        if (known == null) {
            return "CHAP user \"%s\" is not known here".formatted(name);
        }
        return right ? null : "CHAP user \"%s\" has another secret here".formatted(name);
    }

    private ChapCredential nobody() {
        byte[] secret = new byte[CHALLENGE_BYTES_MIN];
        random.nextBytes(secret);
        return new ChapCredential("", secret);
    }

    /** The target proves itself, when nothing that it says could be used against it. */
    private @Nullable String answerBack(Map<TextKey, String> keys, byte[] given, TextAnswer answers) {
        OptionalLong askedIdentifier = Negotiation.number(keys.getOrDefault(TextKey.CHAP_I, ""));
        if (askedIdentifier.isEmpty() || askedIdentifier.getAsLong() > Chap.IDENTIFIER_MAX) {
            return "CHAP_I is not a number from 0 to %d".formatted(Chap.IDENTIFIER_MAX);
        }
        byte[] asked = Chap.decode(keys.getOrDefault(TextKey.CHAP_C, ""));
        if (asked == null) {
            return "CHAP_C is not 1 to %d bytes in hexadecimal or Base64".formatted(Chap.BINARY_BYTES_MAX);
        }
        // RFC 7143 12.1.3: a challenge that comes back is an attempt to let the target do the proof.
        if (MessageDigest.isEqual(asked, challenge)) {
            return "the initiator sent the target's own challenge back to it";
        }
        ChapCredential own = required.outgoing();
        if (own == null) {
            return "the initiator asks the target to prove itself too (mutual CHAP), and no credential is set for that";
        }
        for (ChapCredential incoming : required.incoming()) {
            if (MessageDigest.isEqual(incoming.secret(), own.secret())) {
                return "credentials %s and %s have the same secret; each direction needs its own"
                        .formatted(incoming.user(), own.user());
            }
        }
        byte[] response = Chap.response(algorithm, Math.toIntExact(askedIdentifier.getAsLong()), own, asked);
        if (MessageDigest.isEqual(response, given)) {
            return "the initiator's response is the target's own";
        }
        answers.add(TextKey.CHAP_N.keyName(), own.user());
        answers.add(TextKey.CHAP_R.keyName(), Chap.encode(response));
        mutual = true;
        return null;
    }

    private static String names(Map<TextKey, String> keys) {
        return keys.isEmpty()
                ? "nothing of CHAP"
                : String.join(", ", keys.keySet().stream().map(TextKey::keyName).toList());
    }
}
