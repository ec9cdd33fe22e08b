/** The management API on the network: TLS, certificates, and connections that show a token or go. */
@NullMarked
package dev.kume.cli.remote;

import org.jspecify.annotations.NullMarked;
