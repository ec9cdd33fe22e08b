package dev.kume.protocol.initiator;

import io.netty.channel.EventLoop;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A Netty event loop as an initiator sees it. */
record NettyLoop(EventLoop loop) implements InitiatorLoop {
    @Override
    public boolean inLoop() {
        return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable action) {
        loop.execute(action);
    }

    @Override
    public Timer schedule(Runnable action, long delayNanos) {
        Future<?> scheduled = loop.schedule(action, delayNanos, TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }
}
