package dev.kume.protocol.initiator;

import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.SerialNumbers;
import dev.kume.protocol.pdu.TaskManagementFunction;
import dev.kume.protocol.pdu.TaskManagementResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Task management functions under way on one connection, and which tasks they end (RFC 7143 section 11.5). Loop only.
 */
final class TaskFunctions {
    private final RequestWriter writer;
    private final SessionNumbers numbers;
    private final BiConsumer<List<InitiatorTask>, InitiatorException> ender;
    private final Map<Integer, Pending> pending = new HashMap<>();

    private record Pending(
            int function, int lun, @Nullable InitiatorTask task, int cmdSn, CompletableFuture<Integer> answer) {}

    /** @param ender ends tasks that will never be answered */
    TaskFunctions(
            RequestWriter writer, SessionNumbers numbers, BiConsumer<List<InitiatorTask>, InitiatorException> ender) {
        this.writer = writer;
        this.numbers = numbers;
        this.ender = ender;
    }

    /** Completes with one of {@link TaskManagementResponse}. */
    CompletableFuture<Integer> send(int tag, int function, int lun, @Nullable InitiatorTask task) {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        pending.put(tag, new Pending(function, lun, task, numbers.cmdSn(), answer));
        writer.taskManagement(
                tag,
                function,
                lun,
                task == null ? PduHeader.NO_TAG : task.initiatorTaskTag(),
                task == null ? 0 : task.cmdSn());
        return answer;
    }

    void onResponse(int tag, int response, Collection<InitiatorTask> underWay) {
        Pending function = pending.remove(tag);
        if (function == null) {
            throw InitiatorException.violation("a Task Management Function Response that answers nothing");
        }
        if (response == TaskManagementResponse.FUNCTION_COMPLETE) {
            List<InitiatorTask> ended = new ArrayList<>();
            for (InitiatorTask task : underWay) {
                if (ends(function, task)) {
                    ended.add(task);
                }
            }
            ender.accept(
                    ended,
                    new InitiatorException(
                            InitiatorException.Reason.TASK_ENDED,
                            "ended by " + TaskManagementFunction.nameOf(function.function())));
        } else if (response == TaskManagementResponse.TASK_DOES_NOT_EXIST
                && function.task() != null
                && underWay.contains(function.task())) {
            // Its answer would have come before this one, RFC 7143 11.5.
            throw InitiatorException.violation(function.task() + " was lost by the target");
        }
        function.answer().complete(response);
    }

    void rejected(int tag, InitiatorException why) {
        Pending function = pending.remove(tag);
        if (function != null) {
            function.answer().completeExceptionally(why);
        }
    }

    void fail(InitiatorException why) {
        pending.values().forEach(function -> function.answer().completeExceptionally(why));
        pending.clear();
    }

    /** Commands that were sent after the function are none of its business. */
    private static boolean ends(Pending function, InitiatorTask task) {
        if (!SerialNumbers.isBefore(task.cmdSn(), function.cmdSn())) {
            return false;
        }
        return switch (function.function()) {
            case TaskManagementFunction.ABORT_TASK -> task == function.task();
            case TaskManagementFunction.ABORT_TASK_SET,
                    TaskManagementFunction.CLEAR_TASK_SET,
                    TaskManagementFunction.LOGICAL_UNIT_RESET -> task.command().lun() == function.lun();
            case TaskManagementFunction.TARGET_WARM_RESET,
                    TaskManagementFunction.TARGET_COLD_RESET,
                    TaskManagementFunction.I_T_NEXUS_RESET -> true;
            default -> false;
        };
    }
}
