package dev.kume.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.reservation.ReferenceAccess.Standing;
import dev.kume.core.reservation.ReferenceReservations.Action;
import dev.kume.core.reservation.ReferenceReservations.Nexus;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.TestTarget.Answer;
import dev.kume.core.scsi.command.Commands;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every command of the table under every reservation type, from every kind of nexus, on its own target and on the other
 * one: refused with RESERVATION CONFLICT exactly where {@link ReferenceAccess} says so.
 */
final class ReservationConflictMatrixTest {
    private static final int[] TYPES = {1, 3, 5, 6, 7, 8};
    private static final long KEY = 0x1234;
    private static final int PERSISTENT_RESERVE_OUT = 0x5F;
    private static final int CASES_MIN = 1_000;

    private static final Nexus HOLDER = ReservationBench.nexus(0, 0);
    private static final Nexus REGISTERED = ReservationBench.nexus(1, 0);
    private static final Nexus REGISTERED_ELSEWHERE = ReservationBench.nexus(2, 1);
    private static final Nexus STRANGER = ReservationBench.nexus(2, 0);

    /** The holder's node on the other target: another nexus, and not registered. */
    private static final Nexus STRANGER_ELSEWHERE = ReservationBench.nexus(0, 1);

    private static final List<Nexus> SENDERS =
            List.of(HOLDER, REGISTERED, REGISTERED_ELSEWHERE, STRANGER, STRANGER_ELSEWHERE);

    /** A reservation of this type, 0 for registrations alone. */
    private static ReservationBench reserved(int type, ReferenceReservations model) {
        ReservationBench bench = new ReservationBench();
        for (Nexus nexus : List.of(HOLDER, REGISTERED, REGISTERED_ELSEWHERE)) {
            both(bench, model, Action.REGISTER, nexus, 0, KEY, 0);
        }
        if (type != 0) {
            both(bench, model, Action.RESERVE, HOLDER, KEY, 0, type);
        }
        return bench;
    }

    private static void both(
            ReservationBench bench,
            ReferenceReservations model,
            Action action,
            Nexus nexus,
            long key,
            long actionKey,
            int type) {
        bench.good(action, nexus, key, actionKey, type);
        model.run(ReferenceReservations.Request.of(action, nexus, key, actionKey, type));
    }

    private static List<CommandDescriptor> descriptors() {
        return Commands.table().commands().stream().map(Command::descriptor).toList();
    }

    /** The CDBs to send of a command: all fields zero, and for those that judge by their fields each kind. */
    private static List<byte[]> cdbs(CommandDescriptor descriptor) {
        byte[] plain = new byte[descriptor.cdbBytes()];
        plain[0] = (byte) descriptor.opcode();
        if (descriptor.hasServiceAction()) {
            plain[1] = (byte) descriptor.serviceAction();
        }
        List<byte[]> all = new ArrayList<>(List.of(plain));
        int[] byte4 = switch (descriptor.opcode()) {
            case 0x1E -> new int[] {0x01};
            case 0x1B -> new int[] {0x01, 0x02, 0x11, 0x30};
            default -> new int[0];
        };
        for (int value : byte4) {
            byte[] cdb = plain.clone();
            cdb[4] = (byte) value;
            all.add(cdb);
        }
        return all;
    }

    @Test
    void everyCommandHasARow() {
        List<String> without = descriptors().stream()
                .filter(each -> !ReferenceAccess.knows(each.opcode(), each.serviceAction()))
                .map(each -> "%s (%02X/%02X)".formatted(each.name(), each.opcode(), each.serviceAction()))
                .toList();
        assertEquals(List.of(), without, "commands that the table of SPC-4 and SBC-3 has no row for");
    }

    @Test
    void everyCommandUnderEveryType() {
        List<String> wrong = new ArrayList<>();
        Set<Standing> met = EnumSet.noneOf(Standing.class);
        int cases = 0;
        for (int type : TYPES) {
            for (CommandDescriptor descriptor : descriptors()) {
                if (descriptor.opcode() == PERSISTENT_RESERVE_OUT) {
                    continue;
                }
                for (byte[] cdb : cdbs(descriptor)) {
                    for (Nexus sender : SENDERS) {
                        met.add(check(type, descriptor, cdb, sender, wrong));
                        cases++;
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(EnumSet.allOf(Standing.class), met);
        int all = cases;
        assertTrue(all >= CASES_MIN, () -> all + " cases");
        System.out.println(cases + " cases of commands under reservations");
    }

    private static Standing check(
            int type, CommandDescriptor descriptor, byte[] cdb, Nexus sender, List<String> wrong) {
        ReferenceReservations model = new ReferenceReservations(ReservationBench.REGISTRATIONS_MAX);
        ReservationBench bench = reserved(type, model);
        Standing standing = ReferenceAccess.standing(model, sender);
        boolean allowed = ReferenceAccess.allows(cdb, descriptor.serviceAction(), standing, true);
        Answer answer = bench.run(sender, cdb, new byte[0]);
        boolean refused = answer.status() == ScsiStatus.RESERVATION_CONFLICT;
        if (refused == allowed) {
            wrong.add("%s (byte 4 %02x) under type %d, %s: %s"
                    .formatted(descriptor.name(), cdb[4], type, standing, ReservationBench.end(answer)));
        }
        return standing;
    }

    /** Registrations alone keep nobody from anything, RESERVE and RELEASE apart. */
    @Test
    void registrationsWithoutReservationRefuseNothing() {
        List<String> refused = new ArrayList<>();
        for (CommandDescriptor descriptor : descriptors()) {
            for (Nexus sender : List.of(HOLDER, STRANGER, STRANGER_ELSEWHERE)) {
                ReservationBench bench = reserved(0, new ReferenceReservations(ReservationBench.REGISTRATIONS_MAX));
                Answer answer = bench.run(sender, cdbs(descriptor).getFirst(), new byte[0]);
                boolean conflict = answer.status() == ScsiStatus.RESERVATION_CONFLICT;
                if (descriptor.opcode() != PERSISTENT_RESERVE_OUT
                        && conflict != ReferenceAccess.isLegacy(descriptor.opcode())) {
                    refused.add(descriptor.name() + " of " + sender);
                }
            }
        }
        assertEquals(List.of(), refused);
    }
}
