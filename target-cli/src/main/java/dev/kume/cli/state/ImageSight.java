package dev.kume.cli.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of an image without opening it as a disk.
 *
 * @param bytes its length
 * @param format what its own marks say; null when it has none, as raw images do
 * @param uniqueId of a VHD; null for others
 */
public record ImageSight(
        long bytes, @Nullable String format, @Nullable String uniqueId) {
    private static final int FOOTER_BYTES = 512;
    private static final int UNIQUE_ID_AT = 68;
    private static final int UNIQUE_ID_BYTES = 16;
    private static final byte[] VHD = "conectix".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VHDX = "vhdxfile".getBytes(StandardCharsets.US_ASCII);

    /** Looks at an image; it may be in use. */
    public static ImageSight of(Path image) throws IOException {
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
            long bytes = channel.size();
            if (begins(read(channel, 0), VHDX)) {
                return new ImageSight(bytes, "vhdx", null);
            }
            byte[] footer = read(channel, bytes - FOOTER_BYTES);
            if (!begins(footer, VHD)) {
                return new ImageSight(bytes, null, null);
            }
            String id = HexFormat.of().formatHex(footer, UNIQUE_ID_AT, UNIQUE_ID_AT + UNIQUE_ID_BYTES);
            return new ImageSight(bytes, "vhd", id);
        }
    }

    private static byte[] read(FileChannel channel, long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(FOOTER_BYTES);
        int read = position < 0 ? -1 : 0;
        while (buffer.hasRemaining() && read >= 0) {
            read = channel.read(buffer, position + buffer.position());
        }
        return buffer.array();
    }

    private static boolean begins(byte[] bytes, byte[] mark) {
        return Arrays.equals(bytes, 0, mark.length, mark, 0, mark.length);
    }
}
