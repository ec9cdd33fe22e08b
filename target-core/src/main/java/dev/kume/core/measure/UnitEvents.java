package dev.kume.core.measure;

import java.util.concurrent.atomic.LongAdder;

/** What happened to one logical unit beside its commands, since it was opened. Any thread. */
public final class UnitEvents {
    private final String disk;
    private final LongAdder reservationChanges = new LongAdder();
    private final Histogram fences = new Histogram();
    private final Histogram quiesces = new Histogram();

    /**
     * What it says at one moment.
     *
     * @param reservationChanges changes of persistent reservations and registrations
     * @param fences             how long it took until those that were fenced off could not reach the disk any more
     * @param quiesces           how long the unit took to come to rest
     */
    public record Figures(long reservationChanges, Durations fences, Durations quiesces) {}

    public UnitEvents(String disk) {
        this.disk = disk;
    }

    /** @param reserved somebody holds a reservation now */
    public void reservationChanged(int registrations, boolean reserved) {
        reservationChanges.increment();
        if (Recorder.isInUse()) {
            new ReservationEvent(disk, registrations, reserved).commit();
        }
    }

    public synchronized void fenced(long nanos) {
        fences.note(nanos);
        tell(false, nanos);
    }

    public synchronized void quiesced(long nanos) {
        quiesces.note(nanos);
        tell(true, nanos);
    }

    public Figures figures() {
        return new Figures(reservationChanges.sum(), fences.durations(), quiesces.durations());
    }

    private void tell(boolean quiesce, long nanos) {
        if (Recorder.isInUse()) {
            new FenceEvent(disk, quiesce, nanos).commit();
        }
    }
}
