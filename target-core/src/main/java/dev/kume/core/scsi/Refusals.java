package dev.kume.core.scsi;

import org.jspecify.annotations.Nullable;

/** Commands that end before they begin. */
final class Refusals {
    private Refusals() {}

    /** Ends the task with the unit attention that waits, if it is one of those asked for. */
    static boolean reportsAttention(Task task, boolean resetsOnly) {
        Sense first = task.nexus().peek();
        if (first == null || (resetsOnly && !first.isResetCondition())) {
            return false;
        }
        Sense attention = task.nexus().poll();
        if (attention == null) {
            return false;
        }
        task.terminate(attention);
        return true;
    }

    /**
     * Why a command that nobody has reserved the unit against may not begin; null when it may.
     *
     * @param sanitized how far a sanitize operation has come, of 65536
     */
    static @Nullable Sense of(
            CommandDescriptor descriptor, byte[] cdb, UnitState now, boolean readOnlyMapping, int sanitized) {
        Sense sanitizing = now.durable().sanitize().refusal(descriptor, sanitized);
        if (sanitizing != null) {
            return sanitizing;
        }
        int unknownBit = descriptor.firstUnknownBit(cdb);
        if (unknownBit >= 0) {
            return Sense.INVALID_FIELD_IN_CDB.inCdb(unknownBit >> 3, unknownBit & 7);
        }
        if (descriptor.needsMedium() && now.disk() == null) {
            return Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED;
        }
        if (descriptor.writes() && (readOnlyMapping || now.refusesWrites())) {
            return Sense.WRITE_PROTECTED;
        }
        return null;
    }

    /** What is wrong with a CDB that no command has. */
    static Sense unknown(CommandTable commands, byte[] cdb) {
        return commands.hasOpcode(cdb[0] & 0xFF)
                ? Sense.INVALID_FIELD_IN_CDB.inCdb(1, 4)
                : Sense.INVALID_COMMAND_OPERATION_CODE.inCdb(0, 7);
    }

    /** At a LUN that has no unit most commands are refused. */
    static void orBeginWithoutUnit(Task task, CommandTable commands) {
        Command command = commands.find(task.cdb());
        if (task.attribute() > TaskAttribute.HEAD_OF_QUEUE) {
            task.terminate(Sense.INVALID_MESSAGE_ERROR);
            return;
        }
        if (command == null || !command.descriptor().anyLun()) {
            task.terminate(Sense.LOGICAL_UNIT_NOT_SUPPORTED);
            return;
        }
        int unknownBit = command.descriptor().firstUnknownBit(task.cdb());
        if (unknownBit >= 0) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(unknownBit >> 3, unknownBit & 7));
        } else {
            task.start(command, null);
        }
    }
}
