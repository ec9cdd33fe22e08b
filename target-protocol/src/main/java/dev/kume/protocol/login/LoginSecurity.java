package dev.kume.protocol.login;

import java.util.List;

/**
 * What holds for the logins of a whole server. Immutable.
 *
 * @param discovery  how an initiator proves itself before it may look for targets
 * @param algorithms the digests of CHAP that the administrator allows, the one he likes best first
 */
public record LoginSecurity(Authentication discovery, List<ChapAlgorithm> algorithms) {
    /** Discovery is free; every algorithm is allowed, the strongest first. */
    public static final LoginSecurity DEFAULT = new LoginSecurity(
            Authentication.NONE, List.of(ChapAlgorithm.SHA3_256, ChapAlgorithm.SHA_256, ChapAlgorithm.MD5));

    public LoginSecurity {
        algorithms = List.copyOf(algorithms);
    }
}
