package dev.kume.cli.remote;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** Values of ASN.1 in the Distinguished Encoding Rules (X.690), as far as a certificate needs them. */
final class Der {
    private static final int BOOLEAN = 0x01;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int UTF8_STRING = 0x0C;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;

    /** The first year that UTCTime does not have (RFC 5280 4.1.2.5). */
    private static final int GENERALIZED_YEAR = 2050;

    private Der() {}

    static byte[] sequence(byte[]... items) {
        return value(SEQUENCE, join(items));
    }

    static byte[] set(byte[]... items) {
        return value(SET, join(items));
    }

    static byte[] truth() {
        return value(BOOLEAN, new byte[] {(byte) 0xFF});
    }

    /** @param twosComplement big endian, not empty */
    static byte[] integer(byte[] twosComplement) {
        return value(INTEGER, twosComplement);
    }

    static byte[] octets(byte[] content) {
        return value(OCTET_STRING, content);
    }

    /** @param unusedBits of the last byte */
    static byte[] bits(byte[] content, int unusedBits) {
        return value(BIT_STRING, join(new byte[] {(byte) unusedBits}, content));
    }

    static byte[] text(String text) {
        return value(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] time(Instant time) {
        ZonedDateTime utc = time.atZone(ZoneOffset.UTC);
        boolean general = utc.getYear() >= GENERALIZED_YEAR;
        String pattern = general ? "yyyyMMddHHmmss'Z'" : "yyMMddHHmmss'Z'";
        String text = DateTimeFormatter.ofPattern(pattern).format(utc);
        return value(general ? GENERALIZED_TIME : UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** @param dotted such as {@code 2.5.4.3} */
    static byte[] objectIdentifier(String dotted) {
        String[] arcs = dotted.split("\\.", -1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            base128(content, Integer.parseInt(arcs[i]));
        }
        return value(OBJECT_IDENTIFIER, content.toByteArray());
    }

    private static void base128(ByteArrayOutputStream out, int arc) {
        int groups = 1;
        while ((arc >>> (7 * groups)) != 0) {
            groups++;
        }
        for (int group = groups - 1; group >= 0; group--) {
            int seven = (arc >>> (7 * group)) & 0x7F;
            out.write(group == 0 ? seven : seven | 0x80);
        }
    }

    /** A value with a tag of its own: tags of the context, explicit ({@code 0xA0}) or implicit ({@code 0x80}). */
    static byte[] value(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            int bytes = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(content.length >>> (8 * i));
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
