package dev.kume.core.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A flush that fails is final; flushes that wait together are served together, and never too early. */
class LocalFileFlushTest {
    private final FakeDescriptor descriptor = new FakeDescriptor();
    private final LocalFile file = open();

    @Test
    void afterAFailedFlushEveryChangeAndFlushFails() throws IOException {
        file.flush();
        descriptor.failSync = true;
        assertEquals(
                "Input/output error",
                assertThrows(IOException.class, file::flush).getMessage());
        descriptor.failSync = false;
        String sticky = "disk.vhd: an earlier flush failed (Input/output error), so writes since the last good one may"
                + " be lost; check the device, then take the disk offline and online again";
        assertEquals(sticky, assertThrows(IOException.class, file::flush).getMessage());
        assertEquals(
                sticky,
                assertThrows(IOException.class, () -> file.write(0, ByteBuffer.allocate(1)))
                        .getMessage());
        assertThrows(IOException.class, () -> file.zero(0, 1));
        assertThrows(IOException.class, () -> file.punch(0, 1));
        assertThrows(IOException.class, () -> file.resize(1));
        assertThrows(IOException.class, () -> file.reserve(0, 1));
        assertEquals(2, descriptor.syncs.get(), "the system is not asked again");
        assertEquals(0, descriptor.writes.get());
        file.read(0, ByteBuffer.allocate(1));
        file.close();
        open().flush();
    }

    @Test
    void aFlushThatFindsNoSpaceIsALossAndNoWriteThatCanBeTriedAgain() {
        descriptor.failSync = true;
        descriptor.full = true;
        IOException e = assertThrows(IOException.class, file::flush);
        assertEquals("No space left on device", e.getMessage());
        assertFalse(e instanceof NoSpaceException);
        IOException later = assertThrows(IOException.class, () -> file.write(0, ByteBuffer.allocate(1)));
        assertFalse(later instanceof NoSpaceException);
    }

    @Test
    void flushesThatWaitDuringOneAreServedByOneMore() throws Exception {
        descriptor.gate = new CountDownLatch(1);
        Thread first = flusher();
        while (descriptor.syncs.get() == 0) {
            Thread.onSpinWait();
        }
        Thread[] waiting = new Thread[8];
        for (int i = 0; i < waiting.length; i++) {
            waiting[i] = flusher();
        }
        for (Thread thread : waiting) {
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        descriptor.gate.countDown();
        first.join();
        for (Thread thread : waiting) {
            thread.join();
        }
        assertEquals(2, descriptor.syncs.get());
    }

    @Test
    void aFlushThatWaitedBehindAFailedOneFailsToo() throws Exception {
        descriptor.gate = new CountDownLatch(1);
        descriptor.failSync = true;
        AtomicInteger failures = new AtomicInteger();
        Thread[] flushers = new Thread[4];
        for (int i = 0; i < flushers.length; i++) {
            flushers[i] = new Thread(() -> {
                try {
                    file.flush();
                } catch (IOException e) {
                    failures.incrementAndGet();
                }
            });
            flushers[i].start();
        }
        for (Thread thread : flushers) {
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        descriptor.gate.countDown();
        for (Thread thread : flushers) {
            thread.join();
        }
        assertEquals(4, failures.get());
        assertEquals(1, descriptor.syncs.get());
    }

    @Test
    void closeWaitsForTheCallInFlight() throws Exception {
        descriptor.gate = new CountDownLatch(1);
        Thread flusher = flusher();
        while (descriptor.syncs.get() == 0) {
            Thread.onSpinWait();
        }
        Thread closer = new Thread(() -> {
            try {
                file.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        closer.start();
        while (closer.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertEquals(0, descriptor.closes.get());
        assertEquals(0, file.tryRead(0, ByteBuffer.allocate(1)));
        assertTrue(closer.isAlive());
        descriptor.gate.countDown();
        closer.join();
        flusher.join();
        assertEquals(1, descriptor.closes.get());
        file.close();
        assertEquals(1, descriptor.closes.get());
    }

    private Thread flusher() {
        Thread thread = new Thread(() -> {
            try {
                file.flush();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        return thread;
    }

    private LocalFile open() {
        try {
            return new LocalFile(Path.of("disk.vhd"), false, descriptor);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static final class FakeDescriptor implements Descriptor {
        private final AtomicInteger syncs = new AtomicInteger();
        private final AtomicInteger writes = new AtomicInteger();
        private final AtomicInteger closes = new AtomicInteger();
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private volatile boolean failSync;
        private volatile boolean full;

        @Override
        public long sizeBytes() {
            return 4096;
        }

        @Override
        public int tryRead(long offsetBytes, ByteBuffer target) {
            return read(offsetBytes, target);
        }

        @Override
        public int read(long offsetBytes, ByteBuffer target) {
            int bytes = target.remaining();
            target.position(target.limit());
            return bytes;
        }

        @Override
        public int write(long offsetBytes, ByteBuffer source) {
            writes.incrementAndGet();
            return read(offsetBytes, source);
        }

        @Override
        public void sync() throws IOException {
            syncs.incrementAndGet();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (failSync) {
                throw full ? new NoSpaceException("No space left on device") : new IOException("Input/output error");
            }
        }

        @Override
        public void resize(long sizeBytes) {}

        @Override
        public boolean reserve(long offsetBytes, long lengthBytes) {
            return true;
        }

        @Override
        public boolean punch(long offsetBytes, long lengthBytes) {
            return true;
        }

        @Override
        public boolean zero(long offsetBytes, long lengthBytes) {
            return true;
        }

        @Override
        public long allocatedBytes() {
            return 0;
        }

        @Override
        public void close() {
            closes.incrementAndGet();
        }
    }
}
