/** What Kume tells its log: events with a number for life, instead of lines of free text. */
@NullMarked
package dev.kume.protocol.event;

import org.jspecify.annotations.NullMarked;
