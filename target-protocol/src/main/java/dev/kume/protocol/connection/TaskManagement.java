package dev.kume.protocol.connection;

import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.protocol.pdu.Lun;
import dev.kume.protocol.pdu.SerialNumbers;
import dev.kume.protocol.pdu.TaskManagementFunction;
import dev.kume.protocol.pdu.TaskManagementRequestPdu;
import dev.kume.protocol.pdu.TaskManagementResponse;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Task management of one session, RFC 7143 11.5 and SAM-5 7. Confined to the session's loop.
 *
 * <p>A function is answered when what it aborts has ended: nothing of it can reach a disk after the answer. Tasks that
 * wait for data end at once, so no initiator delays the answer.
 */
final class TaskManagement {
    private final Session session;
    private final Connection connection;

    /** Sends the answer of a function. */
    interface Answers {
        void done(int initiatorTaskTag, int response);
    }

    private final Answers answers;

    TaskManagement(Session session, Connection connection, Answers answers) {
        this.session = session;
        this.connection = connection;
        this.answers = answers;
    }

    void onRequest(TaskManagementRequestPdu pdu) {
        int itt = pdu.initiatorTaskTag();
        switch (pdu.function()) {
            case TaskManagementFunction.ABORT_TASK -> abortTask(itt, pdu);
            case TaskManagementFunction.ABORT_TASK_SET -> withUnit(itt, pdu, this::abortTaskSet);
            case TaskManagementFunction.CLEAR_TASK_SET -> withUnit(itt, pdu, this::clearTaskSet);
            case TaskManagementFunction.LOGICAL_UNIT_RESET -> withUnit(itt, pdu, this::logicalUnitReset);
            case TaskManagementFunction.TARGET_WARM_RESET -> targetReset(itt, false);
            case TaskManagementFunction.TARGET_COLD_RESET -> targetReset(itt, true);
            case TaskManagementFunction.TASK_REASSIGN ->
                answer(itt, TaskManagementResponse.TASK_REASSIGN_NOT_SUPPORTED);
            default -> answer(itt, TaskManagementResponse.FUNCTION_NOT_SUPPORTED);
        }
    }

    private interface UnitFunction {
        void run(LogicalUnit unit, ITLNexus nexus, int initiatorTaskTag);
    }

    private void withUnit(int itt, TaskManagementRequestPdu pdu, UnitFunction function) {
        int lun = Lun.number(pdu.lun());
        LogicalUnit unit = session.target().definition().luns().get(lun);
        ITLNexus nexus = session.nexusAt(lun);
        if (unit == null || nexus == null) {
            answer(itt, TaskManagementResponse.LUN_DOES_NOT_EXIST);
        } else {
            function.run(unit, nexus, itt);
        }
    }

    private void abortTask(int itt, TaskManagementRequestPdu pdu) {
        IscsiTask task = session.find(pdu.referencedTaskTag());
        if (task != null && Lun.number(task.lun()) == Lun.number(pdu.lun())) {
            task.whenEnded.add(() -> answer(itt, TaskManagementResponse.FUNCTION_COMPLETE));
            task.abort();
            return;
        }
        // RFC 7143 11.5.1: a command that was answered already does not exist; one that this request overtook counts as
        // received, and as aborted.
        boolean toCome =
                !SerialNumbers.isBefore(pdu.refCmdSn(), session.window().expCmdSn())
                        && SerialNumbers.isBefore(pdu.refCmdSn(), pdu.cmdSn());
        answer(itt, toCome ? TaskManagementResponse.FUNCTION_COMPLETE : TaskManagementResponse.TASK_DOES_NOT_EXIST);
    }

    private void abortTaskSet(LogicalUnit unit, ITLNexus nexus, int itt) {
        session.abortHeld(unit);
        Predicate<Task> before = before();
        unit.fence(task -> task.nexus() == nexus && before.test(task), null, affected -> answerLater(itt));
    }

    private void clearTaskSet(LogicalUnit unit, ITLNexus nexus, int itt) {
        session.abortHeld(unit);
        unit.fence(before(), null, affected -> {
            unit.raise(
                    Sense.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR, other -> other != nexus && affected.contains(other));
            answerLater(itt);
        });
    }

    private void logicalUnitReset(LogicalUnit unit, ITLNexus nexus, int itt) {
        session.abortHeld(unit);
        unit.reset(before(), nexus, () -> answerLater(itt));
    }

    private void targetReset(int itt, boolean cold) {
        LunMap luns = session.target().definition().luns();
        Set<LogicalUnit> units = new LinkedHashSet<>();
        for (int lun : luns.luns()) {
            LogicalUnit unit = luns.get(lun);
            if (unit != null) {
                units.add(unit);
            }
        }
        AtomicInteger left = new AtomicInteger(units.size() + 1);
        Runnable unitDone = () -> {
            if (left.decrementAndGet() == 0) {
                later(() -> {
                    answer(itt, TaskManagementResponse.FUNCTION_COMPLETE);
                    if (cold) {
                        connection.coldReset();
                    }
                });
            }
        };
        for (LogicalUnit unit : units) {
            session.abortHeld(unit);
            unit.reset(before(), session.nexusOf(unit), unitDone);
        }
        unitDone.run();
    }

    /** RFC 7143 4.2.3: a function is about what was sent before it; the initiator may go on while it is at work. */
    private Predicate<Task> before() {
        long count = session.commands();
        return task -> !(task instanceof IscsiTask own) || own.isBefore(count, session);
    }

    private void answerLater(int itt) {
        later(() -> answer(itt, TaskManagementResponse.FUNCTION_COMPLETE));
    }

    /** A fence ends on whichever loop was last. */
    private void later(Runnable onLoop) {
        connection.execute(onLoop);
    }

    private void answer(int itt, int response) {
        answers.done(itt, response);
    }
}
