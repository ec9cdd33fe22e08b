package dev.kume.protocol.login;

import org.jspecify.annotations.Nullable;

/** The stages of a connection, by the numbers of CSG and NSG (RFC 7143 section 11.12.3). */
public enum LoginStage {
    SECURITY_NEGOTIATION(0),
    OPERATIONAL_NEGOTIATION(1),
    FULL_FEATURE_PHASE(3);

    private final int number;

    LoginStage(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The stage of a number on the wire, or null: 2 is reserved. */
    static @Nullable LoginStage of(int number) {
        return switch (number) {
            case 0 -> SECURITY_NEGOTIATION;
            case 1 -> OPERATIONAL_NEGOTIATION;
            case 3 -> FULL_FEATURE_PHASE;
            default -> null;
        };
    }
}
