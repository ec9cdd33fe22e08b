package dev.kume.core.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The structures of {@code winsvc.h} on 64-bit Windows, and how they are filled. */
public final class ServiceLayouts {
    /** What a service says of itself: SERVICE_STATUS. */
    public static final StructLayout STATUS = MemoryLayout.structLayout(
            JAVA_INT.withName("dwServiceType"),
            JAVA_INT.withName("dwCurrentState"),
            JAVA_INT.withName("dwControlsAccepted"),
            JAVA_INT.withName("dwWin32ExitCode"),
            JAVA_INT.withName("dwServiceSpecificExitCode"),
            JAVA_INT.withName("dwCheckPoint"),
            JAVA_INT.withName("dwWaitHint"));

    /** What the service control manager says of it: SERVICE_STATUS_PROCESS. */
    public static final StructLayout STATUS_PROCESS = MemoryLayout.structLayout(
            JAVA_INT.withName("dwServiceType"),
            JAVA_INT.withName("dwCurrentState"),
            JAVA_INT.withName("dwControlsAccepted"),
            JAVA_INT.withName("dwWin32ExitCode"),
            JAVA_INT.withName("dwServiceSpecificExitCode"),
            JAVA_INT.withName("dwCheckPoint"),
            JAVA_INT.withName("dwWaitHint"),
            JAVA_INT.withName("dwProcessId"),
            JAVA_INT.withName("dwServiceFlags"));

    /** One thing that is done after a failure: SC_ACTION. */
    public static final StructLayout ACTION =
            MemoryLayout.structLayout(JAVA_INT.withName("Type"), JAVA_INT.withName("Delay"));

    /** What is done after failures: SERVICE_FAILURE_ACTIONSW. */
    public static final StructLayout FAILURE_ACTIONS = MemoryLayout.structLayout(
            JAVA_INT.withName("dwResetPeriod"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("lpRebootMsg"),
            ADDRESS.withName("lpCommand"),
            JAVA_INT.withName("cActions"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("lpsaActions"));

    /** One service of a process: SERVICE_TABLE_ENTRYW. */
    public static final StructLayout TABLE_ENTRY =
            MemoryLayout.structLayout(ADDRESS.withName("lpServiceName"), ADDRESS.withName("lpServiceProc"));

    // The kinds of information that ChangeServiceConfig2W takes.
    public static final int DESCRIPTION = 1;
    public static final int FAILURE = 2;
    public static final int DELAYED_START = 3;
    public static final int FAILURE_FLAG = 4;
    public static final int SID_TYPE = 5;
    public static final int PRESHUTDOWN = 7;

    private static final int SC_ACTION_RESTART = 1;

    private ServiceLayouts() {}

    /** A text as Windows has it: UTF-16 with a NUL. */
    public static MemorySegment text(Arena arena, String text) {
        return arena.allocateFrom(text, StandardCharsets.UTF_16LE);
    }

    /** A structure of one pointer to a text, as SERVICE_DESCRIPTIONW is. */
    public static MemorySegment description(Arena arena, String text) {
        return arena.allocateFrom(ADDRESS, text(arena, text));
    }

    /** A structure of one number, as SERVICE_DELAYED_AUTO_START_INFO and others are. */
    public static MemorySegment number(Arena arena, int number) {
        return arena.allocateFrom(JAVA_INT, number);
    }

    /** The service is started again after each failure; the last delay is for all further ones, too. */
    public static MemorySegment restarts(Arena arena, int resetSeconds, List<Integer> delaysMillis) {
        MemorySegment actions = arena.allocate(MemoryLayout.sequenceLayout(delaysMillis.size(), ACTION));
        for (int i = 0; i < delaysMillis.size(); i++) {
            long at = i * ACTION.byteSize();
            actions.set(JAVA_INT, at, SC_ACTION_RESTART);
            actions.set(JAVA_INT, at + offset(ACTION, "Delay"), delaysMillis.get(i));
        }
        MemorySegment info = arena.allocate(FAILURE_ACTIONS);
        set(info, FAILURE_ACTIONS, "dwResetPeriod", resetSeconds);
        set(info, FAILURE_ACTIONS, "cActions", delaysMillis.size());
        info.set(ADDRESS, offset(FAILURE_ACTIONS, "lpsaActions"), actions);
        return info;
    }

    public static void set(MemorySegment structure, StructLayout layout, String member, int value) {
        structure.set(JAVA_INT, offset(layout, member), value);
    }

    public static int get(MemorySegment structure, StructLayout layout, String member) {
        return structure.get(JAVA_INT, offset(layout, member));
    }

    private static long offset(StructLayout layout, String member) {
        return layout.byteOffset(PathElement.groupElement(member));
    }
}
