package dev.kume.protocol.connection;

import dev.kume.core.scsi.Coverage;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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
    private final CommandWindow window;
    private final RequestsAhead ahead;

    /** Sends the answer of a function. */
    interface Answers {
        void done(int initiatorTaskTag, int response);
    }

    private final Answers answers;

    TaskManagement(Session session, Connection connection, CommandWindow window, RequestsAhead ahead, Answers answers) {
        this.session = session;
        this.connection = connection;
        this.window = window;
        this.ahead = ahead;
        this.answers = answers;
    }

    void onRequest(TaskManagementRequestPdu pdu) {
        int itt = pdu.initiatorTaskTag();
        switch (pdu.function()) {
            case TaskManagementFunction.ABORT_TASK -> abortTask(itt, pdu);
            case TaskManagementFunction.ABORT_TASK_SET -> withUnit(itt, pdu, this::abortTaskSet);
            case TaskManagementFunction.CLEAR_TASK_SET -> withUnit(itt, pdu, this::clearTaskSet);
            case TaskManagementFunction.LOGICAL_UNIT_RESET -> withUnit(itt, pdu, this::logicalUnitReset);
            case TaskManagementFunction.TARGET_WARM_RESET -> targetReset(itt, pdu, false);
            case TaskManagementFunction.TARGET_COLD_RESET -> targetReset(itt, pdu, true);
            case TaskManagementFunction.TASK_REASSIGN ->
                answer(itt, TaskManagementResponse.TASK_REASSIGN_NOT_SUPPORTED);
            default -> answer(itt, TaskManagementResponse.FUNCTION_NOT_SUPPORTED);
        }
    }

    private interface UnitFunction {
        void run(LogicalUnit unit, ITLNexus nexus, Predicate<Task> before, int initiatorTaskTag);
    }

    private void withUnit(int itt, TaskManagementRequestPdu pdu, UnitFunction function) {
        int lun = Lun.number(pdu.lun());
        behindWhatCameFirst(pdu, before -> {
            LogicalUnit unit = session.units().luns().get(lun);
            ITLNexus nexus = session.units().nexusAt(lun);
            if (unit == null || nexus == null) {
                answer(itt, TaskManagementResponse.LUN_DOES_NOT_EXIST);
            } else if (unit.hosts().shutsOut(nexus.nexus())
                    && pdu.function() != TaskManagementFunction.ABORT_TASK_SET) {
                // Whom the unit is closed to does not touch the commands of the host that it belongs to.
                answer(itt, TaskManagementResponse.FUNCTION_AUTHORIZATION_FAILED);
            } else {
                function.run(unit, nexus, before, itt);
            }
        });
    }

    /**
     * RFC 7143 4.2.3: a function is about what was sent before it; the initiator may go on while it is at work. What is
     * still missing of that is waited for.
     */
    private void behindWhatCameFirst(TaskManagementRequestPdu pdu, Consumer<Predicate<Task>> function) {
        int cmdSn = pdu.cmdSn();
        long count = session.commands();
        // The place of an immediate function among the commands is believed when it can be true. A wrong one makes the
        // function reach all that came before it: nothing that should end is let live.
        boolean placed = pdu.isImmediate()
                && SerialNumbers.isWithin(cmdSn, window.expCmdSn() - window.slots(), window.maxCmdSn() + 1);
        Predicate<Task> before = task -> !(task instanceof IscsiTask own && own.isOf(session))
                || (placed ? own.isBefore(cmdSn, count) : own.isAmong(count));
        if (placed) {
            ahead.behind(cmdSn, () -> function.accept(before));
        } else {
            function.accept(before);
        }
    }

    private void abortTask(int itt, TaskManagementRequestPdu pdu) {
        IscsiTask task = session.tasks().get(pdu.referencedTaskTag());
        int lun = Lun.number(pdu.lun());
        if (task != null) {
            if (Lun.number(task.lun()) == lun) {
                task.whenEnded.add(() -> answer(itt, TaskManagementResponse.FUNCTION_COMPLETE));
                task.abort();
            } else {
                answer(itt, TaskManagementResponse.TASK_DOES_NOT_EXIST);
            }
        } else if (session.units().nexusAt(lun) == null) {
            answer(itt, TaskManagementResponse.LUN_DOES_NOT_EXIST);
        } else if (window.contains(pdu.refCmdSn()) && SerialNumbers.isBefore(pdu.refCmdSn(), pdu.cmdSn())) {
            // RFC 7143 11.6.1: a command that this request overtook counts as received, and as aborted.
            ahead.skip(pdu.refCmdSn());
            answer(itt, TaskManagementResponse.FUNCTION_COMPLETE);
        } else {
            // It was answered already, or never sent.
            answer(itt, TaskManagementResponse.TASK_DOES_NOT_EXIST);
        }
    }

    private void abortTaskSet(LogicalUnit unit, ITLNexus nexus, Predicate<Task> before, int itt) {
        session.abortHeld(unit, before);
        unit.fence(
                Coverage.silent(task -> task.nexus() == nexus && before.test(task)),
                null,
                affected -> answerLater(itt, unit, before));
    }

    private void clearTaskSet(LogicalUnit unit, ITLNexus nexus, Predicate<Task> before, int itt) {
        session.abortHeld(unit, before);
        unit.fence(Coverage.silent(before), null, affected -> {
            unit.raise(
                    Sense.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR, other -> other != nexus && affected.contains(other));
            answerLater(itt, unit, before);
        });
    }

    private void logicalUnitReset(LogicalUnit unit, ITLNexus nexus, Predicate<Task> before, int itt) {
        session.abortHeld(unit, before);
        unit.reset(before, () -> answerLater(itt, unit, before));
    }

    private void targetReset(int itt, TaskManagementRequestPdu pdu, boolean cold) {
        behindWhatCameFirst(pdu, before -> targetReset(itt, before, cold));
    }

    private void targetReset(int itt, Predicate<Task> before, boolean cold) {
        LunMap luns = session.target().definition().luns();
        Set<LogicalUnit> units = new LinkedHashSet<>();
        for (int lun : luns.luns()) {
            LogicalUnit unit = luns.get(lun);
            ITLNexus nexus = session.units().nexusAt(lun);
            if (unit != null && nexus != null && !unit.hosts().shutsOut(nexus.nexus())) {
                units.add(unit);
            }
        }
        // A LUN that was taken away is in no map any more; what is still under way there ends as well.
        List<IscsiTask> elsewhere = session.tasks().all().stream()
                .filter(task -> before.test(task) && !units.contains(task.unitOrNull()))
                .toList();
        AtomicInteger left = new AtomicInteger(units.size() + elsewhere.size() + 1);
        Runnable unitDone = () -> {
            if (left.decrementAndGet() == 0) {
                later(() -> {
                    units.forEach(unit -> session.abortHeld(unit, before));
                    answer(itt, TaskManagementResponse.FUNCTION_COMPLETE);
                    if (cold) {
                        connection.coldReset();
                    }
                });
            }
        };
        for (LogicalUnit unit : units) {
            session.abortHeld(unit, before);
            unit.reset(before, unitDone);
        }
        for (IscsiTask task : elsewhere) {
            task.whenEnded.add(unitDone);
            task.abort();
        }
        unitDone.run();
    }

    /**
     * Answers when a fence is over. A task may have completed before the fence had its turn, with its answer held for
     * data that was announced: it is in no task set, and no answer of it may come behind ours.
     */
    private void answerLater(int itt, LogicalUnit unit, Predicate<Task> before) {
        later(() -> {
            session.abortHeld(unit, before);
            answer(itt, TaskManagementResponse.FUNCTION_COMPLETE);
        });
    }

    /** A fence ends on whichever loop was last. */
    private void later(Runnable onLoop) {
        connection.execute(onLoop);
    }

    private void answer(int itt, int response) {
        answers.done(itt, response);
    }
}
