/** What is wrong now, whatever it is about: alarms begin, stand and are over. */
@NullMarked
package dev.kume.cli.alarm;

import org.jspecify.annotations.NullMarked;
