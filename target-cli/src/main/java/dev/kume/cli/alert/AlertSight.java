package dev.kume.cli.alert;

import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.StatusView;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import java.util.List;

/** What those who look for alerts see of the server. On their thread; may wait for event loops, not for a device. */
public interface AlertSight {
    Inventory inventory();

    DiskLook look(DiskRecord disk);

    /** All sessions, those of validations too. */
    List<SessionView> sessions();

    /** Everybody who has ever tried. */
    List<InitiatorView> initiators();

    /** Every address listened on. */
    List<StatusView.Portal> portals();
}
