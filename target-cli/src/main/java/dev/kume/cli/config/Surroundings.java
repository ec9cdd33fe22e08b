package dev.kume.cli.config;

import dev.kume.core.Limits;
import dev.kume.core.inventory.Connections;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.inventory.Sharing;
import java.time.Instant;
import java.util.List;

/** What a desired state is resolved in: the daemon with its settings, its files and its sessions. */
public interface Surroundings {
    /** What is known of the secret that was given for a credential. */
    enum Secret {
        /** None was: the one that is there stays. */
        NOT_GIVEN,
        /** It is the one that is there. */
        SAME,
        /** It is another one, or the first. */
        NEW
    }

    /** The IQN of a target that is given none. */
    String iqnOf(String target);

    /**
     * The record of a disk that is not there yet: a file of its own is made for it, or, with an identity, the file that
     * is there is taken over.
     *
     * @throws InventoryException when that cannot be
     */
    DiskRecord newDisk(ConfigDocument.Disk disk, Sharing sharing);

    /** The names of the portals that there are. */
    List<String> portals();

    /**
     * Where logins may be sent, as it is kept.
     *
     * @throws InventoryException when they may not be sent there
     */
    String redirect(String text);

    Secret secret(String credential);

    Instant now();

    Limits limits();

    /** Who is connected. */
    Connections connections();
}
