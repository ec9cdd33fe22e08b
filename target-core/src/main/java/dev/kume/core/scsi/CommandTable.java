package dev.kume.core.scsi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The contents page: every SCSI command that Kume knows, by opcode and service action. Immutable. */
public final class CommandTable {
    private static final int OPCODES = 256;
    private static final int SERVICE_ACTIONS = 32;

    private final List<Command> commands;
    private final @Nullable Command[] byOpcode = new Command[OPCODES];
    private final @Nullable Command[][] byServiceAction = new Command[OPCODES][];

    public CommandTable(List<Command> commands) {
        this.commands = List.copyOf(commands);
        for (Command command : commands) {
            add(command);
        }
    }

    private void add(Command command) {
        CommandDescriptor descriptor = command.descriptor();
        int opcode = descriptor.opcode();
        if (descriptor.hasServiceAction()) {
            @Nullable Command[] actions = byServiceAction[opcode];
            if (actions == null) {
                actions = new Command[SERVICE_ACTIONS];
                byServiceAction[opcode] = actions;
            }
            refuseTwice(actions[descriptor.serviceAction()], command);
            actions[descriptor.serviceAction()] = command;
        } else {
            refuseTwice(byOpcode[opcode], command);
            byOpcode[opcode] = command;
        }
    }

    private static void refuseTwice(@Nullable Command there, Command command) {
        if (there != null) {
            throw new IllegalStateException(command.descriptor() + " and " + there.descriptor() + " are one opcode");
        }
    }

    /** The command that this CDB names, or null. */
    public @Nullable Command find(byte[] cdb) {
        return find(cdb[0] & 0xFF, cdb[1] & 0x1F);
    }

    /** The command with this opcode and, where the opcode has service actions, this one; or null. */
    public @Nullable Command find(int opcode, int serviceAction) {
        Command command = byOpcode[opcode];
        if (command != null) {
            return command;
        }
        @Nullable Command[] actions = byServiceAction[opcode];
        return actions == null || serviceAction >= SERVICE_ACTIONS ? null : actions[serviceAction];
    }

    /** True when the opcode is told apart by service actions. */
    public boolean hasServiceActions(int opcode) {
        return byServiceAction[opcode] != null;
    }

    /** True when the opcode exists with other service actions. */
    public boolean hasOpcode(int opcode) {
        return byOpcode[opcode] != null || byServiceAction[opcode] != null;
    }

    /** All commands, in the order of the contents page. */
    public List<Command> commands() {
        return commands;
    }
}
