package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.store.BackingStore;
import dev.kume.core.testing.DiskModel;
import dev.kume.core.testing.Power;
import dev.kume.core.testing.PowerCut;
import dev.kume.core.testing.PowerCutFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The life of one disk under a seed, with power cuts in the middle of everything that it does. Before a call of a store
 * the host may lose its power: what it could leave is opened, looked at, and thrown away, while the life goes on; now
 * and then the disk lives on from there. The recovery is cut as well.
 */
final class PowerCutHistory {
    private static final int SECTOR_BYTES = DiskModel.SECTOR_BYTES;
    private static final Path DIRECTORY = Path.of("/disks");
    private static final int LAYERS_MAX = 3;

    /**
     * What is there at a moment.
     *
     * @param killed true when the host lives on, and what was answered must be there
     */
    private record Moment(
            PowerCutFiles files,
            Path top,
            List<Path> known,
            DiskModel model,
            long growingTo,
            @Nullable UUID bootId,
            boolean killed) {
        /** The power is cut once more. */
        private Moment after(PowerCutFiles left, @Nullable UUID nextBootId) {
            return new Moment(left, top, known, model, growingTo, nextBootId, false);
        }
    }

    private final DiskKind kind;
    private final DiskFormat format;
    private final RandomGenerator random;
    private final int cutsMax;
    private final int cutPercent;

    /** True when parents are open for writing, so that layers can be merged. */
    private final boolean merges;

    private Power power = new Power();
    private PowerCutFiles files = new PowerCutFiles(power);
    private DiskModel model;
    private DiskChain chain;
    private final List<Path> known = new ArrayList<>();
    private Path top;
    private long[] hot = new long[6];

    /** What a disk grows to while nobody has been told, else 0. */
    private long growingTo;

    /** Of the host since its last start; null when the disk keeps no notes. */
    private @Nullable UUID bootId;

    private int named;
    private int cuts;
    private boolean merging;
    private @Nullable Moment goesOn;

    PowerCutHistory(DiskKind kind, RandomGenerator random) throws IOException {
        this.kind = kind;
        this.format = kind.newFormat(random);
        this.random = random;
        this.cutsMax = 20 + random.nextInt(180);
        this.cutPercent = 1 + random.nextInt(random.nextBoolean() ? 60 : 10);
        this.bootId = random.nextBoolean() ? newBootId() : null;
        this.merges = kind.type() == DiskType.DIFFERENCING && random.nextBoolean();
        this.model = new DiskModel(1 + random.nextInt(100), newSize());
        this.top = newPath();
        make(top, null);
        this.chain = DiskChain.open(files, format, kind.thin(), top, known, merges, bootId);
        warm();
        if (kind.type() == DiskType.DIFFERENCING) {
            randomWrites(1 + random.nextInt(12));
            snapshot();
        }
    }

    /** Lives until so many cuts were made. */
    int run() throws IOException {
        power.watch(this::maybeCut);
        for (int steps = 0; cuts < cutsMax && steps < 5_000; steps++) {
            step();
            Moment next = goesOn;
            if (next != null) {
                goesOn = null;
                goOn(next);
            }
        }
        power.watch(null);
        model.checkLiving(chain.top()::read, random);
        chain.close();
        return cuts;
    }

    private void step() throws IOException {
        int what = random.nextInt(100);
        if (what < 46) {
            write();
        } else if (what < 56) {
            clear();
        } else if (what < 78) {
            flush();
        } else if (what < 84) {
            model.checkLiving(chain.top()::read, random);
        } else if (what < 86) {
            reopen();
        } else if (what < 88) {
            grow();
        } else if (chain.top() instanceof MappedDisk disk) {
            stepOfMap(disk, what);
        } else {
            maybeCut();
        }
    }

