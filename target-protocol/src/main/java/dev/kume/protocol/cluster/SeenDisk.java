package dev.kume.protocol.cluster;

import dev.kume.protocol.initiator.BlockClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A disk as one path shows it.
 *
 * @param inquiry    standard INQUIRY data, in hexadecimal digits
 * @param identifier the designator by which MSDSM groups paths, in hexadecimal digits, or empty when page 83h has none
 *                   that clusters accept
 * @param serial     page 80h
 * @param signature  of the partition table in the first block, in hexadecimal digits
 */
public record SeenDisk(
        int lun, String inquiry, String identifier, String serial, BlockClient.Capacity capacity, String signature) {
    private static final int SIGNATURE_OFFSET = 0x1B8;
    private static final int VENDOR_OFFSET = 8;
    private static final int MODEL_BYTES = 24;
    private static final int NAA = 3;
    private static final int EUI_64 = 2;
    private static final int SCSI_NAME = 8;

    /** The disk signature of a master boot record. */
    public static String signatureOf(ByteBuffer firstBlock) {
        return "%08x".formatted(Integer.reverseBytes(firstBlock.getInt(SIGNATURE_OFFSET)));
    }

    public static String hexadecimal(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Of the designators of the unit itself: type 8 before 3 before 2, and of one type the longest. */
    public static String identifierOf(ByteBuffer page83) {
        String best = "";
        int bestRank = 0;
        int end = Math.min(4 + (page83.getShort(2) & 0xFFFF), page83.limit());
        int at = 4;
        while (at + 4 <= end) {
            int association = page83.get(at + 1) >> 4 & 3;
            int type = page83.get(at + 1) & 0xF;
            int length = page83.get(at + 3) & 0xFF;
            int rank = association != 0
                    ? 0
                    : switch (type) {
                        case SCSI_NAME -> 3_000 + length;
                        case NAA -> 2_000 + length;
                        case EUI_64 -> 1_000 + length;
                        default -> 0;
                    };
            if (rank > bestRank && at + 4 + length <= end) {
                bestRank = rank;
                best = hexadecimal(page83.slice(at + 4, length));
            }
            at += 4 + length;
        }
        return best;
    }

    /** Vendor and product, as standard INQUIRY data names them. */
    public String model() {
        byte[] data = HexFormat.of().parseHex(inquiry);
        if (data.length < VENDOR_OFFSET + MODEL_BYTES) {
            return "";
        }
        return new String(data, VENDOR_OFFSET, MODEL_BYTES, StandardCharsets.US_ASCII)
                .strip()
                .replaceAll(" +", " ");
    }

    /** The same disk but for its LUN. */
    public boolean looksLike(SeenDisk other) {
        return inquiry.equals(other.inquiry)
                && identifier.equals(other.identifier)
                && serial.equals(other.serial)
                && capacity.equals(other.capacity)
                && signature.equals(other.signature);
    }
}
