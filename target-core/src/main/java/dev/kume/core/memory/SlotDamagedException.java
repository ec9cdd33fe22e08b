package dev.kume.core.memory;

import java.io.IOException;

/** A slot file holds no record that can be believed. */
public final class SlotDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    public SlotDamagedException(String message) {
        super(message);
    }
}
