package dev.kume.cli.ownership;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.scsi.NexusActivity;
import dev.kume.protocol.validation.ClusterValidator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the hosts themselves have done. A validation that stands in for the nodes of a cluster logs in under their
 * names; what it does to an idle disk says nothing about them.
 */
public final class Hosts {
    private Hosts() {}

    /** False for a nexus of a validation; what nobody asked for is nobody's. */
    public static boolean own(@Nullable ITNexus nexus) {
        return nexus == null || !ClusterValidator.isValidator(nexus.isid());
    }

    /** Reads and writes of hosts. */
    public static List<NexusActivity> activity(List<NexusActivity> all) {
        return all.stream().filter(each -> own(each.nexus())).toList();
    }

    /** Changes of reservations that hosts, administrators or nobody asked for. */
    public static List<ReservationEvent> events(List<ReservationEvent> all) {
        return all.stream().filter(each -> own(each.by())).toList();
    }
}
