package dev.kume.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a change is about, as the command line names it: {@code disk/vms}. */
final class Subjects {
    /** Nouns of paths that are followed by a name. */
    private static final Map<String, String> KINDS = Map.of(
            "disks", "disk",
            "targets", "target",
            "clusters", "cluster",
            "credentials", "credential",
            "reservations", "disk",
            "sessions", "session",
            "tokens", "token",
            "operations", "operation",
            "initiators", "initiator",
            "snapshots", "snapshot");

    private static final String MAPPINGS = "mappings";

    /** What follows the name of a disk in a path and is no other disk. */
    private static final Set<String> VERBS_OF_DISKS = Set.of("import", "check");

    private Subjects() {}

    /**
     * Of a request.
     *
     * @param path    without the version
     * @param request its body without secrets
     */
    static List<String> of(List<String> path, @Nullable JsonNode request) {
        Set<String> subjects = new LinkedHashSet<>();
        String noun = path.isEmpty() ? "" : path.getFirst();
        if (noun.equals(MAPPINGS) && path.size() > 2) {
            subjects.add("disk/" + path.get(1));
            subjects.add("target/" + path.get(2));
        }
        for (int i = 0; i + 1 < path.size(); i += 2) {
            String kind = KINDS.get(path.get(i));
            if (kind != null && !(i == 0 && path.size() == 2 && VERBS_OF_DISKS.contains(path.get(1)))) {
                subjects.add(kind + "/" + path.get(i + 1));
            }
        }
        if (request != null) {
            ofBody(noun, path, request, subjects);
        }
        return List.copyOf(subjects);
    }

    private static void ofBody(String noun, List<String> path, JsonNode request, Set<String> subjects) {
        String kind = KINDS.get(noun);
        boolean creates = path.size() == 1 || (path.size() == 2 && VERBS_OF_DISKS.contains(path.get(1)));
        String name = request.path("name").asText("");
        if (kind != null && creates && !name.isEmpty()) {
            subjects.add(kind + "/" + name);
        }
        for (String each : List.of("disk", "target", "cluster")) {
            String value = request.path(each).asText("");
            if (!value.isEmpty()) {
                subjects.add(each + "/" + value);
            }
        }
        request.path("disks").forEach(disk -> {
            String value = disk.isTextual() ? disk.asText() : disk.path("name").asText("");
            if (!value.isEmpty()) {
                subjects.add("disk/" + value);
            }
        });
    }
}
