package dev.kume.core.inventory;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** iSCSI names as the rules see them, RFC 7143 4.2.7. */
final class IscsiNames {
    private static final int BYTES_MAX = 223;
    private static final Pattern IQN =
            Pattern.compile("iqn\\.[0-9]{4}-(0[1-9]|1[0-2])\\.[a-z0-9-]+(\\.[a-z0-9-]+)*(:[^\\p{Cntrl} ,;=]+)?");
    private static final Pattern EUI = Pattern.compile("eui\\.[0-9a-f]{16}");
    private static final Pattern NAA = Pattern.compile("naa\\.([0-9a-f]{16}|[0-9a-f]{32})");
    private static final Pattern DOT_FOR_COLON = Pattern.compile("(iqn\\.1991-05\\.com\\.microsoft)\\.(.+)");

    private IscsiNames() {}

    /** The normalised name; {@link InventoryException.Kind#INVALID} when it is none. */
    static String check(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        var dotted = DOT_FOR_COLON.matcher(lower);
        if (dotted.matches()) {
            throw InventoryException.invalid(
                    "the iSCSI name '%s' has '.' where ':' belongs".formatted(name),
                    "write %s:%s".formatted(dotted.group(1), dotted.group(2)));
        }
        if (!IQN.matcher(lower).matches()
                && !EUI.matcher(lower).matches()
                && !NAA.matcher(lower).matches()) {
            throw InventoryException.invalid(
                    "'%s' is not an iSCSI name".formatted(name),
                    "write one such as iqn.1991-05.com.microsoft:hv-node1 (also eui. and naa. names)");
        }
        int bytes = lower.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > BYTES_MAX) {
            throw InventoryException.invalid(
                    "the iSCSI name '%s...' has %d bytes".formatted(lower.substring(0, 40), bytes),
                    "use at most %d".formatted(BYTES_MAX));
        }
        return lower;
    }
}
