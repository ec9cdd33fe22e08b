/** The disk threads, and how work goes there and comes back to its event loop. */
@NullMarked
package dev.kume.core.io;

import org.jspecify.annotations.NullMarked;
