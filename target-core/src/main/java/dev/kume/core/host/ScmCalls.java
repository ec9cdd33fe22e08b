package dev.kume.core.host;

import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * The calls of Windows' service control manager that Kume makes, one method each. Handles are numbers; structures are
 * those of {@link ServiceLayouts}. A refusal is a {@link WindowsException}.
 */
public interface ScmCalls {
    int MANAGER_CONNECT = 0x1;
    int MANAGER_CREATE = 0x2;
    int SERVICE_ALL_ACCESS = 0xF01FF;
    int OWN_PROCESS = 0x10;

    int STOPPED = 1;
    int START_PENDING = 2;
    int STOP_PENDING = 3;
    int RUNNING = 4;

    int ACCEPT_STOP = 0x1;
    int ACCEPT_SHUTDOWN = 0x4;
    int ACCEPT_PRESHUTDOWN = 0x100;

    int CONTROL_STOP = 1;
    int CONTROL_INTERROGATE = 4;
    int CONTROL_SHUTDOWN = 5;
    int CONTROL_PRESHUTDOWN = 15;

    /** {@code OpenSCManagerW} of this host. */
    long openManager(int access) throws WindowsException;

    /** {@code OpenServiceW}. */
    long open(long manager, String name, int access) throws WindowsException;

    /** {@code CreateServiceW}: a process of its own that starts with the host. */
    long create(long manager, String name, String displayName, String commandLine, String account)
            throws WindowsException;

    /** {@code ChangeServiceConfigW} of what {@link #create} takes. */
    void change(long service, String displayName, String commandLine, String account) throws WindowsException;

    /** {@code ChangeServiceConfig2W}. */
    void configure(long service, int kind, MemorySegment information) throws WindowsException;

    /** {@code StartServiceW}: returns as soon as its process has been started. */
    void start(long service) throws WindowsException;

    /** {@code ControlService}. */
    void control(long service, int control) throws WindowsException;

    /** {@code QueryServiceStatusEx} into a {@link ServiceLayouts#STATUS_PROCESS}. */
    void query(long service, MemorySegment status) throws WindowsException;

    /** {@code DeleteService}: it is gone when it has stopped and nobody has a handle to it. */
    void delete(long service) throws WindowsException;

    /** {@code CloseServiceHandle}. */
    void close(long handle);

    /**
     * {@code StartServiceCtrlDispatcherW}: makes this process the service; returns when the service has stopped.
     *
     * @param main the service, on a thread of Windows' own
     */
    void dispatch(String name, Runnable main) throws WindowsException;

    /**
     * {@code RegisterServiceCtrlHandlerExW}.
     *
     * @param controls is told what Windows wants of the service; must return at once
     * @return a handle for {@link #tell}, which is not closed
     */
    long handle(String name, IntConsumer controls) throws WindowsException;

    /** {@code SetServiceStatus} with a {@link ServiceLayouts#STATUS}. */
    void tell(long statusHandle, MemorySegment status) throws WindowsException;

    /** {@code RegisterEventSourceW} on this host. */
    long eventSource(String name) throws WindowsException;

    /** {@code ReportEventW} with one text. */
    void report(long source, int type, int id, String text) throws WindowsException;
}
