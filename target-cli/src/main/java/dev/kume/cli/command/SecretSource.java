package dev.kume.cli.command;

import dev.kume.cli.access.OwnerOnly;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.cli.terminal.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Where a secret comes from: a file that nobody else may open, or a person who types it twice. Never the arguments. */
final class SecretSource {
    private static final int FILE_BYTES_MAX = 4_096;

    private SecretSource() {}

    /**
     * The secret in base64, as the API takes it.
     *
     * @param file null: it is asked for on the terminal
     */
    static String base64(Invocation invocation, @Nullable Path file) {
        byte[] secret = file == null ? typed(invocation.terminal()) : read(invocation.absolute(file), "secret file");
        String text = Base64.getEncoder().encodeToString(secret);
        Arrays.fill(secret, (byte) 0);
        return text;
    }

    /** What a file holds that nobody else may open. */
    static String text(Path file, String what) {
        byte[] bytes = read(file, what);
        String text = new String(bytes, StandardCharsets.UTF_8);
        Arrays.fill(bytes, (byte) 0);
        return text;
    }

    private static byte[] typed(Terminal terminal) {
        if (!terminal.interactive()) {
            throw new CliException(
                    ExitCode.USAGE, "nobody is at a terminal to type the secret; name a file with --secret-file");
        }
        char[] first = terminal.secret("Secret: ");
        char[] second = terminal.secret("The same again: ");
        if (first == null || second == null) {
            throw new CliException(ExitCode.USAGE, "no secret was typed; nothing was changed");
        }
        if (!Arrays.equals(first, second)) {
            throw new CliException(ExitCode.USAGE, "the two are not the same; nothing was changed");
        }
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(first));
        Arrays.fill(first, '\0');
        Arrays.fill(second, '\0');
        byte[] secret = new byte[bytes.remaining()];
        bytes.get(secret);
        return secret;
    }

    private static byte[] read(Path file, String what) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new CliException(ExitCode.USAGE, "the " + what + " " + file + " is not a regular file");
            }
            refuseOthers(file, what);
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
                if (bytes.length > FILE_BYTES_MAX) {
                    throw new CliException(
                            ExitCode.USAGE,
                            "the " + what + " " + file + " has more than " + FILE_BYTES_MAX
                                    + " bytes; that is no secret");
                }
                return withoutNewline(bytes);
            }
        } catch (NoSuchFileException e) {
            throw new CliException(ExitCode.NOT_FOUND, "there is no file " + file);
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED, "the " + what + " " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static void refuseOthers(Path file, String what) throws IOException {
        String mode = OwnerOnly.othersMay(file);
        if (!mode.isEmpty()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "the %s %s has mode %s, so that others may open it; run 'chmod 600 %s' first"
                            .formatted(what, file, mode, file));
        }
    }

    /** One newline at the end belongs to the file, not to the secret. */
    private static byte[] withoutNewline(byte[] bytes) {
        int end = bytes.length;
        if (end > 0 && bytes[end - 1] == '\n') {
            end--;
            if (end > 0 && bytes[end - 1] == '\r') {
                end--;
            }
        }
        return Arrays.copyOf(bytes, end);
    }
}
