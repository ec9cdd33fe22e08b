package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Writes {@code docs/commands.md} from the descriptors. */
final class CommandsPage {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ").withUpperCase();
    private static final String HEAD = """
            # SCSI commands

            Every command that a Kume disk answers, generated from the command table by `CommandTableTest`. One bits of
            the usage map are what the disk looks at; any other bit of the CDB ends in INVALID FIELD IN CDB with a
            pointer to it. REPORT TARGET PORT GROUPS is there only with `alua: implicit` in `kume.yaml`.

            *Reservation* tells how a command fares while another host holds a persistent reservation: `ALWAYS` allowed,
            `READ` refused under the exclusive access types, `WRITE` refused under every type, `BY_COMMAND` by its
            fields. The seconds are what REPORT SUPPORTED OPERATION CODES gives as nominal and recommended time-out.

            | command | opcode | CDB usage map | reservation | seconds | notes |
            |---|---|---|---|---|---|
            """;

    private CommandsPage() {}

    static String of(List<Command> commands) {
        StringBuilder page = new StringBuilder(HEAD);
        for (Command command : commands) {
            CommandDescriptor descriptor = command.descriptor();
            page.append("| %s | %s | `%s` | %s | %d / %d | %s |%n"
                    .formatted(
                            descriptor.name(),
                            opcode(descriptor),
                            HEX.formatHex(descriptor.usage()),
                            descriptor.reservation(),
                            descriptor.nominalSeconds(),
                            descriptor.recommendedSeconds(),
                            notes(descriptor)));
        }
        return page.toString().replace(System.lineSeparator(), "\n");
    }

    private static String opcode(CommandDescriptor descriptor) {
        String opcode = "%02Xh".formatted(descriptor.opcode());
        return descriptor.hasServiceAction() ? opcode + "/%02Xh".formatted(descriptor.serviceAction()) : opcode;
    }

    private static String notes(CommandDescriptor descriptor) {
        List<String> notes = new ArrayList<>();
        if (descriptor.writes()) {
            notes.add("refused on a write-protected disk");
        }
        if (!descriptor.needsMedium()) {
            notes.add("answers while the disk is offline");
        }
        if (descriptor.passesAttention()) {
            notes.add("runs before a unit attention is reported");
        }
        if (descriptor.duringSanitize()) {
            notes.add("runs while the disk is sanitized");
        } else if (descriptor.afterSanitizeFailure()) {
            notes.add("runs after a sanitize operation has failed");
        }
        if (descriptor.anyLun()) {
            notes.add("answers at a LUN without a disk");
        }
        return String.join("; ", notes);
    }
}
