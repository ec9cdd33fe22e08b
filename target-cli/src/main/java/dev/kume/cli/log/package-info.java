/** The log of the daemon: its events, and how and where their lines are written. */
@NullMarked
package dev.kume.cli.log;

import org.jspecify.annotations.NullMarked;
