/** What of a unit's state outlives the daemon, as bytes in a file of two slots. */
@NullMarked
package dev.kume.core.memory;

import org.jspecify.annotations.NullMarked;
