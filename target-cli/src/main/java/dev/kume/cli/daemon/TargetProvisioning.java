package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.InitiatorAllow;
import dev.kume.cli.api.MappingCreate;
import dev.kume.cli.api.MappingSet;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.api.TargetCreate;
import dev.kume.cli.api.TargetSet;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.Credentials;
import dev.kume.core.inventory.InitiatorIdentifier;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.Mappings;
import dev.kume.core.inventory.TargetLogins;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.inventory.Targets;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Creates, changes and removes targets, their access lists and their mappings. Any thread; each call waits its turn.
 */
final class TargetProvisioning {
    private final String iqnPrefix;
    private final String host;
    private final Limits limits;
    private final Changes changes;
    private final Exports exports;
    private final HostNameCheck hostNames;
    private final SecretShelf secrets;
    private final Clock clock;

    /** @param host the name of this host, for IQNs */
    TargetProvisioning(
            String iqnPrefix,
            String host,
            Limits limits,
            Changes changes,
            Exports exports,
            HostNameCheck hostNames,
            SecretShelf secrets,
            Clock clock) {
        this.iqnPrefix = iqnPrefix;
        this.host = host;
        this.limits = limits;
        this.changes = changes;
        this.exports = exports;
        this.hostNames = hostNames;
        this.secrets = secrets;
        this.clock = clock;
    }

    TargetRecord create(TargetCreate request) {
        String name = Requests.required("name", request.name());
        String iqn = request.iqn() == null ? Targets.defaultIqn(iqnPrefix, host, name) : request.iqn();
        List<String> initiators = request.initiators() == null ? List.of() : request.initiators();
        for (String initiator : initiators) {
            Requests.required("initiators", initiator);
        }
        hostNames.check(initiators.stream().map(InitiatorIdentifier::parse).toList());
        String description = Objects.requireNonNullElse(request.description(), "");
        return changes.inTurn(() -> changes.apply(inventory -> {
                    Inventory next = Targets.add(inventory, name, iqn, initiators, description, clock.now(), limits);
                    ChapRule rule = ChapRequests.changed(ChapRule.NONE, request.chap(), request.mutual());
                    return withLogins(next, name, rule, request.portals(), null);
                })
                .target(name));
    }

    private Inventory withLogins(
            Inventory inventory,
            String name,
            ChapRule rule,
            @Nullable List<String> portals,
            @Nullable String redirect) {
        Inventory next = TargetLogins.setChap(inventory, name, rule);
        if (portals != null) {
            portals.forEach(portal -> Requests.required("portals", portal));
            next = TargetLogins.setPortals(next, name, portals, exports.portalNames());
        }
        if (redirect != null) {
            next = TargetLogins.setRedirect(next, name, redirect.isEmpty() ? null : redirect(redirect));
        }
        Credentials.checkUses(next, secrets::same);
        return next;
    }

    /** Where a login may be sent: not to a place that would send it there again. */
    String redirect(String text) {
        InetSocketAddress address;
        try {
            address = ListenAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.INVALID, String.valueOf(e.getMessage()), null);
        }
        if (address.getAddress().isAnyLocalAddress() || address.getAddress().isMulticastAddress()) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "no login can be sent to %s".formatted(text),
                    "write the address of one portal, such as 192.168.10.1:3260");
        }
        String place = ListenAddress.format(address);
        for (StatusView.Portal portal : exports.portals()) {
            if (portal.address().equals(place)) {
                throw new ApiException(
                        ErrorCode.INVALID,
                        "%s is the portal '%s' of this server, which would send the login there again"
                                .formatted(place, portal.name()),
                        "name another server; --portal ties the target to portals of this one");
            }
        }
        return place;
    }

    TargetRecord set(String name, TargetSet request) {
        if (request.equals(new TargetSet(null, null, null))) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "nothing is to be changed",
                    "give rename, description, enabled, chap, mutual, portals or redirect");
        }
        return changes.inTurn(() -> {
            TargetRecord before = changes.current().target(name);
            Inventory changed = changes.apply(inventory -> {
                Inventory next = inventory;
                if (request.description() != null) {
                    next = Targets.describe(next, name, request.description());
                }
                if (request.enabled() != null) {
                    next = Targets.enable(next, name, request.enabled());
                }
                ChapRule rule = ChapRequests.changed(before.chap(), request.chap(), request.mutual());
                next = withLogins(next, name, rule, request.portals(), request.redirect());
                return request.rename() == null ? next : Targets.rename(next, name, request.rename());
            });
            return changed.target(before.iqn());
        });
    }

    TargetRecord remove(String name, boolean force) {
        return changes.inTurn(() -> {
            TargetRecord target = changes.current().target(name);
            changes.apply(inventory -> Targets.remove(inventory, name, exports.connections(), force));
            return target;
        });
    }

    /** @param request null: nothing is said about credentials */
    TargetRecord allow(String name, String initiator, @Nullable InitiatorAllow request) {
        InitiatorIdentifier entry = InitiatorIdentifier.parse(initiator);
        if (!changes.current().target(name).initiators().contains(entry.text())) {
            hostNames.check(List.of(entry));
        }
        return changes.inTurn(() -> changes.apply(inventory -> {
                    Inventory next = Targets.allow(inventory, name, initiator, limits);
                    return request == null ? next : withOwnChap(next, name, entry.text(), request);
                })
                .target(name));
    }

    private Inventory withOwnChap(Inventory inventory, String name, String initiator, InitiatorAllow request) {
        boolean asTarget = Boolean.TRUE.equals(request.asTarget());
        if (asTarget && (request.chap() != null || request.mutual() != null)) {
            throw new ApiException(
                    ErrorCode.INVALID, "asTarget does not go together with chap or mutual", "leave one out");
        }
        if (!asTarget && request.chap() == null && request.mutual() == null) {
            return inventory;
        }
        ChapRule before = inventory.target(name).chapOf().getOrDefault(initiator, ChapRule.NONE);
        ChapRule rule = asTarget ? null : ChapRequests.changed(before, request.chap(), request.mutual());
        Inventory next = TargetLogins.setChapOf(inventory, name, initiator, rule);
        Credentials.checkUses(next, secrets::same);
        return next;
    }

    TargetRecord deny(String name, String initiator, boolean force) {
        return changes.inTurn(
                () -> changes.apply(inventory -> Targets.deny(inventory, name, initiator, exports.connections(), force))
                        .target(name));
    }

    Mapping map(MappingCreate request) {
        String disk = Requests.required("disk", request.disk());
        String target = Requests.required("target", request.target());
        return changes.inTurn(() -> Mappings.find(
                changes.apply(inventory -> Mappings.map(
                        inventory, disk, target, request.lun(), Boolean.TRUE.equals(request.readOnly()), limits)),
                disk,
                target));
    }

    /** Lets a disk be written through a target, or not: when this returns, no write is under way that may not be. */
    Mapping protect(String disk, String target, MappingSet request) {
        boolean readOnly = Requests.required("readOnly", request.readOnly());
        return changes.inTurn(() -> Mappings.find(
                changes.apply(inventory -> Mappings.protect(inventory, disk, target, readOnly)), disk, target));
    }

    Mapping unmap(String disk, String target, boolean force) {
        return changes.inTurn(() -> {
            Mapping mapping = Mappings.find(changes.current(), disk, target);
            changes.apply(inventory -> Mappings.unmap(inventory, disk, target, exports.connections(), force));
            return mapping;
        });
    }
}
