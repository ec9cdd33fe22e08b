package dev.kume.core.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.IntConsumer;

/** {@link ScmCalls} by the functions of {@code advapi32.dll}. Thread safe. */
@SuppressWarnings("restricted")
public final class Advapi32 implements ScmCalls {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final int AUTO_START = 2;
    private static final int ERROR_NORMAL = 1;
    private static final int STATUS_PROCESS_INFO = 0;
    private static final MemorySegment NULL = MemorySegment.NULL;

    private final SymbolLookup library;
    private final String stateName;
    private final long stateOffset;
    private final MethodHandle openManager;
    private final MethodHandle open;
    private final MethodHandle create;
    private final MethodHandle change;
    private final MethodHandle configure;
    private final MethodHandle start;
    private final MethodHandle control;
    private final MethodHandle query;
    private final MethodHandle delete;
    private final MethodHandle close;
    private final MethodHandle dispatch;
    private final MethodHandle handle;
    private final MethodHandle tell;
    private final MethodHandle eventSource;
    private final MethodHandle report;

    private Advapi32(SymbolLookup library, String stateName) {
        this.library = library;
        this.stateName = stateName;
        this.stateOffset = STATE.byteOffset(PathElement.groupElement(stateName));
        openManager = call("OpenSCManagerW", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_INT));
        open = call("OpenServiceW", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT));
        create = call(
                "CreateServiceW",
                FunctionDescriptor.of(
                        JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS,
                        ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        change = call(
                "ChangeServiceConfigW",
                FunctionDescriptor.of(
                        JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                        ADDRESS, ADDRESS));
        configure = call("ChangeServiceConfig2W", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, ADDRESS));
        start = call("StartServiceW", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, ADDRESS));
        control = call("ControlService", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, ADDRESS));
        query = call(
                "QueryServiceStatusEx",
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
        delete = call("DeleteService", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
        close = call("CloseServiceHandle", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
        dispatch = call("StartServiceCtrlDispatcherW", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        handle = call("RegisterServiceCtrlHandlerExW", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS));
        tell = call("SetServiceStatus", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS));
        eventSource = call("RegisterEventSourceW", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS));
        report = call(
                "ReportEventW",
                FunctionDescriptor.of(
                        JAVA_INT,
                        JAVA_LONG,
                        JAVA_SHORT,
                        JAVA_SHORT,
                        JAVA_INT,
                        ADDRESS,
                        JAVA_SHORT,
                        JAVA_INT,
                        ADDRESS,
                        ADDRESS));
    }

    /** That of this host, which has to be Windows. */
    public static Advapi32 ofThisHost() {
        return new Advapi32(SymbolLookup.libraryLookup("advapi32", Arena.global()), "GetLastError");
    }

    /**
     * Those of another library.
     *
     * @param library   has the functions
     * @param stateName where a call that fails leaves the reason: {@code GetLastError} on Windows
     */
    public static Advapi32 of(SymbolLookup library, String stateName) {
        return new Advapi32(library, stateName);
    }

    private MethodHandle call(String name, FunctionDescriptor function) {
        return Linker.nativeLinker()
                .downcallHandle(library.findOrThrow(name), function, Linker.Option.captureCallState(stateName));
    }

    @Override
    public long openManager(int access) throws WindowsException {
        return handleOf("OpenSCManager", openManager, NULL, NULL, access);
    }

    @Override
    public long open(long manager, String name, int access) throws WindowsException {
        try (Arena arena = Arena.ofConfined()) {
            return handleOf("OpenService", open, manager, ServiceLayouts.text(arena, name), access);
        }
    }

    @Override
    public long create(long manager, String name, String displayName, String commandLine, String account)
            throws WindowsException {
        try (Arena arena = Arena.ofConfined()) {
            return handleOf(
                    "CreateService",
                    create,
                    manager,
                    ServiceLayouts.text(arena, name),
                    ServiceLayouts.text(arena, displayName),
                    SERVICE_ALL_ACCESS,
                    OWN_PROCESS,
                    AUTO_START,
                    ERROR_NORMAL,
                    ServiceLayouts.text(arena, commandLine),
                    NULL,
                    NULL,
                    NULL,
                    ServiceLayouts.text(arena, account),
                    NULL);
        }
    }

    @Override
    public void change(long service, String displayName, String commandLine, String account) throws WindowsException {
        try (Arena arena = Arena.ofConfined()) {
            must(
                    "ChangeServiceConfig",
                    change,
                    service,
                    OWN_PROCESS,
                    AUTO_START,
                    ERROR_NORMAL,
                    ServiceLayouts.text(arena, commandLine),
                    NULL,
                    NULL,
                    NULL,
                    ServiceLayouts.text(arena, account),
                    NULL,
                    ServiceLayouts.text(arena, displayName));
        }
    }

    @Override
    public void configure(long service, int kind, MemorySegment information) throws WindowsException {
        must("ChangeServiceConfig2", configure, service, kind, information);
    }

    @Override
    public void start(long service) throws WindowsException {
        must("StartService", start, service, 0, NULL);
    }

    @Override
    public void control(long service, int wanted) throws WindowsException {
        try (Arena arena = Arena.ofConfined()) {
            must("ControlService", control, service, wanted, arena.allocate(ServiceLayouts.STATUS));
        }
    }

    @Override
    public void query(long service, MemorySegment status) throws WindowsException {
        try (Arena arena = Arena.ofConfined()) {
            must(
                    "QueryServiceStatusEx",
                    query,
                    service,
                    STATUS_PROCESS_INFO,
                    status,
                    (int) status.byteSize(),
                    arena.allocate(JAVA_INT));
        }
    }

    @Override
    public void delete(long service) throws WindowsException {
        must("DeleteService", delete, service);
    }

    @Override
    public void close(long opened) {
        try {
            must("CloseServiceHandle", close, opened);
        } catch (WindowsException e) {
            throw new AssertionError("a handle that was open cannot be closed", e);
        }
    }

    /** A function of the table, {@code void WINAPI ServiceMain(DWORD, LPWSTR *)}. */
    private record Main(Runnable action) {
        @SuppressWarnings("unused") // Called by Windows.
        void run(int arguments, MemorySegment words) {
            action.run();
        }
    }

    @Override
    public void dispatch(String name, Runnable main) throws WindowsException {
        // Windows calls it until the process ends: it stays for as long.
        MemorySegment function = upcall(
                MethodType.methodType(void.class, int.class, MemorySegment.class),
                new Main(main),
                FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS));
        Arena arena = Arena.global();
        MemorySegment table = arena.allocate(MemoryLayout.sequenceLayout(2, ServiceLayouts.TABLE_ENTRY));
        table.set(ADDRESS, 0, ServiceLayouts.text(arena, name));
        table.set(ADDRESS, ADDRESS.byteSize(), function);
        must("StartServiceCtrlDispatcher", dispatch, table);
    }

    /** {@code DWORD WINAPI HandlerEx(DWORD, DWORD, LPVOID, LPVOID)}. */
    private record Controls(IntConsumer action) {
        @SuppressWarnings("unused") // Called by Windows.
        int run(int control, int eventType, MemorySegment data, MemorySegment context) {
            action.accept(control);
            return 0;
        }
    }

    @Override
    public long handle(String name, IntConsumer controls) throws WindowsException {
        MemorySegment function = upcall(
                MethodType.methodType(int.class, int.class, int.class, MemorySegment.class, MemorySegment.class),
                new Controls(controls),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        return handleOf(
                "RegisterServiceCtrlHandlerEx", handle, ServiceLayouts.text(Arena.global(), name), function, NULL);
    }

    @Override
    public void tell(long statusHandle, MemorySegment status) throws WindowsException {
        must("SetServiceStatus", tell, statusHandle, status);
    }

    @Override
    public long eventSource(String name) throws WindowsException {
        try (Arena arena = Arena.ofConfined()) {
            return handleOf("RegisterEventSource", eventSource, NULL, ServiceLayouts.text(arena, name));
        }
    }

    @Override
    public void report(long source, int type, int id, String text) throws WindowsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment texts = arena.allocateFrom(ADDRESS, ServiceLayouts.text(arena, text));
            must("ReportEvent", report, source, (short) type, (short) 0, id, NULL, (short) 1, 0, texts, NULL);
        }
    }

    private static MemorySegment upcall(MethodType type, Object receiver, FunctionDescriptor function) {
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findVirtual(receiver.getClass(), "run", type)
                    .bindTo(receiver);
            return Linker.nativeLinker().upcallStub(target, function, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private long handleOf(String what, MethodHandle function, Object... arguments) throws WindowsException {
        return succeeded(what, function, arguments).longValue();
    }

    private void must(String what, MethodHandle function, Object... arguments) throws WindowsException {
        succeeded(what, function, arguments);
    }

    /** What a function returns that returns zero when it fails. */
    private Number succeeded(String what, MethodHandle function, Object... arguments) throws WindowsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            Object[] all = new Object[arguments.length + 1];
            all[0] = state;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            Number result = (Number) function.invokeWithArguments(all);
            if (result.longValue() == 0) {
                throw new WindowsException(what, state.get(JAVA_INT, stateOffset));
            }
            return result;
        } catch (WindowsException e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException("a foreign call is broken: " + what, t);
        }
    }
}
