package dev.kume.protocol.cluster;

import java.time.Duration;

/**
 * When owners look and challengers strike.
 *
 * @param defence   between two looks of the owner at the registrations
 * @param challenge how long a challenger gives the owner to take its registration away
 */
public record ArbitrationTimes(Duration defence, Duration challenge) {
    /** {@code DiskArbInterval} is 3 seconds by default; arbitration adds 7 seconds to a failover. */
    public static final ArbitrationTimes WINDOWS = new ArbitrationTimes(Duration.ofSeconds(3), Duration.ofSeconds(7));

    /** The same in proportion, with another interval. */
    public static ArbitrationTimes scaled(Duration defence) {
        return new ArbitrationTimes(defence, defence.multipliedBy(7).dividedBy(3));
    }
}
