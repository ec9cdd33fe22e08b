package dev.kume.cli.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.access.Caller;
import dev.kume.cli.api.Confidential;
import dev.kume.cli.api.ErrorCode;
import dev.kume.core.Nearest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client, in the words of the API.
 *
 * @param method in upper case
 * @param path   decoded segments, without the version
 * @param query  decoded parameters
 * @param body   as it came
 * @param caller who asks
 */
record ApiRequest(String method, List<String> path, Map<String, List<String>> query, String body, Caller caller) {
    /** A parameter that is {@code true} or {@code false}; false when it is left out. */
    boolean flag(String name) {
        String value = parameter(name);
        if (value == null || value.equals("false")) {
            return false;
        }
        if (value.equals("true")) {
            return true;
        }
        throw new ApiException(
                ErrorCode.INVALID, "%s=%s is not true or false".formatted(name, value), "use one of them");
    }

    /** A parameter that is a whole number from 0 on. */
    long number(String name, long otherwise, long max) {
        String value = parameter(name);
        return value == null ? otherwise : Math.min(max, wholeNumber(name, value));
    }

    /** A path segment that is a number, such as the id of a session. */
    long id(int segment) {
        return wholeNumber("id", path.get(segment));
    }

    /** Refuses parameters that this path does not know: a misspelt {@code force} must not be passed over. */
    void allowParameters(Set<String> known) {
        for (String name : query.keySet()) {
            if (!known.contains(name)) {
                throw new ApiException(
                        ErrorCode.INVALID,
                        "unknown parameter '%s'".formatted(name),
                        known.isEmpty() ? "this path has none" : "known: " + String.join(", ", known));
            }
        }
    }

    /** The body as a record, or null when there is none. */
    <T> @Nullable T optionalBody(JsonMapper mapper, Class<T> type) {
        return body.isBlank() ? null : body(mapper, type);
    }

    /** The body as a record. */
    <T> T body(JsonMapper mapper, Class<T> type) {
        if (body.isBlank()) {
            throw new ApiException(ErrorCode.INVALID, "the body is missing", "send a JSON object");
        }
        try {
            T value = mapper.readValue(body, type);
            if (value == null) {
                throw new ApiException(ErrorCode.INVALID, "the body is not a JSON object", null);
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            List<String> known = e.getKnownPropertyIds().stream()
                    .map(String::valueOf)
                    .sorted()
                    .toList();
            List<String> near = Nearest.to(e.getPropertyName(), known);
            throw new ApiException(
                    ErrorCode.INVALID,
                    "unknown field '%s'".formatted(e.getPropertyName()),
                    near.isEmpty()
                            ? "known: " + String.join(", ", known)
                            : "did you mean %s?".formatted(String.join(" or ", near)));
        } catch (JsonMappingException e) {
            String field = e.getPath().stream()
                    .map(reference -> String.valueOf(reference.getFieldName()))
                    .collect(Collectors.joining("."));
            throw new ApiException(
                    ErrorCode.INVALID,
                    field.isEmpty()
                            ? "the body is not a JSON object"
                            : "the field '%s' has a wrong type".formatted(field),
                    reason(type, e));
        } catch (JsonProcessingException e) {
            throw new ApiException(ErrorCode.INVALID, "the body is not JSON", reason(type, e));
        }
    }

    /** What is said when there is no such method and path. */
    ApiException unsupported() {
        return new ApiException(
                ErrorCode.UNSUPPORTED,
                "this daemon does not know %s /v1/%s".formatted(method, String.join("/", path)),
                "see docs/api.md; client and daemon may be of different versions");
    }

    /** A parameter, or null when it is left out. */
    @Nullable
    String parameter(String name) {
        List<String> values = query.get(name);
        if (values == null) {
            return null;
        }
        if (values.size() != 1) {
            throw new ApiException(ErrorCode.INVALID, "%s is given twice".formatted(name), "give it once");
        }
        return values.getFirst();
    }

    private static long wholeNumber(String name, String value) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused below, like a negative one.
        }
        throw new ApiException(ErrorCode.INVALID, "%s '%s' is not a number".formatted(name, value), "use digits");
    }

    /** What Jackson says may quote what it has read. */
    private static @Nullable String reason(Class<?> type, JsonProcessingException e) {
        if (Confidential.class.isAssignableFrom(type)) {
            return "see docs/api.md";
        }
        return e.getOriginalMessage().lines().findFirst().orElse("");
    }
}
