package dev.kume.cli.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.host.Advapi32;
import dev.kume.core.host.ScmCalls;
import dev.kume.core.host.ServiceLayouts;
import dev.kume.core.host.WindowsException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The foreign calls of the service of Windows, into a library that has them in C with the structures of winsvc.h. */
final class WindowsCallsClientIT {
    @TempDir
    Path folder;

    private SymbolLookup library = SymbolLookup.loaderLookup();
    private ScmCalls scm = new FakeScm();

    @BeforeEach
    void compile() throws IOException, InterruptedException {
        if (System.getProperty("kume.clients", "required").equals("absent")) {
            Assumptions.abort("needs cc, and -Dkume.clients=absent says not to ask");
        }
        Path shared = folder.resolve("advapi32.so");
        Process cc = new ProcessBuilder(
                        "cc",
                        "-Wall",
                        "-Werror",
                        "-pthread",
                        "-shared",
                        "-fPIC",
                        "-o",
                        shared.toString(),
                        "src/test/native/service_control.c")
                .redirectErrorStream(true)
                .start();
        String complaint = new String(cc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, cc.waitFor(), complaint);
        library = SymbolLookup.libraryLookup(shared, Arena.global());
        scm = Advapi32.of(library, "errno");
    }

    private List<String> calls() throws Throwable {
        var function = Linker.nativeLinker()
                .downcallHandle(library.findOrThrow("calls_so_far"), FunctionDescriptor.of(ValueLayout.ADDRESS));
        MemorySegment text = (MemorySegment) function.invokeExact();
        return text.reinterpret(1 << 16).getString(0).lines().toList();
    }

    @Test
    void everyArgumentArrivesInItsPlace() throws Throwable {
        long manager = scm.openManager(ScmCalls.MANAGER_CONNECT | ScmCalls.MANAGER_CREATE);
        long service =
                scm.create(manager, "Kume", "Kume iSCSI", "\"C:\\k\\java.exe\" -x", "NT AUTHORITY\\LocalService");
        scm.change(service, "Kume iSCSI", "java.exe", "LocalSystem");
        try (Arena arena = Arena.ofConfined()) {
            scm.configure(service, ServiceLayouts.DESCRIPTION, ServiceLayouts.description(arena, "Serves disks"));
            scm.configure(
                    service,
                    ServiceLayouts.FAILURE,
                    ServiceLayouts.restarts(arena, 86_400, List.of(5_000, 10_000, 60_000)));
            scm.configure(service, ServiceLayouts.DELAYED_START, ServiceLayouts.number(arena, 1));
            MemorySegment status = arena.allocate(ServiceLayouts.STATUS_PROCESS);
            scm.query(service, status);
            assertEquals(4, ServiceLayouts.get(status, ServiceLayouts.STATUS_PROCESS, "dwCurrentState"));
            assertEquals(5, ServiceLayouts.get(status, ServiceLayouts.STATUS_PROCESS, "dwServiceSpecificExitCode"));
            assertEquals(6, ServiceLayouts.get(status, ServiceLayouts.STATUS_PROCESS, "dwCheckPoint"));
            assertEquals(7, ServiceLayouts.get(status, ServiceLayouts.STATUS_PROCESS, "dwWaitHint"));
        }
        scm.start(service);
        scm.control(service, ScmCalls.CONTROL_STOP);
        scm.delete(service);
        scm.close(service);
        scm.close(manager);
        scm.report(scm.eventSource("Kume"), 2, 1234, "a disk is offline");
        assertEquals(
                List.of(
                        "OpenSCManager 0 0 3",
                        "CreateService 1 Kume|Kume iSCSI|f01ff 10 2 1|\"C:\\k\\java.exe\" -x|0 0 0"
                                + "|NT AUTHORITY\\LocalService|0",
                        "ChangeServiceConfig 1 10 2 1|java.exe|0 0 0|LocalSystem|0|Kume iSCSI",
                        "ChangeServiceConfig2 1 Serves disks",
                        "ChangeServiceConfig2 2 reset 86400 0 0 1:5000 1:10000 1:60000",
                        "ChangeServiceConfig2 3 1",
                        "QueryServiceStatusEx 1",
                        "StartService 1 0 0",
                        "ControlService 1 1",
                        "DeleteService 1",
                        "CloseServiceHandle 12",
                        "CloseServiceHandle 11",
                        "RegisterEventSource 0 Kume",
                        "ReportEvent 1 2 0 1234 0 0 a disk is offline 0"),
                calls());
    }

    @Test
    void aRefusalHasTheReasonOfTheCall() throws WindowsException {
        long manager = scm.openManager(ScmCalls.MANAGER_CONNECT);
        WindowsException refused =
                assertThrows(WindowsException.class, () -> scm.open(manager, "Other", ScmCalls.SERVICE_ALL_ACCESS));
        assertEquals(WindowsException.SERVICE_DOES_NOT_EXIST, refused.code());
        assertEquals("OpenService: There is no such service", refused.getMessage());
    }

    @Test
    void aServiceRunsOnForeignThreadsFromItsStartToItsStop() throws Throwable {
        WindowsProcess.ofThisHost(
                        scm,
                        seconds -> {
                            throw new IOException("there is no daemon that drains");
                        },
                        WindowsEventLog.open(scm))
                .run(process -> {
                    process.starting("opening disk 1 of 1: csv1");
                    process.ready("Ready", within -> "alive");
                    process.stop().join();
                    process.stopping("Stopping", java.time.Duration.ofSeconds(3));
                    return 0;
                });
        List<String> calls = calls();
        assertEquals(
                List.of(
                        "RegisterEventSource 0 Kume",
                        "StartServiceCtrlDispatcher Kume",
                        "RegisterServiceCtrlHandlerEx Kume 0",
                        "SetServiceStatus 1 10 2 0 0/0 1 60000",
                        "SetServiceStatus 1 10 2 0 0/0 2 60000",
                        "SetServiceStatus 1 10 4 105 0/0 0 0"),
                calls.subList(0, 6));
        assertTrue(calls.containsAll(List.of("interrogated: 0", "stopped: 0")), calls::toString);
        assertTrue(calls.contains("SetServiceStatus 1 10 3 0 0/0 1 15000"), calls::toString);
        assertEquals("SetServiceStatus 1 10 1 0 0/0 0 0", calls.getLast());
    }
}
