package dev.kume.protocol.login;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an initiator proves itself by CHAP (RFC 7143 section 12.1.3).
 *
 * @param own        its user and secret
 * @param target     by which the target must prove itself too; null: it need not
 * @param algorithms the digests to offer, the best first
 */
public record InitiatorCredentials(
        ChapCredential own, @Nullable ChapCredential target, List<ChapAlgorithm> algorithms) {
    public InitiatorCredentials {
        algorithms = List.copyOf(algorithms);
    }

    /** With every digest, the strongest first. */
    public static InitiatorCredentials of(ChapCredential own, @Nullable ChapCredential target) {
        return new InitiatorCredentials(
                own, target, List.of(ChapAlgorithm.SHA3_256, ChapAlgorithm.SHA_256, ChapAlgorithm.MD5));
    }
}
