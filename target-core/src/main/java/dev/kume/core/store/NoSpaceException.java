package dev.kume.core.store;

import java.io.IOException;

/** The device or the quota is full. What was there before stays; free space, and the call can be tried again. */
public final class NoSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    public NoSpaceException(String message) {
        super(message);
    }
}
