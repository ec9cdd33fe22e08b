package dev.kume.cli.config;

import dev.kume.cli.config.ConfigDocument.Lun;
import dev.kume.cli.config.ConfigDocument.Target;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.InventoryException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One target while it is put together out of what is written about it, maybe in several places. */
final class TargetDraft {
    /** A disk under a LUN, and where that is written. */
    record Place(YamlKeys at, String disk, boolean readOnly) {}

    final YamlKeys at;
    final String name;
    final Set<String> initiators = new LinkedHashSet<>();
    final SortedMap<String, ChapRule> chapOf = new TreeMap<>();
    final SortedMap<Integer, Place> luns = new TreeMap<>();

    /** Those that get a number when all numbers that are written are known. */
    final List<Lun> unnumbered = new ArrayList<>();

    @Nullable
    String iqn;

    ChapRule chap = ChapRule.NONE;

    /** What is written about it on its own; null where it is a node's and no more is said. */
    private final @Nullable Target written;

    /** Of a target of which no more is written than that it is a node's. */
    private final String usualDescription;

    private TargetDraft(YamlKeys at, String name, @Nullable Target written, String usualDescription) {
        this.at = at;
        this.name = name;
        this.written = written;
        this.usualDescription = usualDescription;
    }

    /** A target that a cluster stands for. */
    static TargetDraft ofCluster(YamlKeys at, String name, String usualDescription) {
        return new TargetDraft(at, name, null, usualDescription);
    }

    static TargetDraft of(Target target) {
        TargetDraft draft = new TargetDraft(target.at(), target.name(), target, "");
        draft.iqn = target.iqn();
        draft.initiators.addAll(target.initiators());
        draft.chap = target.chap();
        draft.chapOf.putAll(target.chapOf());
        for (Lun lun : target.luns()) {
            if (lun.lun() == null) {
                draft.unnumbered.add(lun);
            } else {
                draft.put(lun.lun(), new Place(lun.at(), lun.disk(), lun.readOnly()));
            }
        }
        return draft;
    }

    String description() {
        return written == null ? usualDescription : written.description();
    }

    boolean enabled() {
        return written == null || written.enabled();
    }

    List<String> portals() {
        return written == null ? List.of() : written.portals();
    }

    @Nullable
    String redirect() {
        return written == null ? null : written.redirect();
    }

    /** Another place of the file says the IQN too. */
    void iqn(YamlKeys from, @Nullable String wanted) {
        if (wanted != null && iqn != null && !iqn.equals(wanted)) {
            throw Refusals.of(
                    Kind.CONFLICT,
                    from,
                    "target '%s' has the IQN %s on line %d, and %s here".formatted(name, iqn, at.line(), wanted),
                    "write it once");
        }
        iqn = Objects.requireNonNullElse(wanted, iqn == null ? "" : iqn);
        if (Objects.requireNonNull(iqn).isEmpty()) {
            iqn = null;
        }
    }

    /** A node of a cluster says how its target asks for proof. */
    void chap(YamlKeys from, ChapRule wanted) {
        if (wanted.isRequired() && chap.isRequired() && !chap.equals(wanted)) {
            throw Refusals.of(
                    Kind.CONFLICT,
                    from,
                    "target '%s' asks for other credentials on line %d".formatted(name, at.line()),
                    "write them once");
        }
        chap = wanted.isRequired() ? wanted : chap;
    }

    /** A disk under a number. The same twice is once. */
    void put(int lun, Place place) {
        Place other = luns.get(lun);
        if (other != null && !other.disk().equalsIgnoreCase(place.disk())) {
            throw Refusals.of(
                    Kind.CONFLICT,
                    place.at(),
                    "LUN %d of target '%s' is disk '%s' already, on line %d"
                            .formatted(lun, name, other.disk(), other.at().line()),
                    "give disk '%s' another".formatted(place.disk()));
        }
        for (var there : luns.entrySet()) {
            if (there.getKey() != lun && there.getValue().disk().equalsIgnoreCase(place.disk())) {
                throw Refusals.of(
                        Kind.CONFLICT,
                        place.at(),
                        "disk '%s' is LUN %d of target '%s' on line %d, and LUN %d here"
                                .formatted(
                                        place.disk(),
                                        there.getKey(),
                                        name,
                                        there.getValue().at().line(),
                                        lun),
                        "a disk has one LUN in a target, and in a cluster the same for all nodes: keep one of the two");
            }
        }
        luns.putIfAbsent(lun, place);
    }

    /** The number of a disk, or null. */
    @Nullable
    Integer lunOf(String disk) {
        for (var there : luns.entrySet()) {
            if (there.getValue().disk().equalsIgnoreCase(disk)) {
                return there.getKey();
            }
        }
        return null;
    }
}
