/** One connection and its session: the command window, data transfer, task management. Confined to an event loop. */
@NullMarked
package dev.kume.protocol.connection;

import org.jspecify.annotations.NullMarked;
