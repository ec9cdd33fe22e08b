package dev.kume.cli.remote;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text form of keys and certificates (RFC 7468). */
final class Pem {
    static final String CERTIFICATE = "CERTIFICATE";
    static final String PRIVATE_KEY = "PRIVATE KEY";

    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");
    private static final int LINE_COLUMNS = 64;

    private Pem() {}

    static String write(String label, byte[] content) {
        String body = Base64.getMimeEncoder(LINE_COLUMNS, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, body);
    }

    /** The first label in a text; null when there is none. */
    static @Nullable String firstLabel(String text) {
        Matcher begin = BEGIN.matcher(text);
        return begin.find() ? begin.group(1) : null;
    }

    /**
     * The content of the first block with this label; null when there is none.
     *
     * @throws IllegalArgumentException when it is no base64
     */
    static byte @Nullable [] read(String label, String text) {
        String begin = "-----BEGIN %s-----".formatted(label);
        int from = text.indexOf(begin);
        int to = from < 0 ? -1 : text.indexOf("-----END %s-----".formatted(label), from);
        return to < 0 ? null : Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
    }
}
