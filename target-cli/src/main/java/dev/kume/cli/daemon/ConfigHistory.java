package dev.kume.cli.daemon;

import dev.kume.cli.api.ConfigDiffView;
import dev.kume.cli.api.ConfigHistoryView;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.config.InventoryDiff;
import dev.kume.core.inventory.Inventory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The versions of the inventory that are kept, and how they differ. Any thread. */
final class ConfigHistory {
    private final InventoryFile file;
    private final Changes changes;

    ConfigHistory(InventoryFile file, Changes changes) {
        this.file = file;
        this.changes = changes;
    }

    /** Newest first. */
    ConfigHistoryView.Listing list(int limit) {
        List<Long> versions = kept();
        List<ConfigHistoryView> views = new ArrayList<>();
        int newest = versions.size() - 1;
        InventoryFile.Kept kept = newest < 0 ? null : find(versions.get(newest));
        for (int i = newest; i >= 0 && i > newest - limit; i--) {
            InventoryFile.Kept before = i == 0 ? null : find(versions.get(i - 1));
            if (kept != null) {
                views.add(view(kept, before));
            }
            kept = before;
        }
        return new ConfigHistoryView.Listing(views, versions.size());
    }

    private ConfigHistoryView view(InventoryFile.Kept kept, InventoryFile.@Nullable Kept before) {
        Inventory inventory = kept.inventory();
        Inventory earlier = before != null ? before.inventory() : inventory.version() == 1 ? Inventory.EMPTY : null;
        return new ConfigHistoryView(
                inventory.version(),
                kept.saved(),
                inventory.version() == changes.current().version(),
                earlier == null
                        ? "the oldest that is kept"
                        : InventoryDiff.summary(InventoryDiff.between(earlier, inventory)));
    }

    /** @param from null: the version before {@code to}; {@code to} null: the one that holds */
    ConfigDiffView diff(@Nullable Long from, @Nullable Long to) {
        Inventory after = to == null ? changes.current() : inventory(to);
        Inventory before = from == null ? before(after) : inventory(from);
        return new ConfigDiffView(
                before.version(), after.version(), ConfigViews.changes(InventoryDiff.between(before, after)));
    }

    private Inventory before(Inventory version) {
        Long earlier = null;
        for (long each : kept()) {
            earlier = each < version.version() ? Long.valueOf(each) : earlier;
        }
        if (earlier == null && version.version() > 1) {
            throw new ApiException(
                    ErrorCode.NOT_FOUND,
                    "no version before %d is kept".formatted(version.version()),
                    "'kume config history' shows those that are");
        }
        return earlier == null ? Inventory.EMPTY : inventory(earlier);
    }

    /** A version that is kept; a refusal of another. */
    Inventory inventory(long version) {
        if (version == changes.current().version()) {
            return changes.current();
        }
        InventoryFile.Kept kept = version > changes.current().version() ? null : find(version);
        if (kept == null) {
            List<Long> versions = kept();
            throw new ApiException(
                    ErrorCode.NOT_FOUND,
                    "there is no version %d".formatted(version),
                    versions.isEmpty()
                            ? "nothing has been provisioned yet"
                            : "those from %d to %d are kept".formatted(versions.getFirst(), versions.getLast()));
        }
        return kept.inventory();
    }

    /** What a change that was taken back may have left behind the newest was never true. */
    private List<Long> kept() {
        try {
            long current = changes.current().version();
            return file.kept().stream().filter(version -> version <= current).toList();
        } catch (DaemonException e) {
            throw new ApiException(ErrorCode.FAILED, e.getMessage(), null);
        }
    }

    private InventoryFile.@Nullable Kept find(long version) {
        try {
            return file.find(version);
        } catch (DaemonException e) {
            throw new ApiException(ErrorCode.FAILED, e.getMessage(), null);
        }
    }
}
