package dev.kume.protocol.login;

/**
 * One pair of a negotiation text, as it came.
 *
 * @param key   a standard label
 * @param value without control characters; may be empty
 */
public record KeyValue(String key, String value) {
    @Override
    public String toString() {
        return key + "=" + value;
    }
}
