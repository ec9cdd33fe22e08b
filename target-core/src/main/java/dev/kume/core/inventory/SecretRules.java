package dev.kume.core.inventory;

/** What a secret of CHAP must be. No message shows any of it. */
public final class SecretRules {
    /** RFC 7143 9.2.1: at least 96 bits, when IPsec does not protect the connection. */
    public static final int BYTES_MIN = 12;

    /** What Microsoft's initiator takes. */
    public static final int BYTES_USUAL_MAX = 16;

    /** What one byte of length can say. */
    public static final int BYTES_MAX = 255;

    private SecretRules() {}

    /**
     * Refuses a secret of the wrong length.
     *
     * @param longer true: it may have more bytes than Microsoft's initiator takes
     */
    public static void check(byte[] secret, boolean longer) {
        if (secret.length == 0) {
            throw InventoryException.invalid(
                    "the secret is empty", "use %d to %d bytes".formatted(BYTES_MIN, BYTES_USUAL_MAX));
        }
        if (secret.length < BYTES_MIN) {
            throw InventoryException.invalid(
                    "the secret has %d bytes, too few to be safe (RFC 7143 9.2.1)".formatted(secret.length),
                    "use %d to %d bytes".formatted(BYTES_MIN, BYTES_USUAL_MAX));
        }
        if (secret.length > BYTES_MAX) {
            throw InventoryException.invalid(
                    "the secret has %d bytes".formatted(secret.length), "use at most %d".formatted(BYTES_MAX));
        }
        if (secret.length > BYTES_USUAL_MAX && !longer) {
            throw InventoryException.invalid(
                    "the secret has %d bytes, and Microsoft's initiator takes %d to %d"
                            .formatted(secret.length, BYTES_MIN, BYTES_USUAL_MAX),
                    "use a shorter one, or say --long when no Windows host needs it");
        }
    }
}
