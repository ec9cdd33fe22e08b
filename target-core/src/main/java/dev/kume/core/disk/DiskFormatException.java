package dev.kume.core.disk;

import java.io.IOException;

/** A disk file is not what its format demands; the message names the thing, the place and the remedy. */
public class DiskFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    public DiskFormatException(String message) {
        super(message);
    }
}
