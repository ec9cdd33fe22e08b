package dev.kume.core.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.kume.core.store.linux.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Datagrams to one Unix domain socket of Linux, which Java's own channels cannot send. This is how a service speaks to
 * systemd. Thread safe.
 */
@SuppressWarnings("restricted")
public final class DatagramSender implements AutoCloseable {
    private static final short AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDTIMEO = 21;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int TIMEVAL_BYTES = 16;
    private static final int PATH_OFFSET = 2;
    private static final int PATH_BYTES_MAX = 108;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = STATE.byteOffset(PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET =
            call("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            call("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SENDTO =
            call("sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final String address;
    private final byte[] path;
    private int fd;

    private DatagramSender(String address, byte[] path, int fd) {
        this.address = address;
        this.path = path;
        this.fd = fd;
    }

    /**
     * Makes a socket; nothing is sent yet, and nobody needs to be there.
     *
     * @param address     a path, or {@code @} and a name in Linux's abstract space
     * @param patienceSeconds how long a datagram waits for room at the receiver
     */
    public static DatagramSender to(String address, int patienceSeconds) throws IOException {
        byte[] path = address.getBytes(StandardCharsets.UTF_8);
        if (path.length < 2 || path.length >= PATH_BYTES_MAX || (path[0] != '/' && path[0] != '@')) {
            throw new IOException("'%s' is neither an absolute path of at most %d bytes nor @ and a name"
                    .formatted(address, PATH_BYTES_MAX - 1));
        }
        if (path[0] == '@') {
            path[0] = 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int fd = (int) SOCKET.invokeExact(state, (int) AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            if (fd < 0) {
                throw failure("a socket", state);
            }
            MemorySegment timeval = arena.allocate(TIMEVAL_BYTES, JAVA_LONG.byteAlignment());
            timeval.set(JAVA_LONG, 0, patienceSeconds);
            int result = (int) SETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_SNDTIMEO, timeval, TIMEVAL_BYTES);
            DatagramSender sender = new DatagramSender(address, path, fd);
            if (result < 0) {
                IOException failure = failure(address, state);
                sender.close();
                throw failure;
            }
            return sender;
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException("a foreign call is broken", t);
        }
    }

    /** Sends one datagram, or fails when the receiver is not there or takes nothing for too long. */
    public synchronized void send(byte[] datagram) throws IOException {
        if (fd < 0) {
            throw new IOException(address + ": closed");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, datagram);
            // A name in the abstract space ends where its length says, a path with a NUL.
            int length = PATH_OFFSET + path.length + (path[0] == 0 ? 0 : 1);
            MemorySegment name = arena.allocate(MemoryLayout.sequenceLayout(length, JAVA_BYTE));
            name.set(JAVA_SHORT.withByteAlignment(1), 0, AF_UNIX);
            MemorySegment.copy(path, 0, name, JAVA_BYTE, PATH_OFFSET, path.length);
            long sent;
            do {
                sent = (long) SENDTO.invokeExact(state, fd, bytes, bytes.byteSize(), MSG_NOSIGNAL, name, length);
            } while (sent < 0 && Errno.EINTR.is(-errno(state)));
            if (sent < 0) {
                throw failure(address, state);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException("a foreign call is broken", t);
        }
    }

    @Override
    public synchronized void close() {
        if (fd < 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            var _ = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
            fd = -1;
        } catch (Throwable t) {
            throw new IllegalStateException("a foreign call is broken", t);
        }
    }

    private static IOException failure(String what, MemorySegment state) {
        return new IOException(what + ": " + Errno.text(-errno(state)));
    }

    private static int errno(MemorySegment state) {
        return state.get(JAVA_INT, ERRNO_OFFSET);
    }

    private static MethodHandle call(String name, FunctionDescriptor function) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), function, Linker.Option.captureCallState("errno"));
    }
}
