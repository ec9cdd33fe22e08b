package dev.kume.protocol.simulation;

import java.util.Locale;

/** The simulation as a program: {@code scripts/simulate}. */
public final class Simulate {
    private static final long REPORT_NANOS = 60_000_000_000L;

    private Simulate() {}

    /** Runs {@code --seed S} alone, or fresh seeds for {@code --minutes N}; exits with 1 when one goes wrong. */
    public static void main(String[] words) {
        double minutes = 60;
        Long seed = null;
        for (int i = 0; i + 1 < words.length; i += 2) {
            switch (words[i]) {
                case "--minutes" -> minutes = Double.parseDouble(words[i + 1]);
                case "--seed" -> seed = Long.valueOf(words[i + 1]);
                default -> throw new IllegalArgumentException("unknown option " + words[i]);
            }
        }
        try {
            if (seed != null) {
                System.out.println(Simulation.run(seed));
            } else {
                forMinutes(minutes);
            }
        } catch (AssertionError failure) {
            failure.printStackTrace();
            System.exit(1);
        }
    }

    private static void forMinutes(double minutes) {
        long began = System.nanoTime();
        long end = began + (long) (minutes * 60e9);
        long reported = began;
        long seed = began & 0x7FFF_FFFF_FFFFL;
        long[] sums = new long[7];
        while (System.nanoTime() - end < 0) {
            add(sums, Simulation.run(seed++));
            if (System.nanoTime() - reported > REPORT_NANOS) {
                reported = System.nanoTime();
                report(began, sums);
            }
        }
        report(began, sums);
    }

    private static void add(long[] sums, Simulation.Result result) {
        sums[0]++;
        sums[1] += result.steps();
        sums[2] += result.pdus();
        sums[3] += result.answers();
        sums[4] += result.aborts();
        sums[5] += result.logins();
        sums[6] += result.restarts();
    }

    private static void report(long began, long[] sums) {
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%6.1f min: %d rounds (%.1f/s), %d events, %d PDUs received, %d commands answered, %d aborted, "
                        + "%d logins, %d restarts%n",
                seconds / 60,
                sums[0],
                sums[0] / seconds,
                sums[1],
                sums[2],
                sums[3],
                sums[4],
                sums[5],
                sums[6]);
    }
}
