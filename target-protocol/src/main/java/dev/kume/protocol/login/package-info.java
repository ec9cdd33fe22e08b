/** Login and text negotiation (RFC 7143 sections 6 and 13): bytes in, decisions out, no channel. */
@NullMarked
package dev.kume.protocol.login;

import org.jspecify.annotations.NullMarked;
