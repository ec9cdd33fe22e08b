package dev.kume.cli.alarm;

import dev.kume.cli.log.WatchEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes alarms to the log, one line when they begin and one when they are over. */
public final class AlarmLog implements AlarmListener {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmLog.class);

    @Override
    public void begun(Alarm alarm) {
        switch (alarm.key().kind().severity()) {
            case WARNING -> WatchEvent.ALARM.log(LOG, of(alarm), alarm.text(), alarm.remedy());
            case CRITICAL -> WatchEvent.ALARM_OF_DATA.log(LOG, of(alarm), alarm.text(), alarm.remedy());
        }
    }

    @Override
    public void over(Alarm alarm) {
        WatchEvent.ALARM_OVER.log(LOG, of(alarm), alarm.text());
    }

    private static String of(Alarm alarm) {
        return alarm.key().kind().word();
    }
}
