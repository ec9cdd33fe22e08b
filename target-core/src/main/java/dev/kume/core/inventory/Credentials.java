package dev.kume.core.inventory;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * The rules of adding, changing, removing and using credentials. Each returns the next inventory or throws {@link
 * InventoryException}.
 */
public final class Credentials {
    private Credentials() {}

    /** Adds a credential. */
    public static Inventory add(Inventory inventory, String name, String user, Instant created, Limits limits) {
        CredentialRecord credential = new CredentialRecord(name, user, 1, created);
        CredentialRecord other = inventory.findCredential(name);
        if (other != null) {
            throw InventoryException.conflict(
                    "credential",
                    other.name(),
                    "there is a credential '%s' already".formatted(other.name()),
                    "choose another name, or give it a new secret with 'kume credential set %s'"
                            .formatted(other.name()));
        }
        if (inventory.credentials().size() >= limits.get(Limit.CREDENTIALS)) {
            throw InventoryException.limit(
                    "there are %d credentials, the most that limits.%s allows"
                            .formatted(inventory.credentials().size(), Limit.CREDENTIALS.key()),
                    "remove one or raise the limit in kume.yaml");
        }
        return inventory.withCredential(credential);
    }

    /** Changes the user. */
    public static Inventory setUser(Inventory inventory, String name, String user) {
        return inventory.withCredential(inventory.credential(name).withUser(user));
    }

    /** The secret is replaced by another. */
    public static Inventory setSecret(Inventory inventory, String name) {
        return inventory.withCredential(inventory.credential(name).withNewSecret());
    }

    /** Removes a credential that nothing uses. */
    public static Inventory remove(Inventory inventory, String name) {
        CredentialRecord credential = inventory.credential(name);
        List<String> users = usedBy(inventory, credential);
        if (!users.isEmpty()) {
            throw InventoryException.busy(
                    "credential",
                    credential.name(),
                    "credential '%s' is used by %s".formatted(credential.name(), String.join(", ", users)),
                    "give them another one, or --no-chap, first");
        }
        return inventory.withoutCredential(credential);
    }

    /** Where a credential is used, in words: {@code target 'hv-node1'}, {@code discovery}. */
    public static List<String> usedBy(Inventory inventory, CredentialRecord credential) {
        List<String> users = new ArrayList<>();
        places(inventory).forEach((place, rule) -> {
            if (rule.names(credential.name())) {
                users.add(place);
            }
        });
        return users;
    }

    /** How initiators prove themselves before they may look for targets. */
    public static Inventory setDiscovery(Inventory inventory, ChapRule rule) {
        ChapRule known = known(inventory, rule);
        return known.equals(inventory.discovery()) ? inventory : inventory.withDiscovery(known);
    }

    /** The rule with the names as the credentials have them; throws when there is no such credential. */
    static ChapRule known(Inventory inventory, ChapRule rule) {
        List<String> incoming = rule.incoming().stream()
                .map(name -> inventory.credential(name).name())
                .toList();
        String mutual = rule.mutual();
        return new ChapRule(
                incoming, mutual == null ? null : inventory.credential(mutual).name());
    }

    /**
     * Refuses an inventory in which a login could not tell two credentials apart, or in which one secret would serve
     * both ways: an initiator could have its own challenge answered for it by the target, or the target's by another
     * target (RFC 7143 9.2.1).
     *
     * @param same tells whether two credentials have one secret
     */
    public static void checkUses(Inventory inventory, BiPredicate<CredentialRecord, CredentialRecord> same) {
        places(inventory).forEach((place, rule) -> checkUsers(inventory, place, rule));
        Map<String, String> incoming = new LinkedHashMap<>();
        Map<String, String> mutual = new LinkedHashMap<>();
        places(inventory).forEach((place, rule) -> {
            rule.incoming().forEach(name -> incoming.putIfAbsent(name, place));
            if (rule.mutual() != null) {
                mutual.putIfAbsent(rule.mutual(), place);
            }
        });
        for (var out : mutual.entrySet()) {
            String place = incoming.get(out.getKey());
            if (place != null) {
                throw InventoryException.conflict(
                        "credential",
                        out.getKey(),
                        "credential '%s' would be used both ways: by initiators for %s, and by the target itself for %s"
                                .formatted(out.getKey(), place, out.getValue()),
                        "add another credential, with another secret, for --mutual");
            }
            for (String in : incoming.keySet()) {
                if (same.test(inventory.credential(out.getKey()), inventory.credential(in))) {
                    throw InventoryException.conflict(
                            "credential",
                            out.getKey(),
                            "credentials '%s' (--mutual of %s) and '%s' (--chap of %s) have the same secret"
                                    .formatted(out.getKey(), out.getValue(), in, incoming.get(in)),
                            "give one of them another; a secret must never serve both ways");
                }
            }
        }
    }

    /** An initiator says its user alone: that must lead to one credential. */
    private static void checkUsers(Inventory inventory, String place, ChapRule rule) {
        Map<String, String> names = new HashMap<>();
        for (String name : rule.incoming()) {
            String user = inventory.credential(name).user();
            String other = names.put(user, name);
            if (other != null) {
                throw InventoryException.conflict(
                        "credential",
                        name,
                        "credentials '%s' and '%s' of %s have the same user, %s".formatted(other, name, place, user),
                        "use one of them there, or give one another user with 'kume credential set'");
            }
        }
    }

    /** All rules that ask for something, by the words for their place. */
    private static Map<String, ChapRule> places(Inventory inventory) {
        Map<String, ChapRule> places = new LinkedHashMap<>();
        places.put("discovery", inventory.discovery());
        for (TargetRecord target : inventory.targets()) {
            places.put("target '%s'".formatted(target.name()), target.chap());
            target.chapOf()
                    .forEach((initiator, rule) ->
                            places.put("%s on target '%s'".formatted(initiator, target.name()), rule));
        }
        return places;
    }
}
