/** What every layer of Kume shares: limits, clocks and the seam to an event loop. */
@NullMarked
package dev.kume.core;

import org.jspecify.annotations.NullMarked;