    private void stepOfMap(MappedDisk disk, int what) throws IOException {
        if (what < 91) {
            disk.compact(this::between);
        } else if (what < 93) {
            shrink(disk);
        } else if (what < 94) {
            disk.identify(new UUID(random.nextLong(), random.nextLong()));
        } else if (chain.layers().size() == 1) {
            maybeCut();
        } else if (what < 96) {
            relink(disk);
        } else if (what < 98 && chain.layers().size() < LAYERS_MAX) {
            snapshot();
        } else if (merges) {
            merge();
        }
    }

    // ---- what a disk does -------------------------------------------------------------------------------------------

    private void write() throws IOException {
        long lba = place();
        int sectors = length(lba);
        ByteBuffer data = model.stamped(lba, sectors);
        model.write(lba, data);
        chain.top().write(lba * SECTOR_BYTES, data);
        model.answered();
    }

    private void clear() throws IOException {
        long lba = place();
        long sectors = length(lba);
        int how = random.nextInt(10);
        if (kind.hasMap() && how < 4) {
            long block = kind.blockBytes() / SECTOR_BYTES;
            lba = lba / block * block;
            sectors = Math.min(model.sizeBytes() / SECTOR_BYTES - lba, block * (1 + random.nextInt(3)));
        } else if (how == 9 && random.nextInt(3) == 0) {
            lba = 0;
            sectors = model.sizeBytes() / SECTOR_BYTES;
        }
        model.zero(lba, sectors);
        if (random.nextInt(3) > 0) {
            chain.top().unmap(lba * SECTOR_BYTES, sectors * SECTOR_BYTES);
        } else {
            chain.top().zero(lba * SECTOR_BYTES, sectors * SECTOR_BYTES);
        }
        model.answered();
    }

    private void flush() throws IOException {
        chain.top().flush();
        model.flushed();
    }

    private void reopen() throws IOException {
        flush();
        chain.close();
        chain = DiskChain.open(files, format, kind.thin(), top, known, merges, bootId);
        assertEquals(model.sizeBytes(), chain.top().info().sizeBytes());
    }

    private void grow() throws IOException {
        long grown = model.sizeBytes() + (1 + random.nextLong(4096)) * sizeUnit();
        if (grown > format.maxSizeBytes() || random.nextInt(4) > 0) {
            return;
        }
        growingTo = grown;
        DiskGrowth growth = chain.top().grow(grown, Progress.NONE);
        maybeCut();
        if (random.nextInt(4) == 0) {
            growth.undo();
            growingTo = 0;
        } else {
            growingTo = 0;
            growth.use();
            model.resize(grown);
            warm();
        }
    }

    private void shrink(MappedDisk disk) throws IOException {
        long units = model.sizeBytes() / sizeUnit();
        if (units < 2 || random.nextInt(3) > 0 || disk.parent() != null) {
            return;
        }
        long smaller = (1 + random.nextLong(units - 1)) * sizeUnit();
        long cutSectors = (model.sizeBytes() - smaller) / SECTOR_BYTES;
        model.zero(smaller / SECTOR_BYTES, cutSectors);
        disk.unmap(smaller, model.sizeBytes() - smaller);
        flush();
        growingTo = smaller;
        disk.shrink(smaller);
        growingTo = 0;
        model.resize(smaller);
        warm();
    }

    private void relink(MappedDisk disk) throws IOException {
        Path parent = chain.layers().get(chain.layers().size() - 2).path();
        disk.relink(linkTo(parent, parentOf(top)));
    }

    /** The disk's file becomes the parent of a new one. */
    private void snapshot() throws IOException {
        flush();
        chain.close();
        Path child = newPath();
        make(child, linkTo(top, image(top).contentId()));
        top = child;
        chain = DiskChain.open(files, format, kind.thin(), top, known, merges, bootId);
    }

