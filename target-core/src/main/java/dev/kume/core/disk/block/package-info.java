/** Disks whose blocks lie where a map in the file says: what dynamic and differencing files of all formats share. */
@NullMarked
package dev.kume.core.disk.block;

import org.jspecify.annotations.NullMarked;
