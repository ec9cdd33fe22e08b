package dev.kume.cli.config;

import dev.kume.core.inventory.Inventory;
import java.util.List;

/**
 * What a desired state comes to.
 *
 * @param next    the inventory to be; the one that is when nothing changes
 * @param secrets names of credentials whose given secrets are to be kept
 * @param notes   what people should know about it, each a sentence without its full stop
 */
public record Intention(Inventory next, List<String> secrets, List<String> notes) {
    public Intention {
        secrets = List.copyOf(secrets);
        notes = List.copyOf(notes);
    }
}
