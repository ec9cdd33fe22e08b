/** The command line of Kume. */
@NullMarked
package dev.kume.cli;

import org.jspecify.annotations.NullMarked;
