/** Persistent reservations of one disk as a pure state machine: SPC-4 5.13. */
@NullMarked
package dev.kume.core.reservation;

import org.jspecify.annotations.NullMarked;
