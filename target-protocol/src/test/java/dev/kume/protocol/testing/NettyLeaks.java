package dev.kume.protocol.testing;

import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Hears what Netty's leak detector finds: buffers that were collected and never released. Thread safe. */
public final class NettyLeaks {
    private static final ConcurrentLinkedQueue<String> FOUND = new ConcurrentLinkedQueue<>();

    private NettyLeaks() {}

    /** Must come before the first buffer. The detector says nothing by itself when nobody logs. */
    public static void listen() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {
            @Override
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                    Class<T> resource, int samplingInterval, long maxActive) {
                return new Detector<>(resource, samplingInterval);
            }

            @Override
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
                return new Detector<>(resource, samplingInterval);
            }
        });
    }

    private static final class Detector<T> extends ResourceLeakDetector<T> {
        private Detector(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            FOUND.add(resourceType + " was never released:" + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            FOUND.add(resourceType + " was never released");
        }
    }

    /** What was found since the last time, after a garbage collection. */
    public static List<String> take() {
        // A collected buffer is reported when the next one is made.
        for (int i = 0; i < 3; i++) {
            System.gc();
            Unpooled.directBuffer(1).release();
            Unpooled.buffer(1).release();
        }
        List<String> all = new ArrayList<>();
        for (String leak = FOUND.poll(); leak != null; leak = FOUND.poll()) {
            all.add(leak);
        }
        return all;
    }
}
