/** Raw disk images: the file is the disk, byte for byte. */
@NullMarked
package dev.kume.core.disk.raw;

import org.jspecify.annotations.NullMarked;
