package dev.kume.cli.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The second lock on the door: no text has a secret in it by design, and should one have come in all the same, it is
 * taken out, however it is written.
 */
final class Scrub {
    private static final String HIDDEN = "***";
    private static final Pattern TOKEN = Pattern.compile("kume_[0-9a-f]{8}_[A-Za-z0-9_-]+");
    private static final Pattern KEY =
            Pattern.compile("(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\\z)");
    private static final int SECRET_BYTES_MIN = 6;
    private static final int SECRET_BYTES_MAX = 4_096;

    private final List<String> words = new ArrayList<>();

    /** Knows the secrets of a state directory, as far as they can be read. */
    Scrub(Path state) {
        try (Stream<Path> files = Files.list(state.resolve("secrets"))) {
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file) && Files.size(file) <= SECRET_BYTES_MAX) {
                    add(Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            words.clear(); // There are none, or they are not for this user, whose texts cannot have them either.
        }
    }

    private void add(byte[] secret) {
        if (secret.length >= SECRET_BYTES_MIN) {
            String hex = HexFormat.of().formatHex(secret);
            words.add(new String(secret, StandardCharsets.UTF_8));
            words.add(hex);
            words.add(hex.toUpperCase(Locale.ROOT));
            words.add(Base64.getEncoder().withoutPadding().encodeToString(secret));
        }
    }

    String of(String text) {
        String clean = KEY.matcher(TOKEN.matcher(text).replaceAll(HIDDEN)).replaceAll(HIDDEN);
        for (String word : words) {
            clean = clean.replace(word, HIDDEN);
        }
        return clean;
    }
}
