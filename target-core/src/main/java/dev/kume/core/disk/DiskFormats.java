package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The formats that are served: the daemon gives {@code VhdFormat}, {@code VhdxFormat} and {@code RawFormat}.
 *
 * <p>{@link #probe} is for imports alone. A disk that is known is opened by the format's name in the inventory: the
 * content of a raw disk belongs to the initiator, who could write the signature of another format into it.
 */
public final class DiskFormats {
    private static final String RAW = "raw";

    /** Formats that would pass as raw, and would then be served, and damaged, as something that they are not. */
    private enum Foreign {
        VHDX("vhdxfile", "a VHDX"),
        QCOW2("QFI\u00fb", "a qcow2 image"),
        VMDK("KDMV", "a VMDK"),
        VMDK_DESCRIPTOR("# Disk DescriptorFile", "a VMDK"),
        VDI("<<< ", "a VirtualBox disk");

        private final String signature;
        private final String kind;

        Foreign(String signature, String kind) {
            this.signature = signature;
            this.kind = kind;
        }

        private boolean begins(String head) {
            return head.startsWith(signature);
        }
    }

    private static final int HEAD_BYTES = 32;

    private final List<DiskFormat> formats;

    /** Formats in the order in which they are probed; raw is what is left. */
    public DiskFormats(List<DiskFormat> formats) {
        this.formats = List.copyOf(formats);
    }

    /** All formats, for help texts and completion. */
    public List<DiskFormat> list() {
        return formats;
    }

    /** The format of that name as the inventory writes it. */
    public Optional<DiskFormat> byName(String name) {
        return formats.stream().filter(format -> format.name().equals(name)).findFirst();
    }

    /**
     * The format of a file that nobody has described: first by the formats' signatures; a file that is called like a
     * format ({@code .vhd}) is taken by its word, so that a cut-off VHD is not taken for raw; else raw.
     *
     * @throws DiskFormatException when the file has a format that is not served
     */
    public DiskFormat probe(BackingStore store) throws IOException {
        for (DiskFormat format : formats) {
            if (format.probe(store)) {
                return format;
            }
        }
        refuseForeign(store);
        String location = store.location().toLowerCase(Locale.ROOT);
        for (DiskFormat format : formats) {
            // Hyper-V calls the files of its checkpoints .avhd and .avhdx.
            boolean called = location.endsWith("." + format.name()) || location.endsWith(".a" + format.name());
            if (!format.name().equals(RAW) && called) {
                return format;
            }
        }
        return byName(RAW)
                .orElseThrow(() ->
                        new DiskFormatException("%s has none of the formats %s".formatted(store.location(), names())));
    }

    private void refuseForeign(BackingStore store) throws IOException {
        ByteBuffer head = ByteBuffer.allocate((int) Math.min(store.sizeBytes(), HEAD_BYTES));
        store.read(0, head);
        // Each byte becomes one character, so that signatures can be compared as text.
        String begin = StandardCharsets.ISO_8859_1.decode(head.flip()).toString();
        for (Foreign foreign : Foreign.values()) {
            if (foreign.begins(begin)) {
                throw new DiskFormatException("%s is %s; Kume serves %s files: convert it to one of them first"
                        .formatted(store.location(), foreign.kind, served()));
            }
        }
        if (store.location().toLowerCase(Locale.ROOT).endsWith(".vhdx")) {
            throw new DiskFormatException(
                    ("%s is called a VHDX but does not begin like one (\"vhdxfile\"); Kume serves %s"
                                    + " files: restore it, or rename it if it is raw")
                            .formatted(store.location(), served()));
        }
    }

    /** {@code VHD, VHDX and raw}. */
    private String served() {
        List<String> words = formats.stream()
                .map(format -> format.name().equals(RAW) ? RAW : format.name().toUpperCase(Locale.ROOT))
                .toList();
        int last = words.size() - 1;
        return last < 1
                ? String.join("", words)
                : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }

    private String names() {
        return String.join(", ", formats.stream().map(DiskFormat::name).toList());
    }
}
