package dev.kume.core.measure;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A command that took long, as the Flight Recorder has it. */
@Name("dev.kume.Command")
@Label("SCSI Command")
@Category({"Kume", "Disk"})
@Description("A command whose queue time and service time together are slowerThan")
@StackTrace(false)
public final class CommandEvent extends Event {
    private static final EventType TYPE = EventType.getEventType(CommandEvent.class);

    @Label("Disk")
    String disk;

    @Label("Initiator")
    String initiator;

    @Label("Command")
    String command;

    @Label("Operation Class")
    String operation;

    @Label("Queue Time")
    @Timespan(Timespan.NANOSECONDS)
    long queueTime;

    @Label("Service Time")
    @Timespan(Timespan.NANOSECONDS)
    long serviceTime;

    @Label("SCSI Status")
    int status;

    private CommandEvent(
            String disk,
            String initiator,
            String command,
            String operation,
            long queueTime,
            long serviceTime,
            int status) {
        this.disk = disk;
        this.initiator = initiator;
        this.command = command;
        this.operation = operation;
        this.queueTime = queueTime;
        this.serviceTime = serviceTime;
        this.status = status;
    }

    /** True while a recording wants it. To be asked only when the recorder is in use, see {@link Recorder}. */
    public static boolean isRecorded() {
        return TYPE.isEnabled();
    }

    /** Tells of a command that has ended, when it took as long as a recording asks for. */
    public static void ended(
            String disk,
            String initiator,
            String command,
            OperationClass operation,
            long queueNanos,
            long serviceNanos,
            int status) {
        CommandEvent event =
                new CommandEvent(disk, initiator, command, operation.name(), queueNanos, serviceNanos, status);
        if (event.shouldCommit()) {
            event.commit();
        }
    }

    @SettingDefinition
    @Name("slowerThan")
    @Label("Slower Than")
    boolean slowerThan(SlowerThan setting) {
        return setting.isExceededBy(queueTime + serviceTime);
    }
}
