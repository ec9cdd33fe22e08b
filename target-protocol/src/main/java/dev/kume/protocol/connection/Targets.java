package dev.kume.protocol.connection;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All targets by name: an immutable map behind one volatile reference. */
public final class Targets {
    private volatile Map<String, Target> byName = Map.of();
    private volatile boolean draining;

    /** The target of this normalised name, or null. */
    public @Nullable Target get(String name) {
        return byName.get(name);
    }

    /** All targets, by name. */
    public List<Target> all() {
        return List.copyOf(byName.values());
    }

    /** Publishes a new set of targets. Only one thread may do so at a time. */
    public void publish(Collection<Target> targets) {
        Map<String, Target> changed = new TreeMap<>();
        targets.forEach(target -> changed.put(target.name(), target));
        byName = Collections.unmodifiableMap(changed);
    }

    /** True while the server stops: logins are refused with 3/01. */
    public boolean draining() {
        return draining;
    }

    public void drain() {
        draining = true;
    }
}
