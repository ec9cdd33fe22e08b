package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.store.BackingStore;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * How a differencing VHD names its parent.
 *
 * @param uniqueId    the unique id in the parent's footer
 * @param timeStamp   when the parent was last changed, seconds of 2000, unsigned; 0 where that is not known
 * @param unicodeName the name of the parent's file
 * @param paths       of the parent, at most eight
 */
record ParentName(UUID uniqueId, int timeStamp, String unicodeName, List<Path> paths) {
    /** What a parent locator holds. */
    record Path(int platformCode, String text) {
        byte[] content() {
            return text.getBytes(
                    platformCode == ParentLocator.MACX ? StandardCharsets.UTF_8 : StandardCharsets.UTF_16LE);
        }
    }

    /** A name for the header of a child. */
    static ParentName of(ParentLink link) {
        return of(link, File.separatorChar);
    }

    static ParentName of(ParentLink link, char separator) {
        String whole = link.absolutePath().isEmpty() ? link.relativePath() : link.absolutePath();
        List<Path> paths = new ArrayList<>();
        if (!link.absolutePath().isEmpty() && HostPaths.canBeWindows(link.absolutePath(), separator)) {
            String windows = HostPaths.toWindows(link.absolutePath(), separator);
            paths.add(new Path(ParentLocator.W2KU, windows));
        }
        if (!link.relativePath().isEmpty() && HostPaths.canBeWindows(link.relativePath(), separator)) {
            String windows = ".\\" + HostPaths.toWindows(link.relativePath(), separator);
            paths.add(new Path(ParentLocator.W2RU, windows));
        }
        if (!link.absolutePath().isEmpty()) {
            String url = HostPaths.toUrl(link.absolutePath(), separator);
            paths.add(new Path(ParentLocator.MACX, url));
        }
        long seconds = link.modifiedEpochSecond() == ParentLink.NO_TIME
                ? 0
                : link.modifiedEpochSecond() - VhdFooter.EPOCH_2000_SECONDS;
        int timeStamp = seconds < 0 || seconds > 0xFFFF_FFFFL ? 0 : (int) seconds;
        return new ParentName(link.contentId(), timeStamp, HostPaths.lastName(whole, separator), paths);
    }

    /** The paths as they stand in the file, one after the other, each in whole sectors. */
    ByteBuffer encodedPaths() {
        int bytes = 0;
        for (Path path : paths) {
            bytes += usedBytes(path);
        }
        ByteBuffer all = ByteBuffer.allocate(bytes);
        for (Path path : paths) {
            int at = all.position();
            all.put(path.content()).position(at + usedBytes(path));
        }
        return all.flip();
    }

    private static int usedBytes(Path path) {
        return new ParentLocator(path.platformCode(), 0, path.content().length, 0).usedBytes();
    }

    /**
     * Reads what a header and its locators say.
     *
     * @throws DiskFormatException that names the locator which points out of the file
     */
    static ParentLink read(BackingStore store, DynamicHeader header) throws IOException {
        return read(store, header, File.separatorChar);
    }

    static ParentLink read(BackingStore store, DynamicHeader header, char separator) throws IOException {
        HostPaths found = new HostPaths(separator);
        List<ParentLocator> locators = header.locators();
        for (ParentLocator locator : locators) {
            checkPlace(store, header, locator);
            byte[] content = new byte[locator.dataLength()];
            store.read(locator.dataOffset(), ByteBuffer.wrap(content));
            int code = locator.platformCode();
            if (code == ParentLocator.W2RU) {
                found.relative(text(content, StandardCharsets.UTF_16LE));
            } else if (code == ParentLocator.W2KU) {
                found.absolute(text(content, StandardCharsets.UTF_16LE));
            } else if (code == ParentLocator.MACX) {
                found.url(text(content, StandardCharsets.UTF_8));
            } else {
                found.other(text(content, StandardCharsets.ISO_8859_1));
            }
        }
        found.name(header.parentUnicodeName());
        long stamp = header.parentTimeStamp();
        return new ParentLink(
                header.parentUniqueId(),
                found.relativePath(),
                found.absolutePath(),
                stamp == 0 ? ParentLink.NO_TIME : stamp + VhdFooter.EPOCH_2000_SECONDS,
                found.otherPaths());
    }

    /** Text to the first character 0. */
    static String text(byte[] bytes, Charset charset) {
        String text = new String(bytes, charset);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    private static void checkPlace(BackingStore store, DynamicHeader header, ParentLocator locator)
            throws DiskFormatException {
        int length = locator.dataLength();
        long at = locator.dataOffset();
        if (length < 0
                || length > ParentLocator.LENGTH_MAX
                || at < VhdFooter.BYTES
                || at > store.sizeBytes() - length) {
            throw new DiskFormatException(
                    ("%s: the dynamic disk header at offset %d has a parent locator %s of %d bytes at"
                                    + " offset %d, outside of the file of %d bytes or longer than %d: restore the file from a"
                                    + " copy")
                            .formatted(
                                    store.location(),
                                    header.offsetBytes(),
                                    locator.codeText(),
                                    Integer.toUnsignedLong(length),
                                    at,
                                    store.sizeBytes(),
                                    ParentLocator.LENGTH_MAX));
        }
    }
}
