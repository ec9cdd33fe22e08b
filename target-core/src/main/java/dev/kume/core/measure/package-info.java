/** Counts and times of what a disk does, cheap enough to be taken of every command. */
@NullMarked
package dev.kume.core.measure;

import org.jspecify.annotations.NullMarked;
