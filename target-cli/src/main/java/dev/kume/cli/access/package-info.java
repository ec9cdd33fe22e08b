/** Who may manage the daemon: callers, their roles, and the tokens of those who come over the network. */
@NullMarked
package dev.kume.cli.access;

import org.jspecify.annotations.NullMarked;
