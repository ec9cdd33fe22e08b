/** What {@code kume top} shows: rates between two looks at what the daemon counts, sorted and laid out. */
@NullMarked
package dev.kume.cli.top;

import org.jspecify.annotations.NullMarked;
