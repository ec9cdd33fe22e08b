package dev.kume.cli.alert;

import dev.kume.cli.alarm.Alarm;

/** Something that is wrong at this look, as {@link Alarm} has it. */
record Finding(Alarm.Key key, String text, String remedy) {}
