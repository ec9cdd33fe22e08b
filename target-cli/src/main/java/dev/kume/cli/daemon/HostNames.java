package dev.kume.cli.daemon;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Asks DNS; may take its time. */
@FunctionalInterface
interface HostNames {
    /** The resolver of this host. */
    HostNames OF_THIS_HOST = InetAddress::getAllByName;

    /** The addresses of a name; throws when it has none. */
    InetAddress[] lookUp(String name) throws UnknownHostException;
}
