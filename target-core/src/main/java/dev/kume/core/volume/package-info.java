/** What hosts have put on a disk: partitions and the signatures of file systems, read and never written. */
@NullMarked
package dev.kume.core.volume;

import org.jspecify.annotations.NullMarked;
