package dev.kume.protocol.isns;

import dev.kume.protocol.isns.IsnsObjects.Group;
import dev.kume.protocol.isns.IsnsObjects.Node;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/** The requests that make a server have what it should have: objects in, payloads out. */
final class IsnsPlan {
    /** Where a message is full: one PDU, unless a single target fills more. */
    static final int MESSAGE_BYTES = 32_768;

    private static final int ISCSI = 2;
    private static final int TARGET = 1;

    private final IsnsOptions options;

    IsnsPlan(IsnsOptions options) {
        this.options = options;
    }

    /**
     * From nothing that is known: whatever the server still has of this entity is replaced.
     *
     * @param wanted not empty
     */
    Deque<IsnsRequest> register(IsnsObjects wanted) {
        IsnsAttributes beginning = new IsnsAttributes()
                .text(IsnsTag.ENTITY_IDENTIFIER, options.entity())
                .number(IsnsTag.ENTITY_PROTOCOL, ISCSI)
                .number(IsnsTag.REGISTRATION_PERIOD, options.periodSeconds());
        wanted.portals().forEach(portal -> portal(beginning, portal));
        return registrations(wanted.source(), beginning, wanted.targets().values(), true);
    }

    /**
     * From one to the other, where neither is empty. What is new comes before what goes, so that the entity never
     * stands there without a target: the server would forget it.
     */
    Deque<IsnsRequest> change(IsnsObjects have, IsnsObjects wanted) {
        IsnsAttributes portals = new IsnsAttributes();
        for (InetSocketAddress portal : wanted.portals()) {
            if (!have.portals().contains(portal)) {
                portal(portals, portal);
            }
        }
        List<Node> changed = new ArrayList<>();
        for (Node target : wanted.targets().values()) {
            if (!target.equals(have.targets().get(target.name()))) {
                changed.add(target);
            }
        }
        String known = have.targets().keySet().stream()
                .filter(wanted.targets()::containsKey)
                .findFirst()
                .orElse(have.source());
        Deque<IsnsRequest> requests = portals.size() == 0 && changed.isEmpty()
                ? new ArrayDeque<>()
                : registrations(known, portals, changed, false);
        List<IsnsAttributes> gone = new ArrayList<>();
        for (InetSocketAddress portal : have.portals()) {
            if (!wanted.portals().contains(portal)) {
                gone.add(portal(new IsnsAttributes(), portal));
            }
        }
        for (String name : have.targets().keySet()) {
            if (!wanted.targets().containsKey(name)) {
                gone.add(new IsnsAttributes().text(IsnsTag.ISCSI_NAME, name));
            }
        }
        requests.addAll(deregistrations(wanted.source(), gone));
        return requests;
    }

    /** Asks whether the entity is still there, and for how long. Any message of ours is a refresh (section 6.2.6). */
    IsnsRequest query(IsnsObjects have) {
        return new IsnsRequest(
                IsnsFunction.DEV_ATTR_QRY,
                false,
                key(have.source())
                        .empty(IsnsTag.ENTITY_IDENTIFIER)
                        .empty(IsnsTag.REGISTRATION_PERIOD)
                        .payload());
    }

    /** Takes away the entity and all that is in it. */
    IsnsRequest deregister(IsnsObjects have) {
        IsnsAttributes entity = new IsnsAttributes().text(IsnsTag.ENTITY_IDENTIFIER, options.entity());
        return deregistrations(have.source(), List.of(entity)).getFirst();
    }

    private Deque<IsnsRequest> registrations(
            String source, IsnsAttributes beginning, Collection<Node> targets, boolean replace) {
        Deque<IsnsRequest> requests = new ArrayDeque<>();
        IsnsAttributes message = key(source).add(beginning);
        boolean filled = beginning.size() > 0;
        for (Node target : targets) {
            IsnsAttributes more = node(target);
            // The source must be in the first message, for it is that message which makes it known.
            boolean mayWait = !(requests.isEmpty() && target.name().equals(source));
            if (filled && mayWait && message.size() + more.size() > MESSAGE_BYTES) {
                requests.add(registration(message, replace && requests.isEmpty()));
                message = key(source);
            }
            message.add(more);
            filled = true;
        }
        requests.add(registration(message, replace && requests.isEmpty()));
        return requests;
    }

    private static IsnsRequest registration(IsnsAttributes message, boolean replace) {
        return new IsnsRequest(IsnsFunction.DEV_ATTR_REG, replace, message.payload());
    }

    /** DevDereg has no message key (section 5.6.5.4). */
    private static Deque<IsnsRequest> deregistrations(String source, List<IsnsAttributes> gone) {
        Deque<IsnsRequest> requests = new ArrayDeque<>();
        IsnsAttributes message = null;
        for (IsnsAttributes object : gone) {
            if (message != null && message.size() + object.size() > MESSAGE_BYTES) {
                requests.add(new IsnsRequest(IsnsFunction.DEV_DEREG, false, message.payload()));
                message = null;
            }
            if (message == null) {
                message = new IsnsAttributes().text(IsnsTag.ISCSI_NAME, source).delimiter();
            }
            message.add(object);
        }
        if (message != null) {
            requests.add(new IsnsRequest(IsnsFunction.DEV_DEREG, false, message.payload()));
        }
        return requests;
    }

    /** Source attribute, message key and delimiter. */
    private IsnsAttributes key(String source) {
        return new IsnsAttributes()
                .text(IsnsTag.ISCSI_NAME, source)
                .text(IsnsTag.ENTITY_IDENTIFIER, options.entity())
                .delimiter();
    }

    /** The upper half of the port attribute is 0: TCP (section 6.3.2). */
    private static IsnsAttributes portal(IsnsAttributes attributes, InetSocketAddress portal) {
        return attributes
                .address(IsnsTag.PORTAL_IP_ADDRESS, portal.getAddress())
                .number(IsnsTag.PORTAL_PORT, portal.getPort());
    }

    private static IsnsAttributes node(Node target) {
        IsnsAttributes attributes = new IsnsAttributes()
                .text(IsnsTag.ISCSI_NAME, target.name())
                .number(IsnsTag.ISCSI_NODE_TYPE, TARGET)
                .text(IsnsTag.ISCSI_ALIAS, target.alias());
        for (Group group : target.groups()) {
            attributes
                    .text(IsnsTag.PG_ISCSI_NAME, target.name())
                    .address(IsnsTag.PG_PORTAL_IP_ADDRESS, group.portal().getAddress())
                    .number(IsnsTag.PG_PORTAL_PORT, group.portal().getPort());
            Integer tag = group.tag();
            if (tag == null) {
                attributes.empty(IsnsTag.PG_TAG);
            } else {
                attributes.number(IsnsTag.PG_TAG, tag);
            }
        }
        return attributes;
    }
}
