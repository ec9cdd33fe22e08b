package dev.kume.cli.daemon;

import dev.kume.cli.log.ServiceEvent;
import dev.kume.protocol.connection.PortalGroup;
import dev.kume.protocol.connection.SessionInfo;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of portals, in the log. */
final class PortalLog {
    private static final Logger LOG = LoggerFactory.getLogger(PortalLog.class);

    private PortalLog() {}

    /** Tells how the portals that are open differ from those that were. */
    static void changed(List<PortalGroup> before, List<PortalGroup> now) {
        before.stream()
                .filter(portal -> now.stream().noneMatch(each -> each.name().equals(portal.name())))
                .forEach(portal -> ServiceEvent.PORTAL_CLOSED.log(LOG, portal.name()));
        now.stream()
                .filter(portal -> !before.contains(portal))
                .forEach(portal -> ServiceEvent.PORTAL_OPENED.log(
                        LOG,
                        portal.name(),
                        portal.listen().stream().map(ListenAddress::format).collect(Collectors.joining(", "))));
    }

    /** Tells which sessions of a closed portal did not log out in time. */
    static void cut(List<SessionInfo> sessions) {
        sessions.forEach(session -> ServiceEvent.PORTAL_CUT.log(
                LOG, session.initiatorName(), ListenAddress.format(session.peer()), session.targetName()));
    }
}
