package dev.kume.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The structures are those of 64-bit Windows. The numbers are what a C compiler for it says of winsvc.h. */
final class ServiceLayoutsTest {
    @Test
    void sizesAndOffsetsAreThoseOfTheHeader() {
        check(
                ServiceLayouts.STATUS,
                28,
                4,
                Map.of(
                        "dwServiceType", 0L,
                        "dwCurrentState", 4L,
                        "dwControlsAccepted", 8L,
                        "dwWin32ExitCode", 12L,
                        "dwServiceSpecificExitCode", 16L,
                        "dwCheckPoint", 20L,
                        "dwWaitHint", 24L));
        check(
                ServiceLayouts.STATUS_PROCESS,
                36,
                4,
                Map.of(
                        "dwServiceType", 0L,
                        "dwCurrentState", 4L,
                        "dwControlsAccepted", 8L,
                        "dwWin32ExitCode", 12L,
                        "dwServiceSpecificExitCode", 16L,
                        "dwCheckPoint", 20L,
                        "dwWaitHint", 24L,
                        "dwProcessId", 28L,
                        "dwServiceFlags", 32L));
        check(ServiceLayouts.ACTION, 8, 4, Map.of("Type", 0L, "Delay", 4L));
        check(
                ServiceLayouts.FAILURE_ACTIONS,
                40,
                8,
                Map.of("dwResetPeriod", 0L, "lpRebootMsg", 8L, "lpCommand", 16L, "cActions", 24L, "lpsaActions", 32L));
        check(ServiceLayouts.TABLE_ENTRY, 16, 8, Map.of("lpServiceName", 0L, "lpServiceProc", 8L));
    }

    private static void check(StructLayout layout, long bytes, long alignment, Map<String, Long> offsets) {
        assertEquals(bytes, layout.byteSize(), layout::toString);
        assertEquals(alignment, layout.byteAlignment(), layout::toString);
        assertEquals(
                offsets,
                layout.memberLayouts().stream()
                        .flatMap(member -> member.name().stream())
                        .collect(Collectors.toMap(
                                name -> name, name -> layout.byteOffset(PathElement.groupElement(name)))),
                layout::toString);
    }
}
