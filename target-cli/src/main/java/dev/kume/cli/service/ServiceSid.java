package dev.kume.cli.service;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** The security identifier that Windows gives a service by its name: folders can be opened to it alone. */
final class ServiceSid {
    private static final int PARTS = 5;

    private ServiceSid() {}

    static String of(String service) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest(service.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_16LE));
            ByteBuffer numbers = ByteBuffer.wrap(hash).order(ByteOrder.LITTLE_ENDIAN);
            StringBuilder sid = new StringBuilder("S-1-5-80");
            for (int i = 0; i < PARTS; i++) {
                sid.append('-').append(Integer.toUnsignedString(numbers.getInt()));
            }
            return sid.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
