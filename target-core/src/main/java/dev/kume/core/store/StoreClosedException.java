package dev.kume.core.store;

import java.nio.channels.ClosedChannelException;

/** The store was closed, so its disk is offline; the call did nothing. */
public final class StoreClosedException extends ClosedChannelException {
    private static final long serialVersionUID = 1L;

    private final String location;

    public StoreClosedException(String location) {
        this.location = location;
    }

    @Override
    public String getMessage() {
        return location + " is closed";
    }
}
