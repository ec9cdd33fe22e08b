package dev.kume.core.scsi.page;

import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.UnitState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The mode pages of a disk, by page code and subpage code. Immutable. */
public final class ModePages {
    private static final int ALL_PAGES = 0x3F;
    private static final int ALL_SUBPAGES = 0xFF;
    private static final int HEADER_BYTES = 2;
    private static final int SUBPAGE_HEADER_BYTES = 4;
    private static final int CODE_BITS = 0x3F;
    private static final int SUBPAGE_FORMAT = 0x40;
    private static final int PARAMETERS_SAVABLE = 0x80;

    private final SortedMap<Integer, ModePage> pages = new TreeMap<>();

    /**
     * @param asymmetricAccess true when target port groups have access states of their own
     * @param thresholdPercent what is left of the host's file system when thin disks reach their soft threshold
     */
    public ModePages(boolean asymmetricAccess, int thresholdPercent) {
        List.of(
                        new CachingPage(),
                        new ControlPage(),
                        new ControlExtensionPage(asymmetricAccess),
                        new InformationalExceptionsControlPage(),
                        new LogicalBlockProvisioningModePage(thresholdPercent))
                .forEach(page -> pages.put(key(page.code(), page.subpage()), page));
    }

    private static int key(int code, int subpage) {
        return code << 8 | subpage;
    }

    /** True for the code of a page, with subpages or without, and for 3Fh, which asks for all of them. */
    public boolean hasPage(int code, UnitState state) {
        return code == ALL_PAGES || pages.values().stream().anyMatch(page -> page.code() == code && page.isOf(state));
    }

    /** True for a subpage of a page that is there, and for FFh, which asks for all of them (SPC-4 table 161). */
    public boolean hasSubpage(int code, int subpage, UnitState state) {
        return subpage == ALL_SUBPAGES
                || (code == ALL_PAGES ? subpage == ModePage.NO_SUBPAGE : find(code, subpage, state) != null);
    }

    private @Nullable ModePage find(int code, int subpage, UnitState state) {
        ModePage page = pages.get(key(code, subpage));
        return page != null && page.isOf(state) ? page : null;
    }

    /**
     * The pages asked for, ascending, with their headers. They must be some that {@link #hasSubpage}.
     *
     * @param defaults the default values
     */
    public byte[] sense(PageControl control, int code, int subpage, UnitState state, ModeState defaults) {
        ByteBuffer data = ByteBuffer.allocate(pages.values().stream()
                .mapToInt(page -> SUBPAGE_HEADER_BYTES + page.changeable().length)
                .sum());
        for (ModePage page : pages.values()) {
            boolean wanted = code == ALL_PAGES || code == page.code();
            if (wanted && (subpage == ALL_SUBPAGES || subpage == page.subpage()) && page.isOf(state)) {
                putHeader(data, page);
                data.put(values(page, control, state, defaults));
            }
        }
        byte[] asked = new byte[data.position()];
        data.get(0, asked);
        return asked;
    }

    private static void putHeader(ByteBuffer data, ModePage page) {
        byte[] changeable = page.changeable();
        int first = page.code() | (isZero(changeable) ? 0 : PARAMETERS_SAVABLE);
        if (page.subpage() == ModePage.NO_SUBPAGE) {
            data.put((byte) first).put((byte) changeable.length);
        } else {
            data.put((byte) (first | SUBPAGE_FORMAT)).put((byte) page.subpage()).putShort((short) changeable.length);
        }
    }

    private static boolean isZero(byte[] mask) {
        for (byte bits : mask) {
            if (bits != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] values(ModePage page, PageControl control, UnitState state, ModeState defaults) {
        return switch (control) {
            case CURRENT -> page.content(state.modes(), state);
            case CHANGEABLE -> page.changeable();
            case DEFAULT -> page.content(defaults, state);
            case SAVED -> page.content(state.durable().savedModes(), state);
        };
    }

    /** Reads the pages of a parameter list, from its position on; error pointers count from its beginning. */
    public ModeSelection select(ByteBuffer list, UnitState state) {
        UnaryOperator<ModeState> all = UnaryOperator.identity();
        while (list.hasRemaining()) {
            int at = list.position();
            if (list.remaining() < HEADER_BYTES) {
                return ModeSelection.refused(Sense.PARAMETER_LIST_LENGTH_ERROR);
            }
            int first = list.get(at) & 0xFF;
            boolean subpageFormat = (first & SUBPAGE_FORMAT) != 0;
            int headerBytes = subpageFormat ? SUBPAGE_HEADER_BYTES : HEADER_BYTES;
            if (list.remaining() < headerBytes) {
                return ModeSelection.refused(Sense.PARAMETER_LIST_LENGTH_ERROR);
            }
            int subpage = subpageFormat ? list.get(at + 1) & 0xFF : ModePage.NO_SUBPAGE;
            ModePage page = find(first & CODE_BITS, subpage, state);
            // PS is reserved here, and hosts leave it as MODE SENSE gave it.
            if (page == null || wrongFormat(page, subpageFormat)) {
                return ModeSelection.refused(unknownPage(at, first, subpageFormat, state));
            }
            int contentBytes = subpageFormat ? list.getShort(at + 2) & 0xFFFF : list.get(at + 1) & 0xFF;
            if (contentBytes != page.changeable().length) {
                int lengthAt = at + (subpageFormat ? 2 : 1);
                return ModeSelection.refused(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(lengthAt, -1));
            }
            list.position(at + headerBytes);
            if (list.remaining() < contentBytes) {
                return ModeSelection.refused(Sense.PARAMETER_LIST_LENGTH_ERROR);
            }
            byte[] content = new byte[contentBytes];
            list.get(content);
            Sense refusal = fixedBitChanged(page, content, at + headerBytes, state);
            if (refusal != null) {
                return ModeSelection.refused(refusal);
            }
            UnaryOperator<ModeState> before = all;
            all = modes -> page.select(before.apply(modes), content);
        }
        return new ModeSelection(null, all);
    }

    private static boolean wrongFormat(ModePage page, boolean subpageFormat) {
        return subpageFormat != (page.subpage() != ModePage.NO_SUBPAGE);
    }

    /** Points at what is wrong: PS, which is reserved here, the page code, or a subpage that the page does not have. */
    private Sense unknownPage(int at, int first, boolean subpageFormat, UnitState state) {
        Sense invalid = Sense.INVALID_FIELD_IN_PARAMETER_LIST;
        int code = first & CODE_BITS;
        if (code == ALL_PAGES || !hasPage(code, state)) {
            return invalid.inParameters(at, 5);
        }
        boolean hasSubpages = pages.values().stream()
                .anyMatch(page -> page.code() == code && page.subpage() != ModePage.NO_SUBPAGE && page.isOf(state));
        // A page that has one format only comes in the other.
        return subpageFormat && hasSubpages ? invalid.inParameters(at + 1, -1) : invalid.inParameters(at, 6);
    }

    private static @Nullable Sense fixedBitChanged(ModePage page, byte[] content, int at, UnitState state) {
        byte[] changeable = page.changeable();
        byte[] fixed = page.content(ModeState.DEFAULT, state);
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
