package dev.kume.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What of the JSON of a request or a view may be written down. */
final class Redaction {
    /** Bytes of one view; a change whose views are larger says so. */
    static final int BYTES_MAX = 32_768;

    private static final String HIDDEN = "***";
    private static final Set<String> WORDS = Set.of("secret", "password", "passphrase", "token", "privatekey");

    /** Nouns whose bodies may have a secret anywhere, with the fields that have none. */
    private static final Map<String, Set<String>> NAMED_ALONE = Map.of(
            "credentials", Set.of("name", "user"),
            "tokens", Set.of("name", "role"),
            "config", Set.of("file", "rollbackTo", "planVersion", "force"));

    private Redaction() {}

    /** A body that was sent to a noun, which may be null. */
    static @Nullable JsonNode request(String noun, @Nullable JsonNode body) {
        if (!(body instanceof ObjectNode object)) {
            return null; // Whatever it is, it is no request.
        }
        Set<String> named = NAMED_ALONE.get(noun);
        ObjectNode kept = object.deepCopy();
        if (named != null) {
            kept.retain(named);
        }
        return view(kept);
    }

    /** A view, or what else a request was answered with. */
    static @Nullable JsonNode view(@Nullable JsonNode view) {
        if (view == null || view.isNull() || view.isMissingNode()) {
            return null;
        }
        JsonNode kept = view.deepCopy();
        hide(kept);
        int bytes = kept.toString().length();
        return bytes <= BYTES_MAX
                ? kept
                : JsonNodeFactory.instance.objectNode().put("leftOut", bytes + " bytes are too many for the audit log");
    }

    private static void hide(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                String name = field.getKey().toLowerCase(Locale.ROOT);
                if (field.getValue().isTextual() && WORDS.stream().anyMatch(name::contains)) {
                    object.put(field.getKey(), HIDDEN);
                } else {
                    hide(field.getValue());
                }
            }
        } else {
            node.forEach(Redaction::hide);
        }
    }
}
