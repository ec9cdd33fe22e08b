package dev.kume.core.inventory;

import java.util.List;

/** Who is connected, as far as the rules of removing need to know it. */
@FunctionalInterface
public interface Connections {
    /** Nobody is. */
    Connections NONE = iqn -> List.of();

    /** The normalised names of the initiators that have a session on the target with this iSCSI name. */
    List<String> on(String iqn);
}
