/** The command line's grammar: one file for each verb. */
@NullMarked
package dev.kume.cli.command;

import org.jspecify.annotations.NullMarked;
