package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The log pages of a disk, by page code and subpage code. Immutable. */
public final class LogPages {
    private static final int SUPPORTED_PAGES = 0x00;
    private static final int NO_SUBPAGE = 0x00;
    private static final int ALL_SUBPAGES = 0xFF;
    private static final int HEADER_BYTES = 4;
    private static final int DISABLE_SAVE = 0x80;
    private static final int SUBPAGE_FORMAT = 0x40;

    private final SortedMap<Integer, LogPage> pages = new TreeMap<>();

    public LogPages() {
        List.of(new LogicalBlockProvisioningLogPage(), new TemperatureLogPage(), new InformationalExceptionsLogPage())
                .forEach(page -> pages.put(key(page.code(), page.subpage()), page));
    }

    private static int key(int code, int subpage) {
        return code << 8 | subpage;
    }

    /** True for the code of a page, with subpages or without, and for the page that lists them. */
    public boolean hasPage(int code, UnitState state) {
        return code == SUPPORTED_PAGES
                || pages.values().stream().anyMatch(page -> page.code() == code && page.isOf(state));
    }

    /** True for a subpage of a page that is there. */
    public boolean hasSubpage(int code, int subpage, UnitState state) {
        return listsPages(code, subpage) || find(code, subpage, state) != null;
    }

    /** True when {@link #sense} has to be called on a disk thread. */
    public boolean waits(int code, int subpage, UnitState state) {
        LogPage page = find(code, subpage, state);
        return page != null && page.waits();
    }

    /**
     * A whole page with its header, or null when it has no parameter from {@code pointer} on. The page must be one that
     * {@link #hasSubpage}.
     *
     * @param pointer the lowest parameter code that is wanted
     */
    public byte @Nullable [] sense(int code, int subpage, int pointer, UnitIdentity identity, UnitState state)
            throws IOException {
        LogPage page = find(code, subpage, state);
        if (page == null) {
            return pointer == 0 ? supportedPages(subpage == ALL_SUBPAGES, state) : null;
        }
        List<LogParameter> wanted = page.parameters(identity, state).stream()
                .filter(parameter -> parameter.code() >= pointer)
                .toList();
        if (wanted.isEmpty()) {
            return null;
        }
        int contentBytes = wanted.stream().mapToInt(LogParameter::bytes).sum();
        ByteBuffer data = ByteBuffer.allocate(HEADER_BYTES + contentBytes);
        // Nothing of the log outlives the daemon.
        int flags = DISABLE_SAVE | (subpage == NO_SUBPAGE ? 0 : SUBPAGE_FORMAT);
        data.put((byte) (flags | code)).put((byte) subpage).putShort((short) contentBytes);
        wanted.forEach(parameter -> parameter.putInto(data));
        return data.array();
    }

    private @Nullable LogPage find(int code, int subpage, UnitState state) {
        LogPage page = pages.get(key(code, subpage));
        return page != null && page.isOf(state) ? page : null;
    }

    private static boolean listsPages(int code, int subpage) {
        return code == SUPPORTED_PAGES && (subpage == NO_SUBPAGE || subpage == ALL_SUBPAGES);
    }

    /** Pages 00h and 00h/FFh, SPC-4 7.3.17 and 7.3.18: page codes, or pairs of page code and subpage code. */
    private byte[] supportedPages(boolean withSubpages, UnitState state) {
        ByteBuffer data = ByteBuffer.allocate(HEADER_BYTES + 2 * (2 + pages.size()));
        data.put((byte) (withSubpages ? SUBPAGE_FORMAT : 0)).put((byte) (withSubpages ? ALL_SUBPAGES : 0));
        data.putShort((short) 0);
        data.put((byte) SUPPORTED_PAGES);
        if (withSubpages) {
            data.put((byte) NO_SUBPAGE).put((byte) SUPPORTED_PAGES).put((byte) ALL_SUBPAGES);
        }
        int before = SUPPORTED_PAGES;
        for (LogPage page : pages.values()) {
            if (page.isOf(state) && (withSubpages || page.code() != before)) {
                data.put((byte) page.code());
                if (withSubpages) {
                    data.put((byte) page.subpage());
                }
                before = page.code();
            }
        }
        data.putShort(2, (short) (data.position() - HEADER_BYTES));
        byte[] page = new byte[data.position()];
        data.get(0, page);
        return page;
    }
}
