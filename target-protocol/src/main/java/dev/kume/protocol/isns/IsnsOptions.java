package dev.kume.protocol.isns;

/**
 * How to register.
 *
 * @param entity         the Entity Identifier: unlike any other's at the server
 * @param periodSeconds  the registration period asked for
 * @param timeoutSeconds what a server may take to connect or to answer
 * @param answerBytes    the largest answer that is taken
 */
public record IsnsOptions(String entity, int periodSeconds, int timeoutSeconds, int answerBytes) {
    /** The longest Entity Identifier, in bytes of UTF-8 (RFC 4171 section 6.2.1). */
    public static final int ENTITY_BYTES_MAX = 255;
}
