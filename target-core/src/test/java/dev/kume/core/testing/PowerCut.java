package dev.kume.core.testing;

/** The host is down: whoever meets this was in the middle of a call, and runs no further. Only a test catches it. */
public final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;

    PowerCut() {
        super("the power is gone", null, false, false);
    }
}
