package dev.kume.core.testing;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a power cut leaves of changes that were not durable. Some cuts keep everything but a little, or nothing but a
 * little, or all up to a moment: where an order is relied on that nobody has asked for, these find it soonest.
 */
final class SurvivingChanges {
    private static final int SECTOR_BYTES = PowerCutStore.SECTOR_BYTES;

    /** Of which changes some, all or nothing is left. */
    private enum Style {
        NOTHING,
        EVERYTHING,
        ANY,
        /** Each change as a whole. */
        WHOLE,
        UP_TO_ONE,
        ALL_BUT_ONE,
        NONE_BUT_ONE
    }

    private static final Style[] STYLES = Style.values();

    private final SparseSectors sectors;
    private final RandomGenerator random;
    private final int tearBytes;
    private final boolean tears;
    private long sizeBytes;
    private int keepPercent = 50;

    /** @param sectors what was durable; becomes what is left */
    SurvivingChanges(SparseSectors sectors, long sizeBytes, RandomGenerator random, int tearBytes) {
        this.sectors = sectors;
        this.sizeBytes = sizeBytes;
        this.random = random;
        this.tearBytes = tearBytes;
        this.tears = tearBytes < SECTOR_BYTES && random.nextBoolean();
    }

    SparseSectors sectors() {
        return sectors;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** Keeps of the changes what chance keeps. */
    void add(List<StoreChange> changes) {
        Style style = STYLES[random.nextInt(STYLES.length)];
        int one = changes.isEmpty() ? 0 : random.nextInt(changes.size());
        keepPercent = random.nextInt(4) == 0 ? 5 + random.nextInt(91) : 50;
        for (int i = 0; i < changes.size(); i++) {
            boolean isOne = i == one;
            switch (style) {
                case NOTHING -> {}
                case EVERYTHING -> keep(changes.get(i));
                case ANY -> keepSome(changes.get(i));
                case WHOLE -> keepOrLose(changes.get(i), keeps());
                case UP_TO_ONE -> keepOrSome(changes.get(i), isOne, i < one);
                case ALL_BUT_ONE -> keepOrSome(changes.get(i), isOne, true);
                case NONE_BUT_ONE -> keepOrSome(changes.get(i), isOne, false);
            }
        }
        // Data behind the end was on the device, and no size says so.
        StoreChange.Size.cutOff(sectors, sizeBytes);
    }

    private void keepOrSome(StoreChange change, boolean some, boolean keep) {
        if (some) {
            keepSome(change);
        } else {
            keepOrLose(change, keep);
        }
    }

    private void keepOrLose(StoreChange change, boolean keep) {
        if (keep) {
            keep(change);
        }
    }

    private void keep(StoreChange change) {
        sizeBytes = change.applyTo(sectors, sizeBytes);
    }

    private void keepSome(StoreChange change) {
        switch (change) {
            case StoreChange.Write write -> {
                for (int i = 0; i < write.contents().length; i++) {
                    keepSome(write.firstSector() + i, write.contents()[i]);
                }
            }
            case StoreChange.Hole hole -> keepSome(hole);
            case StoreChange.Size size -> keepOrLose(size, keeps());
        }
    }

    private void keepSome(long sector, byte[] content) {
        if (tears && random.nextInt(4) == 0) {
            sectors.put(sector, torn(sector, content));
        } else if (keeps()) {
            sectors.put(sector, content);
        }
    }

    /** Of a hole one stretch is left, or all but one. */
    private void keepSome(StoreChange.Hole hole) {
        long[] there = new long[(int) sectors.countOf(hole.firstSector(), hole.endSector())];
        int[] at = {0};
        sectors.forEach(hole.firstSector(), hole.endSector(), sector -> there[at[0]++] = sector);
        int a = random.nextInt(there.length + 1);
        int b = random.nextInt(there.length + 1);
        boolean inside = random.nextBoolean();
        for (int i = 0; i < there.length; i++) {
            boolean between = i >= Math.min(a, b) && i < Math.max(a, b);
            if (tears && (i == a || i == b)) {
                sectors.put(there[i], torn(there[i], StoreChange.ZEROES));
            } else if (between == inside) {
                sectors.remove(there[i]);
            }
        }
    }

    private byte[] torn(long sector, byte[] content) {
        byte[] before = sectors.get(sector);
        byte[] old = before == null ? StoreChange.ZEROES : before;
        int at = tearBytes * (1 + random.nextInt(SECTOR_BYTES / tearBytes - 1));
        boolean newFirst = random.nextBoolean();
        byte[] torn = (newFirst ? old : content).clone();
        System.arraycopy(newFirst ? content : old, 0, torn, 0, at);
        return torn;
    }

    private boolean keeps() {
        return random.nextInt(100) < keepPercent;
    }
}
