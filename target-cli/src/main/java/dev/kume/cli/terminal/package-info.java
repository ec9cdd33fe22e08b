/** How the command line meets its caller: the standard streams and the exit status. */
@NullMarked
package dev.kume.cli.terminal;

import org.jspecify.annotations.NullMarked;
