package dev.kume.protocol.login;

import org.jspecify.annotations.Nullable;

/**
 * Who logs in where, known after the first text of a login.
 *
 * @param initiatorName normalised
 * @param isid          the six bytes of the ISID in the low 48 bits
 * @param targetName    normalised; null only in a discovery session that names none
 */
public record LoginIdentity(
        String initiatorName,
        long isid,
        SessionType sessionType,
        @Nullable String targetName) {}
