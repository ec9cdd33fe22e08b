package dev.kume.protocol.login;

import java.security.MessageDigest;
import java.util.Map;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The initiator's side of CHAP in one login (RFC 7143 section 12.1.3). Belongs to one event loop. */
final class InitiatorChap {
    private static final int CHALLENGE_BYTES_MIN = 16;

    private final InitiatorCredentials credentials;
    private final RandomGenerator random;
    private ChapAlgorithm algorithm = ChapAlgorithm.MD5;
    private int identifier;
    private byte[] challenge = {};

    /** @param random a strong source: whoever can guess a challenge can answer it beforehand */
    InitiatorChap(InitiatorCredentials credentials, RandomGenerator random) {
        this.credentials = credentials;
        this.random = random;
    }

    boolean isMutual() {
        return credentials.target() != null;
    }

    void offer(TextAnswer text) {
        text.add(
                TextKey.CHAP_A.keyName(),
                credentials.algorithms().stream()
                        .map(each -> Integer.toString(each.number()))
                        .collect(Collectors.joining(",")));
    }

    /** The target has chosen and asks: answers, and asks back when the target has to prove itself. */
    void onChallenge(Map<TextKey, String> keys, TextAnswer text) {
        String chosen = keys.getOrDefault(TextKey.CHAP_A, "");
        algorithm = credentials.algorithms().stream()
                .filter(each -> chosen.equals(Integer.toString(each.number())))
                .findFirst()
                .orElseThrow(() -> new TextException("the target chose CHAP_A=%s".formatted(chosen)));
        OptionalLong asked = Negotiation.number(keys.getOrDefault(TextKey.CHAP_I, ""));
        byte[] askedChallenge = Chap.decode(keys.getOrDefault(TextKey.CHAP_C, ""));
        if (asked.isEmpty() || asked.getAsLong() > Chap.IDENTIFIER_MAX || askedChallenge == null) {
            throw new TextException("CHAP_I and CHAP_C of the target are missing or malformed");
        }
        byte[] response = Chap.response(algorithm, (int) asked.getAsLong(), credentials.own(), askedChallenge);
        text.add(TextKey.CHAP_N.keyName(), credentials.own().user());
        text.add(TextKey.CHAP_R.keyName(), Chap.encode(response));
        if (isMutual()) {
            identifier = random.nextInt(Chap.IDENTIFIER_MAX + 1);
            challenge = new byte[Math.max(CHALLENGE_BYTES_MIN, algorithm.responseBytes())];
            random.nextBytes(challenge);
            text.add(TextKey.CHAP_I.keyName(), Integer.toString(identifier));
            text.add(TextKey.CHAP_C.keyName(), Chap.encode(challenge));
        }
    }

    /** True when these keys prove that the target is the one it has to be. */
    boolean isProof(Map<TextKey, String> keys) {
        ChapCredential target = credentials.target();
        if (target == null) {
            return keys.isEmpty();
        }
        byte[] response = Chap.decode(keys.getOrDefault(TextKey.CHAP_R, ""));
        boolean sameName = target.user().equals(keys.get(TextKey.CHAP_N));
        return response != null
                && MessageDigest.isEqual(Chap.response(algorithm, identifier, target, challenge), response)
                && sameName;
    }
}
