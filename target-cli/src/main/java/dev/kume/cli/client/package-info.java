/** The client of the management API: HTTP/1.1 over a Unix domain socket or TLS, small enough to start in no time. */
@NullMarked
package dev.kume.cli.client;

import org.jspecify.annotations.NullMarked;
