package dev.kume.core.memory;

import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.ReservationHistory;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.ModeState;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A unit's durable state as bytes: sections, each with a tag of four letters, its length in four bytes, and its
 * content. A tag that is not known refuses the whole: it is of a newer version, and what it says must not be lost.
 */
public final class StateCodec {
    private static final int BOOT = tag("BOOT");
    private static final int RESERVATIONS = tag("RSRV");
    private static final int MODES = tag("MODE");
    private static final int HISTORY = tag("HIST");

    /** The bytes of one section. */
    private interface Section {
        void write(DataOutputStream out) throws IOException;
    }

    /**
     * What a record holds.
     *
     * @param bootId the boot of the host in which it was written; empty where that cannot be told
     */
    public record Decoded(DurableState state, String bootId) {}

    private StateCodec() {}

    private static int tag(String letters) {
        return letters.charAt(0) << 24 | letters.charAt(1) << 16 | letters.charAt(2) << 8 | letters.charAt(3);
    }

    /** @param bootId the boot of the host; empty where that cannot be told */
    public static byte[] encode(DurableState state, String bootId) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            section(out, BOOT, to -> ReservationSection.writeText(to, bootId));
            section(out, RESERVATIONS, to -> ReservationSection.write(to, state.reservations()));
            section(out, MODES, to -> writeModes(to, state.savedModes()));
            section(out, HISTORY, to -> HistorySection.write(to, state.history()));
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array never fails", e);
        }
        return bytes.toByteArray();
    }

    private static void section(DataOutputStream out, int tag, Section section) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream content = new DataOutputStream(bytes)) {
            section.write(content);
        }
        out.writeInt(tag);
        out.writeInt(bytes.size());
        bytes.writeTo(out);
    }

    private static void writeModes(DataOutputStream out, ModeState modes) throws IOException {
        out.writeBoolean(modes.writeCacheEnabled());
        out.writeBoolean(modes.softwareWriteProtect());
        out.writeBoolean(modes.descriptorSense());
    }

    /** @throws SlotDamagedException when the bytes are not what {@link #encode} makes */
    public static Decoded decode(byte[] record) throws SlotDamagedException {
        String bootId = "";
        PersistentReservations reservations = null;
        ModeState modes = ModeState.DEFAULT;
        ReservationHistory history = ReservationHistory.EMPTY;
        ByteBuffer in = ByteBuffer.wrap(record);
        try {
            while (in.hasRemaining()) {
                int tag = in.getInt();
                int length = in.getInt();
                ByteBuffer content = in.slice(in.position(), length);
                in.position(in.position() + length);
                if (tag == BOOT) {
                    bootId = ReservationSection.readText(content);
                } else if (tag == RESERVATIONS) {
                    reservations = ReservationSection.read(content);
                } else if (tag == MODES) {
                    modes = new ModeState(content.get() != 0, content.get() != 0, content.get() != 0);
                } else if (tag == HISTORY) {
                    history = HistorySection.read(content);
                } else {
                    throw new SlotDamagedException(
                            "section %s is not known to this version; use the one that wrote it".formatted(name(tag)));
                }
                if (content.hasRemaining()) {
                    throw new SlotDamagedException("section %s is too long".formatted(name(tag)));
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new SlotDamagedException("the record cannot be understood: " + e);
        }
        return new Decoded(new DurableState(required(reservations), modes, history), bootId);
    }

    private static PersistentReservations required(@Nullable PersistentReservations there) throws SlotDamagedException {
        if (there == null) {
            throw new SlotDamagedException("the record has no reservations");
        }
        return there;
    }

    private static String name(int tag) {
        return HexFormat.of().toHexDigits(tag);
    }
}