    /** One layer goes down into the one below it. */
    private void merge() throws IOException {
        List<DiskChain.Layer> layers = chain.layers();
        int at = 1 + random.nextInt(layers.size() - 1);
        MappedDisk from = (MappedDisk) layers.get(at).disk();
        VirtualDisk into = layers.get(at - 1).disk();
        if (into.info().sizeBytes() < from.info().sizeBytes()) {
            return;
        }
        merging = true;
        try {
            from.mergeDown(this::between);
        } catch (InterruptedIOException cancelled) {
            return;
        } finally {
            merging = false;
        }
        if (random.nextBoolean()) {
            randomWrites(random.nextInt(4));
        }
        if (at < layers.size() - 1) {
            MappedDisk child = (MappedDisk) layers.get(at + 1).disk();
            child.relink(
                    linkTo(layers.get(at - 1).path(), parentOf(layers.get(at).path())));
            child.replaceParent(into);
        } else {
            flush();
            top = layers.get(at - 1).path();
        }
        DiskChain.Layer gone = chain.remove(at);
        gone.disk().close();
        files.remove(gone.path());
        known.remove(gone.path());
    }

    /** In the middle of something long the disk is written, and cancelled at times. */
    private void between(long doneBytes, long totalBytes) throws IOException {
        assertTrue(doneBytes <= totalBytes, doneBytes + " of " + totalBytes);
        if (random.nextInt(3) == 0) {
            randomWrites(1 + random.nextInt(3));
        }
        if (merging && random.nextInt(40) == 0) {
            throw new InterruptedIOException("cancelled");
        }
    }

