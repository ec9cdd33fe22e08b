package dev.kume.protocol.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;

/** A portal cannot be opened; the message names the address, the reason and the remedy. */
public final class PortalException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean inUse;
    private final ArrayList<PortalException> lost = new ArrayList<>(1);

    PortalException(String portal, InetSocketAddress address, Throwable cause) {
        super(words(portal, address, reason(cause)), cause);
        inUse = reason(cause).contains("in use");
    }

    /** True when somebody else listens there. */
    public boolean isInUse() {
        return inUse;
    }

    /** Another socket had made room for this one and could not be opened again. */
    void alsoLost(PortalException other) {
        lost.add(other);
    }

    @Override
    public String getMessage() {
        StringBuilder message = new StringBuilder(String.valueOf(super.getMessage()));
        lost.forEach(other -> message.append("; and what was closed for it did not open again: ")
                .append(other.getMessage()));
        return message.toString();
    }

    private static String reason(Throwable cause) {
        Throwable root = cause;
        for (Throwable next = root.getCause(); next != null; next = next.getCause()) {
            root = next;
        }
        return String.valueOf(root.getMessage());
    }

    private static String words(String portal, InetSocketAddress address, String reason) {
        String host = address.getAddress().getHostAddress();
        String where = "portal \"%s\": %s:%d"
                .formatted(portal, host.indexOf(':') < 0 ? host : "[" + host + "]", address.getPort());
        if (reason.contains("in use")) {
            return where + " is in use by another program; stop it, or let the portal listen elsewhere";
        }
        if (reason.contains("assign requested address") || reason.contains("not available")) {
            return where
                    + " is not an address of this host; give one of its own, or %s for all"
                            .formatted(host.indexOf(':') < 0 ? "0.0.0.0" : "[::]");
        }
        if (reason.contains("ermission")) {
            return where + " may not be used by this user; use a port from 1024 on, or grant the right";
        }
        if (reason.contains("ddress family") || reason.contains("rotocol family")) {
            return where + " cannot be opened, for this host has no IPv6; give an IPv4 address";
        }
        return where + ": " + reason;
    }
}
