package dev.kume.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiError;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;

/** The daemon's refusals as the one line and exit status of the command line. */
public final class ApiFailure {
    private ApiFailure() {}

    /** What the daemon said, in its own words. */
    public static CliException of(ApiError error) {
        return new CliException(ExitCode.of(error.exitCode()), error.line());
    }

    static CliException of(int status, JsonNode body, JsonMapper json) {
        JsonNode error = body.path("error");
        if (!error.isObject()) {
            return new CliException(ExitCode.FAILED, "the daemon answered with HTTP status " + status);
        }
        try {
            return of(json.treeToValue(error, ApiError.class));
        } catch (JsonProcessingException e) {
            return new CliException(
                    ExitCode.FAILED,
                    "the daemon refused it: " + error.path("message").asText());
        }
    }
}
