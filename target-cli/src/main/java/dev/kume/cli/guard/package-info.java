/** What looks after the disks while hosts use them: alarms, and who may not have known of whom. */
@NullMarked
package dev.kume.cli.guard;

import org.jspecify.annotations.NullMarked;
