/** An initiator for tests, written from RFC 7143 alone: it shares no code with the target, so it is not its mirror. */
@NullMarked
package dev.kume.system.wire;

import org.jspecify.annotations.NullMarked;
