package dev.kume.protocol.server;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A portal cannot be opened; the message names the address, the reason and the remedy. */
public final class PortalException extends IOException {
    private static final long serialVersionUID = 1L;

    PortalException(String portal, InetSocketAddress address, Throwable cause) {
        super(words(portal, address, String.valueOf(cause.getMessage())), cause);
    }

    private static String words(String portal, InetSocketAddress address, String reason) {
        String where =
                "portal \"%s\": %s:%d".formatted(portal, address.getAddress().getHostAddress(), address.getPort());
        if (reason.contains("in use")) {
            return where + " is in use by another program; stop it, or let the portal listen elsewhere";
        }
        if (reason.contains("assign requested address") || reason.contains("not available")) {
            return where + " is not an address of this host; give one of its own, or 0.0.0.0 for all";
        }
        if (reason.contains("ermission")) {
            return where + " may not be used by this user; use a port from 1024 on, or grant the right";
        }
        return where + ": " + reason;
    }
}
