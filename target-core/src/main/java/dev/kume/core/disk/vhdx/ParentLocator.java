package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.store.BackingStore;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Where a differencing file finds its parent ([MS-VHDX] 2.6.2.6): keys and values in UTF-16.
 *
 * <pre>
 *   0  locator type(16)      18  key-value count
 *  16  reserved              20  entries of 12 bytes: key offset(4) value offset(4) key length(2) value length(2)
 * </pre>
 *
 * <p><b>Paths of this host.</b> Windows paths stand in the file. A path of a host that has no drives is written as it
 * is, with its separators turned to backslashes and without the beginning {@code \\?\}: {@code \srv\disks\a.vhdx}. Such
 * a host takes a path that begins with a drive or a share for one of another host: {@link ParentLink#otherPaths}.
 */
record ParentLocator(Map<String, String> values) {
    static final String PARENT_LINKAGE = "parent_linkage";
    static final String RELATIVE_PATH = "relative_path";
    static final String VOLUME_PATH = "volume_path";
    static final String ABSOLUTE_WIN32_PATH = "absolute_win32_path";

    private static final UUID TYPE_VHDX = UUID.fromString("b04aefb7-d19e-4a81-b789-25b8e9445913");
    private static final int COUNT = 18;
    private static final int ENTRIES = 20;
    private static final int ENTRY_BYTES = 12;
    private static final int VALUE_OFFSET = 4;
    private static final int KEY_LENGTH = 8;
    private static final int VALUE_LENGTH = 10;
    private static final int LENGTH_MAX = 0xFFFE;
    private static final String EXTENDED = "\\\\?\\";
    private static final char WINDOWS_SEPARATOR = '\\';

    static ParentLocator parse(BackingStore store, ByteBuffer item) throws DiskFormatException {
        if (item.limit() < ENTRIES) {
            throw Bytes.damaged(
                    store, "Parent Locator: its length is %d, less than %d".formatted(item.limit(), ENTRIES));
        }
        UUID type = Guid.get(item, 0);
        if (!type.equals(TYPE_VHDX)) {
            throw new DiskFormatException(
                    "%s: the Parent Locator is of the type %s; Kume knows %s, a parent that is a VHDX"
                            .formatted(store.location(), type, TYPE_VHDX));
        }
        int count = item.getShort(COUNT) & 0xFFFF;
        if (count > (item.limit() - ENTRIES) / ENTRY_BYTES) {
            throw Bytes.damaged(
                    store, "Parent Locator: %d entries do not fit into its %d bytes".formatted(count, item.limit()));
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int at = ENTRIES + i * ENTRY_BYTES;
            String key = text(store, item, item.getInt(at), item.getShort(at + KEY_LENGTH), i);
            String value = text(store, item, item.getInt(at + VALUE_OFFSET), item.getShort(at + VALUE_LENGTH), i);
            if (values.put(key, value) != null) {
                throw Bytes.damaged(
                        store, "Parent Locator: the key '%s' stands in it twice".formatted(Bytes.printable(key)));
            }
        }
        ParentLocator locator = new ParentLocator(values);
        if (Guid.parse(locator.value(PARENT_LINKAGE)) == null) {
            throw Bytes.damaged(
                    store,
                    "Parent Locator: parent_linkage is '%s', no GUID"
                            .formatted(Bytes.printable(locator.value(PARENT_LINKAGE))));
        }
        if (locator.value(RELATIVE_PATH).isEmpty()
                && locator.value(VOLUME_PATH).isEmpty()
                && locator.value(ABSOLUTE_WIN32_PATH).isEmpty()) {
            throw Bytes.damaged(
                    store, "Parent Locator: it has none of relative_path, volume_path and absolute_win32_path");
        }
        return locator;
    }

    private static String text(BackingStore store, ByteBuffer item, int offset, short length, int index)
            throws DiskFormatException {
        long at = Integer.toUnsignedLong(offset);
        int bytes = length & 0xFFFF;
        if (at == 0 || bytes == 0 || bytes % 2 != 0 || at > item.limit() - bytes) {
            throw Bytes.damaged(
                    store,
                    "Parent Locator entry %d: %d bytes at offset %d are no text inside of its %d bytes"
                            .formatted(index, bytes, at, item.limit()));
        }
        byte[] text = new byte[bytes];
        item.get((int) at, text);
        String decoded = new String(text, StandardCharsets.UTF_16LE);
        if (decoded.indexOf(0) >= 0) {
            throw Bytes.damaged(
                    store, "Parent Locator entry %d: '%s' has a NUL in it".formatted(index, Bytes.printable(decoded)));
        }
        return decoded;
    }

    String value(String key) {
        return values.getOrDefault(key, "");
    }

    /** As the rest of Kume knows it, with the paths of this host. */
    ParentLink link() {
        UUID linkage = Guid.parseKnown(value(PARENT_LINKAGE));
        List<String> others = new ArrayList<>();
        String absolute = value(ABSOLUTE_WIN32_PATH);
        String here = absolutePathHere(absolute, File.separatorChar);
        if (!absolute.isEmpty() && here.isEmpty()) {
            others.add(absolute);
        }
        if (!value(VOLUME_PATH).isEmpty()) {
            others.add(value(VOLUME_PATH));
        }
        return new ParentLink(
                linkage,
                value(RELATIVE_PATH).replace(WINDOWS_SEPARATOR, File.separatorChar),
                here,
                ParentLink.NO_TIME,
                others);
    }

    /** The path on a host with these separators; empty where it is none of such a host. */
    static String absolutePathHere(String path, char separator) {
        String bare = path.startsWith(EXTENDED) ? path.substring(EXTENDED.length()) : path;
        if (separator == WINDOWS_SEPARATOR) {
            return bare.toUpperCase(Locale.ROOT).startsWith("UNC\\") ? "\\\\" + bare.substring("UNC\\".length()) : bare;
        }
        boolean here = !path.startsWith(EXTENDED) && !path.startsWith("\\\\") && path.startsWith("\\");
        return here ? bare.replace(WINDOWS_SEPARATOR, separator) : "";
    }

    /** The path of a host with these separators as it stands in a file. */
    static String absolutePathInFile(String path, char separator) {
        if (separator != WINDOWS_SEPARATOR) {
            return path.replace(separator, WINDOWS_SEPARATOR);
        }
        if (path.startsWith(EXTENDED)) {
            return path;
        }
        return path.startsWith("\\\\") ? EXTENDED + "UNC\\" + path.substring(2) : EXTENDED + path;
    }

    /**
     * The locator of a link.
     *
     * @throws DiskFormatException when a path cannot be written
     */
    static ParentLocator of(ParentLink link) throws DiskFormatException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(PARENT_LINKAGE, Guid.text(link.contentId()));
        if (!link.relativePath().isEmpty()) {
            values.put(RELATIVE_PATH, checked(link.relativePath()).replace(File.separatorChar, WINDOWS_SEPARATOR));
        }
        if (!link.absolutePath().isEmpty()) {
            values.put(ABSOLUTE_WIN32_PATH, absolutePathInFile(checked(link.absolutePath()), File.separatorChar));
        }
        if (values.size() == 1) {
            throw new DiskFormatException("a differencing VHDX needs a path of its parent, and there is none");
        }
        return new ParentLocator(values);
    }

    private static String checked(String path) throws DiskFormatException {
        if (File.separatorChar != WINDOWS_SEPARATOR && path.indexOf(WINDOWS_SEPARATOR) >= 0) {
            throw new DiskFormatException(
                    "a VHDX cannot name its parent '%s': a backslash separates directories in it; rename the file"
                            .formatted(path));
        }
        if (path.length() * 2 > LENGTH_MAX - 2 * EXTENDED.length() || path.indexOf(0) >= 0) {
            throw new DiskFormatException(
                    "a VHDX cannot name its parent by a path of %d characters; move it".formatted(path.length()));
        }
        return path;
    }

    ByteBuffer encode() {
        int textBytes = values.entrySet().stream()
                .mapToInt(
                        entry -> 2 * (entry.getKey().length() + entry.getValue().length()))
                .sum();
        ByteBuffer item = Bytes.allocate(ENTRIES + values.size() * ENTRY_BYTES + textBytes);
        Guid.put(item, 0, TYPE_VHDX);
        item.putShort(COUNT, (short) values.size());
        int at = ENTRIES;
        int text = ENTRIES + values.size() * ENTRY_BYTES;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            byte[] key = entry.getKey().getBytes(StandardCharsets.UTF_16LE);
            byte[] value = entry.getValue().getBytes(StandardCharsets.UTF_16LE);
            item.putInt(at, text);
            item.putInt(at + VALUE_OFFSET, text + key.length);
            item.putShort(at + KEY_LENGTH, (short) key.length);
            item.putShort(at + VALUE_LENGTH, (short) value.length);
            item.put(text, key).put(text + key.length, value);
            text += key.length + value.length;
            at += ENTRY_BYTES;
        }
        return item;
    }
}
