package dev.kume.protocol.login;

import org.jspecify.annotations.Nullable;

/** What a session is for (RFC 7143 section 13.21). */
public enum SessionType {
    NORMAL("Normal"),
    DISCOVERY("Discovery");

    private final String value;

    SessionType(String value) {
        this.value = value;
    }

    static @Nullable SessionType of(String value) {
        for (SessionType type : values()) {
            if (type.value.equals(value)) {
                return type;
            }
        }
        return null;
    }
}
