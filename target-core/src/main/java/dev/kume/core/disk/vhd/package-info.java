/** Virtual Hard Disk images after Microsoft's Virtual Hard Disk Image Format Specification 1.0. */
@NullMarked
package dev.kume.core.disk.vhd;

import org.jspecify.annotations.NullMarked;
