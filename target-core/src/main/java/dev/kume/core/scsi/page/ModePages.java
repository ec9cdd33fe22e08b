package dev.kume.core.scsi.page;

import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.Sense;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The mode pages of a disk, by page code. Immutable. */
public final class ModePages {
    private static final int ALL_PAGES = 0x3F;
    private static final int NO_SUBPAGE = 0x00;
    private static final int ALL_SUBPAGES = 0xFF;
    private static final int HEADER_BYTES = 2;
    private static final int CODE_BITS = 0x3F;
    private static final int SUBPAGE_FORMAT = 0x40;

    private final SortedMap<Integer, ModePage> pages = new TreeMap<>();

    public ModePages() {
        List.of(new CachingPage(), new ControlPage(), new InformationalExceptionsControlPage())
                .forEach(page -> pages.put(page.code(), page));
    }

    /** True for the code of a page, and for 3Fh, which asks for all of them. */
    public boolean hasPage(int code) {
        return code == ALL_PAGES || pages.containsKey(code);
    }

    /** True for 00h and, as every page is its own only subpage, for FFh. */
    public boolean hasSubpage(int subpageCode) {
        return subpageCode == NO_SUBPAGE || subpageCode == ALL_SUBPAGES;
    }

    /** The page asked for, or all of them, with their headers. The code must be one that {@link #hasPage}. */
    public byte[] sense(PageControl control, int code, ModeState modes, ModeState defaults) {
        ByteBuffer data = ByteBuffer.allocate(pages.values().stream()
                .mapToInt(page -> HEADER_BYTES + page.changeable().length)
                .sum());
        for (ModePage page : pages.values()) {
            if (code == ALL_PAGES || code == page.code()) {
                byte[] content = values(page, control, modes, defaults);
                data.put((byte) page.code()).put((byte) content.length).put(content);
            }
        }
        byte[] asked = new byte[data.position()];
        data.get(0, asked);
        return asked;
    }

    private static byte[] values(ModePage page, PageControl control, ModeState modes, ModeState defaults) {
        return switch (control) {
            case CURRENT -> page.content(modes);
            case CHANGEABLE -> page.changeable();
            case DEFAULT, SAVED -> page.content(defaults);
        };
    }

    /** Reads the pages of a parameter list, from its position on; error pointers count from its beginning. */
    public ModeSelection select(ByteBuffer list) {
        UnaryOperator<ModeState> all = UnaryOperator.identity();
        while (list.hasRemaining()) {
            int at = list.position();
            if (list.remaining() < HEADER_BYTES) {
                return ModeSelection.refused(Sense.PARAMETER_LIST_LENGTH_ERROR);
            }
            int first = list.get();
            int contentBytes = list.get() & 0xFF;
            ModePage page = pages.get(first & CODE_BITS);
            if (page == null || (first & SUBPAGE_FORMAT) != 0) {
                int bit = page == null ? 5 : 6;
                return ModeSelection.refused(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(at, bit));
            }
            if (contentBytes != page.changeable().length) {
                return ModeSelection.refused(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(at + 1, -1));
            }
            if (list.remaining() < contentBytes) {
                return ModeSelection.refused(Sense.PARAMETER_LIST_LENGTH_ERROR);
            }
            byte[] content = new byte[contentBytes];
            list.get(content);
            Sense refusal = fixedBitChanged(page, content, at + HEADER_BYTES);
            if (refusal != null) {
                return ModeSelection.refused(refusal);
            }
            UnaryOperator<ModeState> before = all;
            all = modes -> page.select(before.apply(modes), content);
        }
        return new ModeSelection(null, all);
    }

    private static @Nullable Sense fixedBitChanged(ModePage page, byte[] content, int at) {
        byte[] changeable = page.changeable();
        byte[] fixed = page.content(ModeState.DEFAULT);
        for (int i = 0; i < content.length; i++) {
            int changed = (content[i] ^ fixed[i]) & ~changeable[i] & 0xFF;
            if (changed != 0) {
                int bit = 31 - Integer.numberOfLeadingZeros(changed);
                return Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(at + i, bit);
            }
        }
        return null;
    }
}
