/** What raises alarms by looking now and then: space, files, slow disks, nodes, reservations, the clock. */
@NullMarked
package dev.kume.cli.alert;

import org.jspecify.annotations.NullMarked;
