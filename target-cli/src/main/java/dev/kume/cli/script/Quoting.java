package dev.kume.cli.script;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text as one word of a script, whatever it consists of. */
final class Quoting {
    /** Two zero groups or more, with the colons around them. */
    private static final Pattern ZEROES = Pattern.compile("(^|:)0(:0)+(:|$)");

    private Quoting() {}

    /** A word for bash: in single quotes, in which nothing means anything but the quote itself. */
    static String bash(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /**
     * A string for PowerShell. What is not ASCII is written as numbers: Windows PowerShell reads a file without a byte
     * order mark in the code page of its host, and takes the typographic quotes for plain ones.
     */
    static String powershell(String text) {
        StringBuilder plain = new StringBuilder("'");
        boolean ascii = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\'') {
                plain.append("''");
            } else if (c < 0x80 && !Character.isISOControl(c)) {
                plain.append(c);
            } else {
                ascii = false;
                plain.append("' + [char]0x%04X + '".formatted((int) c));
            }
        }
        plain.append('\'');
        return ascii ? plain.toString() : "(" + plain + ")";
    }

    /** A regular expression of multipath.conf that finds this text; what may mean something there finds anything. */
    static String multipath(String text) {
        return text.strip().replaceAll("[^A-Za-z0-9 _-]", ".");
    }

    /** Text inside of a comment, on one line. */
    static String comment(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().map(c -> isPlain(c) ? c : '?').forEach(line::appendCodePoint);
        return line.toString();
    }

    private static boolean isPlain(int c) {
        return !Character.isISOControl(c) && c != 0x2028 && c != 0x2029;
    }

    /** What a name of a file may consist of. */
    static String fileName(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "-");
    }

    /** An address as hosts write it: of IPv6 the longest row of zeroes is left out, RFC 5952. */
    static String address(String host) {
        if (host.indexOf(':') < 0) {
            return host;
        }
        String longest = "";
        Matcher zeroes = ZEROES.matcher(host);
        while (zeroes.find()) {
            longest = zeroes.group().length() > longest.length() ? zeroes.group() : longest;
        }
        int at = longest.isEmpty() ? -1 : host.indexOf(longest);
        return at < 0 ? host : host.substring(0, at) + "::" + host.substring(at + longest.length());
    }
}
