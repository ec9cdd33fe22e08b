package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.MappingCreate;
import dev.kume.cli.api.TargetCreate;
import dev.kume.cli.api.TargetSet;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.inventory.InitiatorIdentifier;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.Mappings;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.inventory.Targets;
import java.util.List;
import java.util.Objects;

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
    private final Clock clock;

    /** @param host the name of this host, for IQNs */
    TargetProvisioning(
            String iqnPrefix,
            String host,
            Limits limits,
            Changes changes,
            Exports exports,
            HostNameCheck hostNames,
            Clock clock) {
        this.iqnPrefix = iqnPrefix;
        this.host = host;
        this.limits = limits;
        this.changes = changes;
        this.exports = exports;
        this.hostNames = hostNames;
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
        return changes.inTurn(() -> changes.apply(
                        inventory -> Targets.add(inventory, name, iqn, initiators, description, clock.now(), limits))
                .target(name));
    }

    TargetRecord set(String name, TargetSet request) {
        if (request.rename() == null && request.description() == null && request.enabled() == null) {
            throw new ApiException(
                    ErrorCode.INVALID, "nothing is to be changed", "give rename, description or enabled");
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

    TargetRecord allow(String name, String initiator) {
        InitiatorIdentifier entry = InitiatorIdentifier.parse(initiator);
        if (!changes.current().target(name).initiators().contains(entry.text())) {
            hostNames.check(List.of(entry));
        }
        return changes.inTurn(() -> changes.apply(inventory -> Targets.allow(inventory, name, initiator, limits))
                .target(name));
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
                changes.apply(inventory -> Mappings.map(inventory, disk, target, request.lun(), limits)),
                disk,
                target));
    }

    Mapping unmap(String disk, String target, boolean force) {
        return changes.inTurn(() -> {
            Mapping mapping = Mappings.find(changes.current(), disk, target);
            changes.apply(inventory -> Mappings.unmap(inventory, disk, target, exports.connections(), force));
            return mapping;
        });
    }
}
