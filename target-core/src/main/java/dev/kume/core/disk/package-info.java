/** Virtual disks and the file formats they live in. */
@NullMarked
package dev.kume.core.disk;

import org.jspecify.annotations.NullMarked;