    private void randomWrites(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int what = random.nextInt(8);
            if (what < 6) {
                write();
            } else if (what == 6) {
                clear();
            } else {
                flush();
            }
        }
    }

    // ---- power cuts -------------------------------------------------------------------------------------------------

    /** Before a call of a store, and at other moments. */
    private void maybeCut() {
        if (cuts < cutsMax && goesOn == null && random.nextInt(100) < cutPercent) {
            cuts++;
            Power after = new Power();
            boolean kill = random.nextInt(4) == 0 && (bootId != null || !kind.hasMap());
            PowerCutFiles left = kill ? files.afterKill(after) : files.cut(random, kind.tearBytes(), after);
            UUID nextBootId = kill || bootId == null ? bootId : newBootId();
            try {
                examine(new Moment(left, top, List.copyOf(known), model, growingTo, nextBootId, kill), after);
            } catch (IOException | AssertionError e) {
                throw new AssertionError("after %s %d: %s".formatted(kill ? "kill" : "power cut", cuts, e), e);
            }
        }
    }

    private UUID newBootId() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private void examine(Moment moment, Power power) throws IOException {
        Moment now = recovered(moment, power);
        settle(now);
        DiskChain survivor = opened(now);
        long sizeBytes = survivor.top().info().sizeBytes();
        assertTrue(
                sizeBytes == now.model().sizeBytes() || sizeBytes == now.growingTo(),
                () -> "a size of %d bytes: %s".formatted(sizeBytes, now));
        int then = random.nextInt(60);
        if (then == 0 || now.killed()) {
            DiskModel seen = now.killed()
                    ? now.model().checkAfterKill(survivor.top()::read, random, sizeBytes)
                    : now.model().checkSurvivor(survivor.top()::read, random, sizeBytes);
            goesOn = then == 0 ? new Moment(now.files(), now.top(), now.known(), seen, 0, now.bootId(), false) : null;
        } else {
            now.model().checkSomeOfSurvivor(survivor.top()::read, random, sizeBytes);
        }
        survivor.close();
        if (then < 12) {
            checkFiles(now, survivor.paths());
        }
    }

    /** The recovery loses its power as well, at times. */
    private Moment recovered(Moment moment, Power power) throws IOException {
        Moment now = moment;
        Power after = power;
        for (int again = 0; again < 3 && random.nextInt(3) == 0; again++) {
            after.cutAfter(random.nextInt(again == 0 ? 12 : 40));
            try {
                settle(now);
                opened(now).close();
                after.cutAfter(Long.MAX_VALUE / 2);
            } catch (PowerCut cut) {
                after = new Power();
                PowerCutFiles left = now.files().cut(random, kind.tearBytes(), after);
                now = now.after(left, now.bootId() == null ? null : newBootId());
            }
        }
        return now;
    }

    private DiskChain opened(Moment moment) throws IOException {
        return DiskChain.open(
                moment.files(), format, kind.thin(), moment.top(), moment.known(), merges, moment.bootId());
    }

    /** What a daemon does with a disk that was being grown: it has the old size. */
    private void settle(Moment moment) throws IOException {
        if (moment.growingTo() > moment.model().sizeBytes()) {
            try (BackingStore store = moment.files().open(moment.top(), false)) {
                format.settle(store, moment.model().sizeBytes());
            }
        }
    }

    private void checkFiles(Moment moment, List<Path> paths) throws IOException {
        for (Path path : paths) {
            try (BackingStore store = moment.files().open(path, false)) {
                DiskReport report = format.check(store, false, Progress.NONE);
                assertTrue(report.clean(), () -> path + ": " + report);
            }
        }
    }

    /** The host was started again, on what the power cut has left. */
    private void goOn(Moment moment) throws IOException {
        power = new Power();
        files = moment.files().afterKill(power);
        model = moment.model();
        top = moment.top();
        bootId = moment.bootId();
        growingTo = 0;
        chain = DiskChain.open(files, format, kind.thin(), top, moment.known(), merges, bootId);
        known.clear();
        known.addAll(chain.paths());
        for (Path path : files.paths()) {
            if (!known.contains(path)) {
                files.remove(path);
            }
        }
        power.watch(this::maybeCut);
    }

    // ---- places and files -------------------------------------------------------------------------------------------

    private long sizeUnit() {
        return SECTOR_BYTES;
    }

    private long newSize() {
        if (!kind.hasMap()) {
            return (1 + random.nextLong(3000)) * sizeUnit();
        }
        boolean large = kind.type() != DiskType.FIXED && random.nextInt(3) == 0;
        long most = large ? Math.min(format.maxSizeBytes(), 1L << 36) : 6 * kind.blockBytes();
        return (1 + random.nextLong(most / sizeUnit())) * sizeUnit();
    }

    /** Where this disk is written mostly: at a few places, borders of blocks and ends among them. */
    private void warm() {
        long sectors = model.sizeBytes() / SECTOR_BYTES;
        long block = Math.max(8, kind.blockBytes() / SECTOR_BYTES);
        for (int i = 0; i < hot.length; i++) {
            long at = random.nextLong(sectors);
            hot[i] = i % 2 == 0 ? at / block * block : at;
        }
        hot[hot.length - 1] = sectors - 1;
    }

    private long place() {
        long near = hot[random.nextInt(hot.length)] + random.nextInt(60) - 30;
        return Math.clamp(near, 0, model.sizeBytes() / SECTOR_BYTES - 1);
    }

    private int length(long lba) {
        long block = Math.max(64, kind.blockBytes() / SECTOR_BYTES);
        long most = random.nextInt(12) == 0 ? block + 20 : random.nextInt(3) == 0 ? 40 : 4;
        return (int) Math.min(1 + random.nextLong(most), model.sizeBytes() / SECTOR_BYTES - lba);
    }

    private Path newPath() {
        return DIRECTORY.resolve("disk-%d.%s".formatted(++named, kind.formatName()));
    }

    private ParentLink linkTo(Path parent, UUID contentId) {
        String detour = "./".repeat(random.nextInt(random.nextInt(4) == 0 ? 200 : 3));
        return new ParentLink(contentId, detour + parent.getFileName(), parent.toString(), 1_700_000_000L);
    }

    private void make(Path path, @Nullable ParentLink link) throws IOException {
        known.add(path);
        try (BackingStore store = files.create(path)) {
            format.create(store, kind.options(model.sizeBytes(), random, link));
        }
        files.syncDirectory(DIRECTORY);
    }

    private DiskImage image(Path path) throws IOException {
        return format.inspect(Objects.requireNonNull(files.find(path)));
    }

    private UUID parentOf(Path child) throws IOException {
        return Objects.requireNonNull(image(child).parent()).contentId();
    }
}
