package dev.kume.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;

/** What the daemon answered: the record as it came, and as the type that the caller expects. */
public final class Answer {
    private final ObjectMapper json;
    private final JsonNode tree;

    Answer(ObjectMapper json, JsonNode tree) {
        this.json = json;
        this.tree = tree;
    }

    /** The record exactly as the daemon sent it. */
    public JsonNode tree() {
        return tree;
    }

    /** The record as a type of {@code dev.kume.cli.api}. */
    public <T> T as(Class<T> type) {
        try {
            return json.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new CliException(
                    ExitCode.FAILED,
                    "the daemon's answer is not understood (" + e.getOriginalMessage()
                            + "); are daemon and command line of the same version?");
        }
    }
}
