/** The flight recorder: the last PDU headers of a connection, as text and as a capture file. */
@NullMarked
package dev.kume.protocol.trace;

import org.jspecify.annotations.NullMarked;
