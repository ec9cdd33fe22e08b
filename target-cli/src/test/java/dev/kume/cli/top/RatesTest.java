package dev.kume.cli.top;

import static dev.kume.cli.top.Loads.SECOND;
import static dev.kume.cli.top.Loads.idle;
import static dev.kume.cli.top.Loads.meter;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is counted becomes what is done. */
final class RatesTest {
    private final Rates rates = new Rates();

    private static Meter withErrors(Meter meter, long errors) {
        return new Meter(
                meter.id(),
                meter.name(),
                meter.about(),
                meter.reads(),
                meter.writes(),
                meter.readBytes(),
                meter.writtenBytes(),
                errors,
                meter.depth(),
                meter.queue(),
                meter.service());
    }

    @Test
    void theFirstLookKnowsNoRate() {
        Load load = rates.look(List.of(meter("vms", "n1", 5_000, 100, 1, 2)), 0).getFirst();
        assertTrue(Double.isNaN(load.readsPerSecond()));
        assertTrue(Double.isNaN(load.latencyMillis()));
        assertEquals(3, load.depth());
    }

    @Test
    void aRateIsOfTheTimeBetweenTheLooks() {
        rates.look(List.of(meter("vms", "n1", 5_000, 100, 50, 50)), 10 * SECOND);
        Load load = rates.look(List.of(meter("vms", "n1", 6_000, 600, 50, 50)), 12 * SECOND)
                .getFirst();
        assertEquals(500, load.readsPerSecond());
        assertEquals(250, load.writesPerSecond());
        assertEquals(500 * 4_096, load.readBytesPerSecond());
        assertEquals(100, load.latencyMillis());
        assertEquals(100, load.percentile99Millis(), "by the bound of the bucket");
    }

    @Test
    void theLatencyIsThatOfTheInterval() {
        Meter before = meter("vms", "", 1_000, 0, 0, 50);
        rates.look(List.of(before), 0);
        Meter now = new Meter(
                "vms",
                "vms",
                "",
                1_100,
                0,
                1_100 * 4_096,
                0,
                0,
                0,
                Latency.NONE,
                before.service().plus(Loads.latency(100, 1)));
        Load load = rates.look(List.of(now), SECOND).getFirst();
        assertEquals(1, load.serviceMillis());
        assertEquals(1, load.percentile99Millis());
    }

    @Test
    void whatCountsAnewHasNoRateForOneLook() {
        rates.look(List.of(meter("vms", "", 5_000, 100, 1, 1)), 0);
        Load reset = rates.look(List.of(meter("vms", "", 40, 2, 1, 1)), SECOND).getFirst();
        assertTrue(Double.isNaN(reset.readsPerSecond()), "no rate below nothing");
        Load after =
                rates.look(List.of(meter("vms", "", 50, 2, 1, 1)), 2 * SECOND).getFirst();
        assertEquals(10, after.readsPerSecond());
    }

    @Test
    void whoComesLaterHasNoRateYetAndWhoIsGoneIsForgotten() {
        rates.look(List.of(idle("a", "")), 0);
        List<Load> both = rates.look(List.of(meter("a", "", 10, 0, 1, 1), meter("b", "", 9_999, 0, 1, 1)), SECOND);
        assertEquals(10, both.getFirst().readsPerSecond());
        assertTrue(Double.isNaN(both.getLast().readsPerSecond()));
        assertEquals(
                1,
                rates.look(List.of(meter("b", "", 9_999, 0, 1, 1)), 2 * SECOND).size());
    }

    @Test
    void afterTheDaemonWasAwayTheFirstLookKnowsNoRate() {
        rates.look(List.of(idle("a", "")), 0);
        rates.forget();
        Load load = rates.look(List.of(meter("a", "", 10_000, 0, 1, 1)), SECOND).getFirst();
        assertTrue(Double.isNaN(load.readsPerSecond()));
    }

    @Test
    void errorsAreThoseSinceTheFirstLook() {
        rates.look(List.of(withErrors(idle("a", ""), 7)), 0);
        assertEquals(
                2,
                rates.look(List.of(withErrors(idle("a", ""), 9)), SECOND)
                        .getFirst()
                        .errors());
        assertEquals(
                3,
                rates.look(List.of(withErrors(idle("a", ""), 1)), 2 * SECOND)
                        .getFirst()
                        .errors());
        assertEquals(
                3,
                rates.look(List.of(withErrors(idle("a", ""), 1)), 3 * SECOND)
                        .getFirst()
                        .errors());
    }
}
