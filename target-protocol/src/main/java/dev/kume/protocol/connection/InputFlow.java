package dev.kume.protocol.connection;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;

/**
 * Whether a connection takes input at the moment, and what its output tells of the peer. Loop only.
 *
 * <p>Input is paused while output waits. It is paused too while memory for write data is short, but not for a session
 * that has data on its way in: memory comes free when that has arrived.
 */
final class InputFlow {
    private static final long MEMORY_RETRY_MILLIS = 5;

    private final Channel channel;
    private final LoopContext loop;
    private boolean paused;
    private boolean lookAsked;
    private boolean drained;
    private long bytesToDrain;

    InputFlow(Channel channel, LoopContext loop) {
        this.channel = channel;
        this.loop = loop;
    }

    /**
     * Pauses or resumes as things are now.
     *
     * @return true when input has just been paused for want of memory
     */
    boolean pauseOrResume(boolean expectsData) {
        boolean pause = !channel.isWritable() || (memoryIsShort() && !expectsData);
        if (pause == paused) {
            return false;
        }
        paused = pause;
        channel.config().setAutoRead(!pause);
        return lacksMemory();
    }

    private boolean memoryIsShort() {
        return loop.dataOut().takenBytes() > loop.dataOut().limitBytes();
    }

    /** True while nothing but memory is waited for: what the peer says meanwhile is not heard. */
    boolean lacksMemory() {
        return paused && channel.isWritable();
    }

    /** Runs this in a few milliseconds, once however often it is asked for. */
    void lookAgainSoon(Runnable look) {
        if (!lookAsked) {
            lookAsked = true;
            loop.after(MEMORY_RETRY_MILLIS, TimeUnit.MILLISECONDS, () -> {
                lookAsked = false;
                look.run();
            });
        }
    }

    /** The output has become short enough again. */
    void drained() {
        drained = true;
    }

    /** True when the peer has taken something of waiting output since the last time: somebody is there. */
    boolean takesOutput() {
        long before = bytesToDrain;
        bytesToDrain = channel.bytesBeforeWritable();
        boolean took = drained || (paused && bytesToDrain < before);
        drained = false;
        return took;
    }
}
