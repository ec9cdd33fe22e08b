package dev.kume.core.measure;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The persistent reservations of a disk have changed, as the Flight Recorder has it. */
@Name("dev.kume.ReservationChange")
@Label("Reservation Change")
@Category({"Kume", "Disk"})
@StackTrace(false)
final class ReservationEvent extends Event {
    @Label("Disk")
    String disk;

    @Label("Registrations")
    int registrations;

    @Label("Reserved")
    boolean reserved;

    ReservationEvent(String disk, int registrations, boolean reserved) {
        this.disk = disk;
        this.registrations = registrations;
        this.reserved = reserved;
    }
}
