package dev.kume.cli.alarm;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes alarms to the log, one line when they begin and one when they are over. */
public final class AlarmLog implements AlarmListener {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmLog.class);

    @Override
    public void begun(Alarm alarm) {
        switch (alarm.key().kind().severity()) {
            case WARNING -> LOG.warn("{}; {}", alarm.text(), alarm.remedy());
            case CRITICAL -> LOG.error("{}; {}", alarm.text(), alarm.remedy());
        }
    }

    @Override
    public void over(Alarm alarm) {
        LOG.info("no more: {}", alarm.text());
    }
}
