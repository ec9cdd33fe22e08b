/** The state directory as a whole: its version, its upgrade, whom it belongs to, its backup and its restore. */
@NullMarked
package dev.kume.cli.state;

import org.jspecify.annotations.NullMarked;
