package dev.kume.cli.service;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kume.core.host.ScmCalls;
import dev.kume.core.host.ServiceLayouts;
import dev.kume.core.host.WindowsException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A service control manager that does what Windows documents, and writes down how it was called. */
final class FakeScm implements ScmCalls {
    private static final long MANAGER = 11;
    private static final long SERVICE = 12;
    private static final long STATUS = 13;
    private static final long SOURCE = 14;

    final List<String> calls = new ArrayList<>();

    /** What a service said of itself: state, controls, exit, specific, check point, hint. */
    final List<String> told = new ArrayList<>();

    /** Error codes by the call that fails with them. */
    final Map<String, Integer> refusals = new HashMap<>();

    /** What queries answer, one after the other, the last one again and again: state, exit, specific, check point. */
    final Deque<int[]> states = new ArrayDeque<>(List.of(new int[] {STOPPED, 0, 0, 0}));

    boolean exists;
    int open;

    @Nullable
    IntConsumer controls;

    private void called(String what) throws WindowsException {
        calls.add(what);
        Integer code = refusals.get(what.split(" ")[0]);
        if (code != null) {
            throw new WindowsException(what.split(" ")[0], code);
        }
    }

    @Override
    public long openManager(int access) throws WindowsException {
        called("openManager %x".formatted(access));
        open++;
        return MANAGER;
    }

    @Override
    public long open(long manager, String name, int access) throws WindowsException {
        called("open %s %x".formatted(name, access));
        if (!exists) {
            throw new WindowsException("open", WindowsException.SERVICE_DOES_NOT_EXIST);
        }
        open++;
        return SERVICE;
    }

    @Override
    public long create(long manager, String name, String displayName, String commandLine, String account)
            throws WindowsException {
        called("create %s|%s|%s|%s".formatted(name, displayName, commandLine, account));
        if (exists) {
            throw new WindowsException("create", WindowsException.SERVICE_EXISTS);
        }
        exists = true;
        open++;
        return SERVICE;
    }

    @Override
    public void change(long service, String displayName, String commandLine, String account) throws WindowsException {
        called("change %s|%s|%s".formatted(displayName, commandLine, account));
    }

    @Override
    public void configure(long service, int kind, MemorySegment information) throws WindowsException {
        String text = switch (kind) {
            case ServiceLayouts.DESCRIPTION -> text(information.get(ADDRESS, 0));
            case ServiceLayouts.FAILURE -> failures(information);
            default -> Integer.toString(information.get(JAVA_INT, 0));
        };
        called("configure %d %s".formatted(kind, text));
    }

    private static String text(MemorySegment pointer) {
        return pointer.reinterpret(10_000).getString(0, StandardCharsets.UTF_16LE);
    }

    /** Read as the header of Windows lays it out, by numbers. */
    private static String failures(MemorySegment information) {
        int count = information.get(JAVA_INT, 24);
        MemorySegment actions = information.get(ADDRESS, 32).reinterpret(count * 8L);
        StringBuilder text = new StringBuilder("reset " + information.get(JAVA_INT, 0));
        for (int i = 0; i < count; i++) {
            text.append(" %d:%d".formatted(actions.get(JAVA_INT, i * 8L), actions.get(JAVA_INT, i * 8L + 4)));
        }
        return text.toString();
    }

    @Override
    public void start(long service) throws WindowsException {
        called("start");
    }

    @Override
    public void control(long service, int control) throws WindowsException {
        called("control " + control);
    }

    @Override
    public void query(long service, MemorySegment status) {
        int[] now = states.size() > 1 ? states.remove() : states.element();
        status.set(JAVA_INT, 4, now[0]);
        status.set(JAVA_INT, 12, now[1]);
        status.set(JAVA_INT, 16, now[2]);
        status.set(JAVA_INT, 20, now[3]);
    }

    @Override
    public void delete(long service) throws WindowsException {
        called("delete");
        exists = false;
    }

    @Override
    public void close(long handle) {
        open--;
    }

    @Override
    public void dispatch(String name, Runnable main) throws WindowsException {
        called("dispatch " + name);
        main.run();
    }

    @Override
    public long handle(String name, IntConsumer handler) throws WindowsException {
        called("handle " + name);
        controls = handler;
        return STATUS;
    }

    @Override
    public void tell(long statusHandle, MemorySegment status) throws WindowsException {
        if (statusHandle != STATUS) {
            throw new WindowsException("tell", 6);
        }
        told.add("%d accepts %x exit %d/%d at %d within %d"
                .formatted(
                        status.get(JAVA_INT, 4),
                        status.get(JAVA_INT, 8),
                        status.get(JAVA_INT, 12),
                        status.get(JAVA_INT, 16),
                        status.get(JAVA_INT, 20),
                        status.get(JAVA_INT, 24)));
    }

    @Override
    public long eventSource(String name) throws WindowsException {
        called("eventSource " + name);
        return SOURCE;
    }

    @Override
    public void report(long source, int type, int id, String text) throws WindowsException {
        called("report %d %d %s".formatted(type, id, text));
    }
}
