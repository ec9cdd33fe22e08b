package dev.kume.core.memory;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationType;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Registrations and reservation as bytes, and the parts of them that the history has, too. */
final class ReservationSection {
    private ReservationSection() {}

    static void write(DataOutputStream out, PersistentReservations reservations) throws IOException {
        out.writeInt(reservations.generation());
        out.writeBoolean(reservations.throughPowerLoss());
        writeRegistrations(out, reservations.registrations());
        Reservation held = reservations.reservation();
        out.writeByte(held == null ? 0 : held.type().code());
        if (held != null) {
            writeNexus(out, held.holder());
            writeInstant(out, held.since());
        }
    }

    static PersistentReservations read(ByteBuffer in) {
        int generation = in.getInt();
        boolean throughPowerLoss = in.get() != 0;
        List<Registration> registrations = readRegistrations(in);
        int type = in.get();
        Reservation held = type == 0 ? null : new Reservation(type(type), readNexus(in), readInstant(in));
        return new PersistentReservations(generation, throughPowerLoss, registrations, held);
    }

    static ReservationType type(int code) {
        ReservationType type = ReservationType.of(code);
        if (type == null) {
            throw new IllegalArgumentException("type " + code);
        }
        return type;
    }

    static void writeRegistrations(DataOutputStream out, List<Registration> registrations) throws IOException {
        out.writeInt(registrations.size());
        for (Registration each : registrations) {
            writeNexus(out, each.nexus());
            out.writeLong(each.key());
            out.writeBoolean(each.allTargetPorts());
            writeInstant(out, each.since());
        }
    }

    static List<Registration> readRegistrations(ByteBuffer in) {
        int count = in.getInt();
        List<Registration> registrations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            registrations.add(new Registration(readNexus(in), in.getLong(), in.get() != 0, readInstant(in)));
        }
        return registrations;
    }

    static void writeNexus(DataOutputStream out, ITNexus nexus) throws IOException {
        writeText(out, nexus.initiatorName());
        out.writeLong(nexus.isid());
        writeText(out, nexus.targetName());
        out.writeShort(nexus.targetPortalGroup());
    }

    static ITNexus readNexus(ByteBuffer in) {
        return new ITNexus(readText(in), in.getLong(), readText(in), in.getShort() & 0xFFFF);
    }

    static void writeInstant(DataOutputStream out, Instant instant) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    static Instant readInstant(ByteBuffer in) {
        long second = in.getLong();
        int nano = in.getInt();
        if (second < Instant.MIN.getEpochSecond() || second > Instant.MAX.getEpochSecond()) {
            throw new IllegalArgumentException("second " + second);
        }
        return Instant.ofEpochSecond(second, nano);
    }

    static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeShort(bytes.length);
        out.write(bytes);
    }

    static String readText(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort() & 0xFFFF];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
