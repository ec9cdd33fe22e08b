package dev.kume.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kume.cli.api.SnapshotView;
import dev.kume.cli.client.Answer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the commands of snapshots say alike. */
final class Snapshots {
    private Snapshots() {}

    /** {@code kept}, {@code removing 43 %}. */
    static String state(SnapshotView snapshot) {
        Integer percent = snapshot.removedPercent();
        return percent == null ? snapshot.state() : snapshot.state() + " " + percent + " %";
    }

    /** Those of the answer's records that are these snapshots, as they came. */
    static JsonNode treeOf(Answer listing, List<SnapshotView> snapshots) {
        Set<String> ids = snapshots.stream().map(SnapshotView::id).collect(Collectors.toSet());
        ArrayNode tree = JsonNodeFactory.instance.arrayNode();
        for (JsonNode snapshot : listing.tree().path("snapshots")) {
            if (ids.contains(snapshot.path("id").asText())) {
                tree.add(snapshot);
            }
        }
        return tree;
    }
}
