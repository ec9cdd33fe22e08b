package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.testing.FixedClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the JDK's Flight Recorder is told of a disk. */
final class FlightRecorderTest {
    private static final String READ_10 = "28 00 00 00 00 00 00 00 01 00";

    private final TestTarget target = new TestTarget();
    private final FixedClock clock = (FixedClock) target.unit.lane().clock();

    @TempDir
    Path folder;

    @Test
    void slowCommandsFencesAndReservationsAreRecorded() throws IOException {
        List<RecordedEvent> events;
        try (Recording recording = new Recording()) {
            recording.enable("dev.kume.Command").with("slowerThan", "3 ms");
            recording.start();
            read(Duration.ofMillis(1), Duration.ofMillis(1));
            read(Duration.ofMillis(2), Duration.ofMillis(5));
            target.memory.answersAtOnce = true;
            byte[] list = TestTarget.bytes("%016X%016X0000000000000000".formatted(0, 7));
            assertEquals(
                    ScsiStatus.GOOD,
                    target.run("5F 06 00 00 00 00 00 00 18 00", list).status());
            target.unit.reset(() -> {});
            target.runAll();
            recording.stop();
            Path file = folder.resolve("kume.jfr");
            recording.dump(file);
            events = RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().startsWith("dev.kume."))
                    .toList();
        }
        RecordedEvent command = only(events, "dev.kume.Command");
        assertEquals("vms", command.getString("disk"));
        assertEquals("READ(10)", command.getString("command"));
        assertEquals(Duration.ofMillis(2), command.getDuration("queueTime"));
        assertEquals(Duration.ofMillis(5), command.getDuration("serviceTime"));
        assertEquals(TestTarget.NODE1.initiatorName(), command.getString("initiator"));
        assertEquals(1, only(events, "dev.kume.ReservationChange").getInt("registrations"));
        assertEquals(
                1,
                events.stream()
                        .filter(event ->
                                event.getEventType().getName().equals("dev.kume.Fence") && event.getBoolean("quiesce"))
                        .count());
    }

    private void read(Duration queued, Duration served) {
        target.begin(target.node1, 0, TestTarget.bytes(READ_10), new byte[0], false);
        clock.advance(queued);
        target.diskThreads.runOne();
        clock.advance(served);
        target.runAll();
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name) {
        List<RecordedEvent> those = events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
        assertEquals(1, those.size(), those::toString);
        return those.getFirst();
    }
}
