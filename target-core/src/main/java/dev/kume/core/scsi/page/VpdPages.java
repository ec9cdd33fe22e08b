package dev.kume.core.scsi.page;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.nexus.TargetPorts;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.copy.CopyLimits;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The vital product data pages of a disk, by page code. Immutable. */
public final class VpdPages {
    private static final int SUPPORTED_PAGES = 0x00;
    private static final int HEADER_BYTES = 4;
    private static final byte NO_UNIT_HERE = 0x7F;

    private final SortedMap<Integer, VpdPage> pages = new TreeMap<>();

    /**
     * @param transferBytesMax the largest transfer that one command may ask for
     * @param ports            the ports that page 83h tells of; none when it is to be the same through all of them
     * @param copyLimits       what an EXTENDED COPY may ask for
     */
    public VpdPages(long transferBytesMax, TargetPorts ports, CopyLimits copyLimits) {
        List.of(
                        new UnitSerialNumberPage(),
                        new DeviceIdentificationPage(ports),
                        new ThirdPartyCopyPage(copyLimits),
                        new BlockLimitsPage(transferBytesMax),
                        new BlockDeviceCharacteristicsPage(),
                        new LogicalBlockProvisioningPage())
                .forEach(page -> pages.put(page.code(), page));
    }

    /** A whole page with its header, read through this nexus; null when there is no such page. */
    public byte @Nullable [] build(int code, UnitIdentity identity, UnitState state, @Nullable ITNexus through) {
        if (code == SUPPORTED_PAGES) {
            return withHeader(code, supportedPages());
        }
        VpdPage page = pages.get(code);
        return page == null ? null : withHeader(code, page.content(identity, state, through));
    }

    /** What is said at a LUN that has no unit: that there is nothing but page 00h. */
    public byte @Nullable [] withoutUnit(int code) {
        if (code != SUPPORTED_PAGES) {
            return null;
        }
        byte[] page = withHeader(code, new byte[] {SUPPORTED_PAGES});
        page[0] = NO_UNIT_HERE;
        return page;
    }

    /** Ascending and beginning with 00h: Windows ignores pages B0h to B2h else. */
    private byte[] supportedPages() {
        byte[] codes = new byte[1 + pages.size()];
        int at = 1;
        for (int code : pages.keySet()) {
            codes[at++] = (byte) code;
        }
        return codes;
    }

    private static byte[] withHeader(int code, byte[] content) {
        byte[] page = new byte[HEADER_BYTES + content.length];
        page[1] = (byte) code;
        page[2] = (byte) (content.length >> 8);
        page[3] = (byte) content.length;
        System.arraycopy(content, 0, page, HEADER_BYTES, content.length);
        return page;
    }
}
