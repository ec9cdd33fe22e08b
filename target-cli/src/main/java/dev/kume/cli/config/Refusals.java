package dev.kume.cli.config;

import dev.kume.cli.yaml.YamlKeys;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.inventory.InventoryException.Kind;
import java.util.function.Supplier;

/** Refusals with the place in the file of what they are about. */
final class Refusals {
    private Refusals() {}

    static InventoryException of(Kind kind, YamlKeys at, String problem, String remedy) {
        return new InventoryException(kind, at.complain(problem).getMessage(), remedy);
    }

    /** The same at the value of a key. */
    static InventoryException of(Kind kind, YamlKeys at, String key, String problem, String remedy) {
        return new InventoryException(kind, at.complain(key, problem).getMessage(), remedy);
    }

    static InventoryException at(YamlKeys at, InventoryException refusal) {
        return new InventoryException(
                refusal.kind(), at.complain(refusal.problem()).getMessage(), refusal.remedy());
    }

    /** What is refused meanwhile is refused with this place. */
    static <T> T at(YamlKeys at, Supplier<T> doing) {
        try {
            return doing.get();
        } catch (InventoryException e) {
            throw at(at, e);
        }
    }
}
