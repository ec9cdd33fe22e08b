package dev.kume.core.inventory;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;

/**
 * A user of CHAP. Its secret is not here: it lies in a file of its own.
 *
 * @param name     unique without case; never changes
 * @param user     CHAP_N, 1 to 255 bytes of UTF-8
 * @param revision 1 for the first secret, one more with each that replaces it
 * @param created  when it was added
 */
public record CredentialRecord(String name, String user, int revision, Instant created) {
    /** The longest user, in bytes. */
    public static final int USER_BYTES_MAX = 255;

    public CredentialRecord {
        Names.checked("credential", name);
        int bytes = user.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > USER_BYTES_MAX) {
            throw InventoryException.invalid(
                    "the user of credential '%s' has %d bytes".formatted(name, bytes),
                    "use 1 to %d bytes of UTF-8".formatted(USER_BYTES_MAX));
        }
        if (user.chars().anyMatch(Character::isISOControl)) {
            throw InventoryException.invalid(
                    "the user of credential '%s' has control characters".formatted(name), "use plain text");
        }
        if (revision < 1) {
            throw InventoryException.invalid(
                    "the revision of credential '%s' is not from 1".formatted(name), "count it");
        }
    }

    /** The name of the file of its secret: the same on file systems that tell cases apart and on others. */
    public String secretFile() {
        return name.toLowerCase(Locale.ROOT) + "." + revision;
    }

    CredentialRecord withUser(String newUser) {
        return new CredentialRecord(name, newUser, revision, created);
    }

    CredentialRecord withNewSecret() {
        return new CredentialRecord(name, user, revision + 1, created);
    }
}
