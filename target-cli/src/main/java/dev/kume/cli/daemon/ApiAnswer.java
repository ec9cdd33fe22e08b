package dev.kume.cli.daemon;

import org.jspecify.annotations.Nullable;

/** What a request gets: an HTTP status, a record that becomes JSON, and where the thing made can be found. */
record ApiAnswer(int status, Object body, @Nullable String location) {
    static ApiAnswer ok(Object body) {
        return new ApiAnswer(200, body, null);
    }

    static ApiAnswer created(Object body) {
        return new ApiAnswer(201, body, null);
    }

    static ApiAnswer accepted(Object body, String location) {
        return new ApiAnswer(202, body, location);
    }
}
