/** Where the bytes of a disk file live: local files first. */
@NullMarked
package dev.kume.core.store;

import org.jspecify.annotations.NullMarked;
