package dev.kume.core.disk.vhd;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Paths of a parent as parent locators write them, and as this host does.
 *
 * <p>On a Windows host they are the same. On another one {@code \} and {@code /} stand for each other: {@code
 * base/a.vhd} is written {@code .\base\a.vhd}, {@code /srv/a.vhd} is written {@code \srv\a.vhd} and as the URL {@code
 * file:///srv/a.vhd}. A path of another host ({@code C:\disks\a.vhd}, {@code \\server\share\a.vhd}) is kept as it is
 * among the others. A name that has a {@code \} in it is written as a URL alone.
 */
final class HostPaths {
    private static final char UNIX = '/';
    private static final char WINDOWS = '\\';
    private static final String URL_SCHEME = "file:";
    private static final String URL_PLAIN = "-._~/:@!$&'()*+,;=";

    private final char separator;
    private String relativePath = "";
    private String absolutePath = "";
    private final List<String> others = new ArrayList<>();

    /** Takes what the locators of one file say. */
    HostPaths(char separator) {
        this.separator = separator;
    }

    /** A relative path, mostly with {@code .\} before it. */
    void relative(String raw) {
        String path = raw.startsWith(".\\") || raw.startsWith("./") ? raw.substring(2) : raw;
        if (path.isEmpty() || isAbsolute(path) || !relativePath.isEmpty()) {
            other(raw);
        } else {
            relativePath = toHost(path);
        }
    }

    void absolute(String raw) {
        if (!absolutePath.isEmpty() || !isOfThisHost(raw)) {
            other(raw);
        } else {
            absolutePath = toHost(raw);
        }
    }

    /** {@code file:///a}, {@code file://localhost/a} or, as Xen writes relative ones, {@code file://./a}. */
    void url(String raw) {
        String path = raw.startsWith(URL_SCHEME) ? raw.substring(URL_SCHEME.length()) : "";
        if (path.startsWith("//localhost/")) {
            path = path.substring("//localhost".length());
        } else if (path.startsWith("//")) {
            path = path.substring(2);
        }
        path = percentDecoded(path);
        if (separator == UNIX && path.startsWith("./") && relativePath.isEmpty()) {
            relativePath = path.substring(2);
        } else if (separator == UNIX && path.startsWith("/") && absolutePath.isEmpty()) {
            absolutePath = path;
        } else if (separator == UNIX && !path.isEmpty() && path.equals(absolutePath)) {
            return;
        } else {
            other(raw);
        }
    }

    void other(String raw) {
        if (!raw.isEmpty()) {
            others.add(raw);
        }
    }

    /** The file's name, or its path, in the header. Comes last. */
    void name(String raw) {
        boolean known = raw.equals(lastName(relativePath, separator)) || raw.equals(lastName(absolutePath, separator));
        if (!known) {
            other(raw);
        }
    }

    String relativePath() {
        return relativePath;
    }

    String absolutePath() {
        return absolutePath;
    }

    List<String> otherPaths() {
        Set<String> once = new LinkedHashSet<>(others);
        return List.copyOf(once);
    }

    /** False for a path that would become another one. */
    static boolean canBeWindows(String path, char separator) {
        return separator == WINDOWS || path.indexOf(WINDOWS) < 0;
    }

    static String toWindows(String path, char separator) {
        return path.replace(separator, WINDOWS);
    }

    static String toUrl(String absolutePath, char separator) {
        String path = absolutePath.replace(separator, UNIX);
        StringBuilder url = new StringBuilder("file://").append(path.startsWith("/") ? "" : "/");
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || URL_PLAIN.indexOf(c) >= 0);
            if (plain) {
                url.append(c);
            } else {
                url.append('%').append("%02X".formatted((int) c));
            }
        }
        return url.toString();
    }

    /** What stands behind the last separator of either kind. */
    static String lastName(String path, char separator) {
        int at = separator == WINDOWS
                ? Math.max(path.lastIndexOf(WINDOWS), path.lastIndexOf(UNIX))
                : path.lastIndexOf(separator);
        return path.substring(at + 1);
    }

    private String toHost(String path) {
        return path.replace(separator == UNIX ? WINDOWS : UNIX, separator);
    }

    private boolean isOfThisHost(String path) {
        if (separator == WINDOWS) {
            return isAbsolute(path);
        }
        boolean shared = path.startsWith("\\\\") || path.startsWith("//");
        return !shared && (path.startsWith("\\") || path.startsWith("/"));
    }

    private static boolean isAbsolute(String path) {
        boolean drive = path.length() >= 2 && path.charAt(1) == ':' && Character.isLetter(path.charAt(0));
        return drive || path.startsWith("\\") || path.startsWith("/");
    }

    /** The text without its escapes; the text itself when they are none. */
    private static String percentDecoded(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
        int at = 0;
        while (at < bytes.length) {
            int high = at + 2 < bytes.length && bytes[at] == '%' ? Character.digit(bytes[at + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(bytes[at + 2], 16);
            if (low < 0) {
                decoded.write(bytes[at]);
                at++;
            } else {
                decoded.write(high * 16 + low);
                at += 3;
            }
        }
        return decoded.toString(StandardCharsets.UTF_8);
    }
}
