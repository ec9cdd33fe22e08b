package dev.kume.core.inventory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rules of how logins reach a target: proof, portals, redirection. Each returns the next inventory, the same one
 * when nothing changes, or throws {@link InventoryException}.
 */
public final class TargetLogins {
    private TargetLogins() {}

    /** How initiators prove themselves that have no way of their own. Sessions that are there stay. */
    public static Inventory setChap(Inventory inventory, String name, ChapRule rule) {
        TargetRecord target = inventory.target(name);
        return changed(inventory, target, target.withChap(Credentials.known(inventory, rule)));
    }

    /**
     * How one initiator proves itself.
     *
     * @param initiator an iSCSI name that the target allows
     * @param rule      null: as the target says for all
     */
    public static Inventory setChapOf(Inventory inventory, String name, String initiator, @Nullable ChapRule rule) {
        TargetRecord target = inventory.target(name);
        InitiatorIdentifier entry = InitiatorIdentifier.parse(initiator);
        if (!(entry instanceof InitiatorIdentifier.Name)) {
            throw InventoryException.invalid(
                    "'%s' is not an iSCSI name, and only an initiator that is named can have a credential of its own"
                            .formatted(entry.text()),
                    "use 'kume target set %s --chap CRED' for all others".formatted(target.name()));
        }
        if (!target.initiators().contains(entry.text())) {
            throw InventoryException.invalid(
                    "target '%s' does not allow %s".formatted(target.name(), entry.text()), "allow it first");
        }
        Map<String, ChapRule> all = new TreeMap<>(target.chapOf());
        if (rule == null) {
            all.remove(entry.text());
        } else if (rule.isRequired()) {
            all.put(entry.text(), Credentials.known(inventory, rule));
        } else {
            throw InventoryException.invalid(
                    "%s would need no proof on target '%s'".formatted(entry.text(), target.name()),
                    "name a credential for it");
        }
        return changed(inventory, target, target.withChapOf(all));
    }

    /**
     * Ties a target to portals.
     *
     * @param portals names; none: it is seen through all
     * @param known   the portals there are
     */
    public static Inventory setPortals(Inventory inventory, String name, List<String> portals, List<String> known) {
        TargetRecord target = inventory.target(name);
        List<String> exact = new ArrayList<>();
        for (String portal : portals) {
            exact.add(known.stream()
                    .filter(there -> there.equalsIgnoreCase(portal))
                    .findFirst()
                    .orElseThrow(() -> new InventoryException(
                            InventoryException.Kind.NOT_FOUND,
                            "kume.yaml has no portal '%s'".formatted(portal),
                            "it has: " + String.join(", ", known),
                            "portal",
                            portal,
                            List.of())));
        }
        return changed(inventory, target, target.withPortals(exact));
    }

    /**
     * Sends logins elsewhere (RFC 7143 11.13.5, status 1/01).
     *
     * @param redirect {@code address:port}; null: logins are served here
     */
    public static Inventory setRedirect(Inventory inventory, String name, @Nullable String redirect) {
        TargetRecord target = inventory.target(name);
        return changed(inventory, target, target.withRedirect(redirect));
    }

    private static Inventory changed(Inventory inventory, TargetRecord target, TargetRecord next) {
        return next.equals(target) ? inventory : inventory.withTarget(target, next);
    }
}
