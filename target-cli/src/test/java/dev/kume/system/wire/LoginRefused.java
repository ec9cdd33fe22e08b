package dev.kume.system.wire;

import java.io.IOException;

/** The target refused a login: the status of RFC 7143 11.13.5. */
public final class LoginRefused extends IOException {
    private static final long serialVersionUID = 1L;

    private final int statusClass;
    private final int statusDetail;

    LoginRefused(int statusClass, int statusDetail) {
        super("login refused with status %d/%02d".formatted(statusClass, statusDetail));
        this.statusClass = statusClass;
        this.statusDetail = statusDetail;
    }

    /** Class and detail as {@code 2/03}. */
    public String status() {
        return "%d/%02d".formatted(statusClass, statusDetail);
    }
}
