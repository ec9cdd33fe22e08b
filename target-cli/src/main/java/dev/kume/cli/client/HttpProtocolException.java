package dev.kume.cli.client;

import java.io.IOException;

/** What answered does not speak HTTP as RFC 9112 has it: surely not this daemon. */
final class HttpProtocolException extends IOException {
    private static final long serialVersionUID = 1;

    HttpProtocolException(String message) {
        super(message);
    }
}
