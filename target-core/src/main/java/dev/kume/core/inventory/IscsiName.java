package dev.kume.core.inventory;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names of initiators and targets: {@code iqn.}, {@code eui.} and {@code naa.} (RFC 7143 section 4.2.7, RFC 3722). */
public final class IscsiName {
    /** The longest name, in bytes of UTF-8. */
    public static final int BYTES_MAX = 223;

    private static final String MICROSOFT = "iqn.1991-05.com.microsoft";
    private static final String EXAMPLE = "iqn.2026-11.dev.kume:hv-node1";
    private static final Pattern IQN_DATE = Pattern.compile("\\d{4}-(0[1-9]|1[0-2])");
    private static final Pattern AUTHORITY = Pattern.compile("[^.:]+(\\.[^.:]+)*");
    private static final Pattern EUI = Pattern.compile("eui\\.[0-9a-f]{16}");
    private static final Pattern NAA = Pattern.compile("naa\\.([0-9a-f]{16}|[0-9a-f]{32})");

    private IscsiName() {}

    /**
     * The form in which names are kept and compared: lower case, compatibility characters resolved.
     *
     * @throws IllegalArgumentException with one line that says what is wrong with the name, where, and what to write
     */
    public static String normalize(String given) {
        String name = fold(given);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the iSCSI name is empty; write one such as " + EXAMPLE);
        }
        checkCharacters(given, name);
        checkLength(name);
        if (name.startsWith("iqn.")) {
            checkQualifiedName(given, name);
        } else if (name.startsWith("eui.")) {
            check(EUI, given, name, "after \"eui.\" come 16 hexadecimal digits, such as eui.02004567a425678d");
        } else if (name.startsWith("naa.")) {
            check(NAA, given, name, "after \"naa.\" come 16 or 32 hexadecimal digits, such as naa.52004567ba64678d");
        } else {
            throw wrong(given, "an iSCSI name begins with \"iqn.\", \"eui.\" or \"naa.\", such as " + EXAMPLE);
        }
        return name;
    }

    /**
     * The form in which a name that came over the network is compared and remembered. Its format does not matter: a
     * name that {@link #normalize} refuses is allowed nowhere, but an administrator wants to see who tried.
     *
     * @throws IllegalArgumentException when it is empty, too long or has control characters
     */
    public static String normalizeOfPeer(String given) {
        String name = fold(given);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the iSCSI name is empty");
        }
        if (name.codePoints().anyMatch(c -> Character.isISOControl(c) || c == ' ')) {
            throw new IllegalArgumentException("the iSCSI name has control characters or spaces");
        }
        checkLength(name);
        return name;
    }

    private static String fold(String given) {
        String lower = Normalizer.normalize(given, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        return Normalizer.normalize(lower, Normalizer.Form.NFKC);
    }

    private static void checkCharacters(String given, String name) {
        name.codePoints().filter(c -> !isAllowed(c)).findFirst().ifPresent(c -> {
            String shown = Character.isISOControl(c) ? "U+%04X".formatted(c) : "\"" + Character.toString(c) + "\"";
            throw wrong(
                    printable(given),
                    shown + " is not allowed in an iSCSI name; use letters, digits, \"-\", \".\" and \":\"");
        });
    }

    private static boolean isAllowed(int c) {
        if (c < 0x80) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
        }
        return Character.isLetterOrDigit(c) || Character.getType(c) == Character.NON_SPACING_MARK;
    }

    private static void checkLength(String name) {
        int lengthBytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (lengthBytes > BYTES_MAX) {
            throw new IllegalArgumentException("the iSCSI name %s... has %d bytes; it may have %d"
                    .formatted(name.substring(0, 40), lengthBytes, BYTES_MAX));
        }
    }

    /** {@code iqn.yyyy-mm.reversed.domain[:anything]}. */
    private static void checkQualifiedName(String given, String name) {
        checkMicrosoft(given, name);
        int colon = name.indexOf(':');
        String owner = colon < 0 ? name : name.substring(0, colon);
        int dateEnd = owner.indexOf('.', "iqn.".length());
        String date = dateEnd < 0 ? owner.substring("iqn.".length()) : owner.substring("iqn.".length(), dateEnd);
        if (!IQN_DATE.matcher(date).matches()) {
            throw wrong(
                    given, "after \"iqn.\" comes the year and month in which its domain was owned, such as " + EXAMPLE);
        }
        if (dateEnd < 0 || !AUTHORITY.matcher(owner.substring(dateEnd + 1)).matches()) {
            throw wrong(given, "after the date comes a domain, its last part first, such as " + EXAMPLE);
        }
        if (colon == name.length() - 1) {
            throw wrong(given, "after \":\" comes a name of your own, such as " + EXAMPLE);
        }
    }

    /** Windows makes names of this one form; a point in place of the colon is the classic slip. */
    private static void checkMicrosoft(String given, String name) {
        if (!name.startsWith(MICROSOFT) || name.startsWith(MICROSOFT + ":")) {
            return;
        }
        String rest = name.substring(MICROSOFT.length());
        if (rest.isEmpty()) {
            throw wrong(given, "after \"%s\" comes \":\" and the host's name".formatted(MICROSOFT));
        }
        String host = rest.replaceFirst("^[.-]+", "");
        throw wrong(
                given,
                "after \"%s\" comes \":\", not \"%s\"; did you mean %s:%s?"
                        .formatted(MICROSOFT, rest.substring(0, 1), MICROSOFT, host));
    }

    private static void check(Pattern form, String given, String name, String remedy) {
        if (!form.matcher(name).matches()) {
            throw wrong(given, remedy);
        }
    }

    private static String printable(String given) {
        return given.codePoints()
                .limit(BYTES_MAX)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static IllegalArgumentException wrong(String given, String remedy) {
        return new IllegalArgumentException(given + ": " + remedy);
    }
}
