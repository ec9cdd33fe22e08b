package dev.kume.core.testing;

import java.util.Arrays;

/** One change of a {@link PowerCutStore}, in sectors. */
sealed interface StoreChange {
    int SECTOR_BYTES = PowerCutStore.SECTOR_BYTES;

    /** A sector that was never written. Nobody changes it. */
    byte[] ZEROES = new byte[SECTOR_BYTES];

    /**
     * Makes the change in full.
     *
     * @return the size of the store behind it
     */
    long applyTo(SparseSectors sectors, long sizeBytes);

    /** Whole sectors side by side, as they are after a write. Never changes the size: a write grows the store first. */
    record Write(long firstSector, byte[][] contents) implements StoreChange {
        @Override
        public long applyTo(SparseSectors sectors, long sizeBytes) {
            for (int i = 0; i < contents.length; i++) {
                sectors.put(firstSector + i, contents[i]);
            }
            return sizeBytes;
        }
    }

    /** Whole sectors that were punched or zeroed. */
    record Hole(long firstSector, long endSector) implements StoreChange {
        @Override
        public long applyTo(SparseSectors sectors, long sizeBytes) {
            sectors.forEach(firstSector, endSector, sectors::remove);
            return sizeBytes;
        }
    }

    /** Another size; what was cut off and comes back is zeroes. */
    record Size(long newBytes) implements StoreChange {
        @Override
        public long applyTo(SparseSectors sectors, long sizeBytes) {
            if (newBytes < sizeBytes) {
                cutOff(sectors, newBytes);
            }
            return newBytes;
        }

        /** Nothing is left behind that byte. */
        static void cutOff(SparseSectors sectors, long sizeBytes) {
            sectors.forEach(Math.ceilDiv(sizeBytes, SECTOR_BYTES), Long.MAX_VALUE / SECTOR_BYTES, sectors::remove);
            int within = (int) (sizeBytes % SECTOR_BYTES);
            byte[] last = within > 0 ? sectors.get(sizeBytes / SECTOR_BYTES) : null;
            if (last != null) {
                byte[] shorter = last.clone();
                Arrays.fill(shorter, within, SECTOR_BYTES, (byte) 0);
                sectors.put(sizeBytes / SECTOR_BYTES, shorter);
            }
        }
    }
}
