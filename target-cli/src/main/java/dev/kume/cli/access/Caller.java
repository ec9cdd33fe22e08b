package dev.kume.cli.access;

/**
 * Who asks the management API for something: one who may open the local socket, or one with a token.
 *
 * @param name the user of the system at the local socket; the name of the token over the network
 * @param role what he may do
 * @param from {@link #LOCAL}, or the address and port of the client: {@code 192.168.1.7:50312}
 */
public record Caller(String name, Role role, String from) {
    /** The place of those who open the socket on this host. */
    public static final String LOCAL = "local";

    /** Whose name the system does not tell. */
    private static final String UNKNOWN = "unknown";

    /** One who may open the local socket: the file system has let him in, so he may do everything. */
    public static Caller local(String user) {
        return new Caller(user.isEmpty() ? UNKNOWN : user, Role.ADMIN, LOCAL);
    }

    /** True for one on this host. */
    public boolean isLocal() {
        return from.equals(LOCAL);
    }
}
