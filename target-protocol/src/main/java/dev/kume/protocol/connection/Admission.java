package dev.kume.protocol.connection;

import dev.kume.protocol.login.AccessDecision;
import dev.kume.protocol.login.LoginIdentity;
import dev.kume.protocol.login.SessionType;
import dev.kume.protocol.pdu.LoginStatus;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who may enter through one connection, and what it may see: access lists, portals, switched-off and moved targets.
 * Confined to the connection's loop.
 *
 * <p>A DNS name is looked up forward, from what the administrator wrote to the address the peer really has. What a
 * peer's address claims to be called is never asked: whoever owns the address could have written that.
 */
final class Admission {
    private final ServerContext server;
    private final PortalGroup portalGroup;
    private final InetAddress peer;

    Admission(ServerContext server, PortalGroup portalGroup, InetAddress peer) {
        this.server = server;
        this.portalGroup = portalGroup;
        this.peer = peer;
    }

    /**
     * Decides about a login.
     *
     * @param mayWait true: undecided while names have to be looked up that may let the initiator in
     */
    AccessDecision decide(LoginIdentity identity, boolean mayWait) {
        if (mayWait && !server.hostNames().fresh(names(identity)).keySet().containsAll(names(identity))) {
            return new AccessDecision.Undecided();
        }
        return decide(identity, server.hostNames().fresh(names(identity)));
    }

    /** Decides again about a login that was granted a while ago. */
    AccessDecision decideAgain(LoginIdentity identity) {
        return decide(identity, server.hostNames().known(names(identity)));
    }

    private AccessDecision decide(LoginIdentity identity, Map<String, Set<InetAddress>> resolved) {
        if (server.targets().draining()) {
            return new AccessDecision.Denied(LoginStatus.SERVICE_UNAVAILABLE, "the server is stopping");
        }
        String name = identity.targetName();
        if (identity.sessionType() == SessionType.DISCOVERY || name == null) {
            return new AccessDecision.Granted(
                    portalGroup.tag(), null, server.security().discovery());
        }
        Target target = server.targets().get(name);
        if (target == null) {
            return new AccessDecision.Denied(LoginStatus.NOT_FOUND, "there is no target " + name);
        }
        Target.Definition definition = target.definition();
        if (!definition.isSeenThrough(portalGroup.name())) {
            return new AccessDecision.Denied(
                    LoginStatus.NOT_FOUND,
                    "target %s is not served through portal %s".formatted(name, portalGroup.name()));
        }
        if (!definition.access().allows(identity.initiatorName(), peer, resolved)) {
            return new AccessDecision.Denied(
                    LoginStatus.AUTHORIZATION_FAILURE,
                    "%s is not allowed on %s%s"
                            .formatted(identity.initiatorName(), name, unresolved(definition, resolved)));
        }
        if (!definition.enabled()) {
            return new AccessDecision.Denied(LoginStatus.SERVICE_UNAVAILABLE, name + " is disabled");
        }
        String elsewhere = definition.redirect();
        if (elsewhere != null) {
            return new AccessDecision.Redirected(elsewhere);
        }
        String alias = definition.description();
        return new AccessDecision.Granted(
                portalGroup.tag(),
                alias.isBlank() ? null : alias,
                definition.authenticationFor(identity.initiatorName()));
    }

    private static String unresolved(Target.Definition definition, Map<String, Set<InetAddress>> resolved) {
        String names = String.join(
                ", ",
                definition.access().hostNames().stream()
                        .filter(name -> resolved.getOrDefault(name, Set.of()).isEmpty())
                        .sorted()
                        .toList());
        return names.isEmpty() ? "" : "; DNS has no address, or did not answer in time, for " + names;
    }

    /** The DNS names on which this login depends: none when an iSCSI name or a network settles it already. */
    Set<String> names(LoginIdentity identity) {
        String name = identity.targetName();
        Set<String> names = new HashSet<>();
        if (identity.sessionType() == SessionType.DISCOVERY || name == null) {
            server.targets().all().forEach(target -> addNames(target.definition(), identity, names));
        } else {
            Target target = server.targets().get(name);
            if (target != null) {
                addNames(target.definition(), identity, names);
            }
        }
        return names;
    }

    private void addNames(Target.Definition definition, LoginIdentity identity, Set<String> names) {
        AccessList access = definition.access();
        if (definition.isSeenThrough(portalGroup.name())
                && access.hasHostNames()
                && !access.allows(identity.initiatorName(), peer, Map.of())) {
            names.addAll(access.hostNames());
        }
    }

    /** True when a session of this initiator may stay, by what DNS has said last. */
    boolean mayStay(String initiatorName, Target.Definition definition) {
        AccessList access = definition.access();
        return access.allows(initiatorName, peer, server.hostNames().known(access.hostNames()));
    }

    /** True when this initiator is told of the target. */
    boolean mayKnow(String initiatorName, Target.Definition definition) {
        return definition.isSeenThrough(portalGroup.name()) && mayStay(initiatorName, definition);
    }
}
