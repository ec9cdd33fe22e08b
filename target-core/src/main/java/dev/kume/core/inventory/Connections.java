package dev.kume.core.inventory;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;

/** Who is connected, as far as the rules of removing need to know it. */
@FunctionalInterface
public interface Connections {
    /** Nobody is. */
    Connections NONE = iqn -> List.of();

    /**
     * One session.
     *
     * @param name    of the initiator, normalised
     * @param address where its connection comes from
     */
    record Connected(String name, InetAddress address) {}

    /** The sessions on the target with this iSCSI name. */
    List<Connected> on(String iqn);

    /** The initiators' names, each once, for messages. */
    static String names(List<Connected> sessions) {
        return sessions.stream().map(Connected::name).distinct().sorted().collect(Collectors.joining(", "));
    }
}
