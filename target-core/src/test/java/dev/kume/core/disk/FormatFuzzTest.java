package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.store.BackingStore;
import dev.kume.core.testing.Allocations;
import dev.kume.core.testing.Power;
import dev.kume.core.testing.PowerCutFiles;
import dev.kume.core.testing.PowerCutStore;
import dev.kume.core.testing.RecordingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that somebody has damaged, by accident or on purpose: each is refused with one clear message, or is a disk that
 * can be read and written and harms nobody. Never another exception, a loop without end, or memory without measure.
 *
 * <p>{@code -Dkume.fuzz.images} says how many of each kind; {@code -Dkume.fuzz.image} runs one seed again.
 */
final class FormatFuzzTest {
    private static final int LIMIT_SECONDS = 20;
    private static final long ALLOCATED_BYTES_MAX = 64L << 20;

    /** So much is read at both ends of a disk and at places between. */
    private static final int LOOK_BYTES = 1 << 20;

    static List<DiskKind> kinds() {
        return DiskKind.all().stream()
                .filter(kind -> !kind.formatName().equals("raw"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void isRefusedOrServed(DiskKind kind) throws Exception {
        Long only = Long.getLong("kume.fuzz.image");
        int count = Integer.getInteger("kume.fuzz.images", 200);
        long first = only != null ? only : 1;
        long last = only != null ? only : count;
        int[] outcomes = new int[2];
        long begin = System.nanoTime();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            for (long seed = first; seed <= last; seed++) {
                Case one = new Case(kind, seed);
                try {
                    outcomes[thread.submit(one::run).get(LIMIT_SECONDS, TimeUnit.SECONDS) ? 1 : 0]++;
                } catch (ExecutionException | TimeoutException e) {
                    Throwable cause = e instanceof ExecutionException ? Objects.requireNonNull(e.getCause()) : e;
                    throw new AssertionError(
                            "%s, seed %d (replay with -Dkume.fuzz.image=%d): %s: %s"
                                    .formatted(kind, seed, seed, one.damage, cause),
                            cause);
                }
            }
        } finally {
            thread.shutdownNow();
        }
        System.out.printf(
                "%s: %,d damaged files refused, %,d served, in %.1f s%n",
                kind, outcomes[0], outcomes[1], (System.nanoTime() - begin) / 1e9);
        assertTrue(only != null || (outcomes[0] > count / 20 && outcomes[1] > count / 20), Arrays.toString(outcomes));
    }

    static List<DiskKind> children() {
        return DiskKind.all().stream()
                .filter(kind -> kind.type() == DiskType.DIFFERENCING)
                .toList();
    }

    /** Chains of three files whose links lead anywhere: to themselves, in circles, to other parents. */
    @ParameterizedTest
    @MethodSource("children")
    void aChainIsRefusedOrServed(DiskKind kind) {
        int count = Integer.getInteger("kume.fuzz.images", 200);
        int[] outcomes = new int[2];
        for (long seed = 1; seed <= count; seed++) {
            long one = seed;
            assertTimeoutPreemptively(
                    Duration.ofSeconds(LIMIT_SECONDS),
                    () -> outcomes[new Case(kind, one).servesChain() ? 1 : 0]++,
                    () -> "seed " + one);
        }
        assertTrue(outcomes[0] > count / 20 && outcomes[1] > count / 20, Arrays.toString(outcomes));
    }

    /** One file. */
    private static final class Case {
        private final DiskKind kind;
        private final RandomGenerator random;
        private final DiskFormat format;
        private volatile String damage = "undamaged";

        Case(DiskKind kind, long seed) {
            this.kind = kind;
            this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            this.format = kind.newFormat(random);
        }

        /** False when it was refused. */
        boolean run() throws IOException {
            PowerCutStore parentFile = null;
            ParentLink link = null;
            if (kind.type() == DiskType.DIFFERENCING) {
                parentFile = make(new PowerCutStore("/disks/parent"), null, null);
                UUID id = Objects.requireNonNull(format.inspect(parentFile).contentId());
                link = new ParentLink(id, "./parent", "/disks/parent", 1_700_000_000L);
            }
            PowerCutStore file = new PowerCutStore("/disks/damaged");
            PowerCutStore damaged = make(file, link, parentFile);
            damage = new ImageDamage(damaged, kind.formatName(), random).run();
            long before = Allocations.bytesOfThisThread();
            checks(damaged);
            boolean served = serves(damaged, parentFile);
            long allocated = Allocations.bytesOfThisThread() - before;
            assertTrue(allocated < ALLOCATED_BYTES_MAX, () -> allocated + " bytes of memory");
            return served;
        }

        /** False when the chain was refused. */
        boolean servesChain() throws IOException {
            List<Path> paths =
                    List.of(Path.of("/disks/damaged0"), Path.of("/disks/damaged1"), Path.of("/disks/damaged2"));
            List<PowerCutStore> made = new ArrayList<>();
            for (Path path : paths) {
                PowerCutStore file = new PowerCutStore(path.toString());
                PowerCutStore below = made.isEmpty() ? null : made.getLast();
                ParentLink link = below == null ? null : linkTo(paths.get(made.size() - 1), below);
                format.create(file, kind.options(4 * kind.blockBytes(), random, link));
                made.add(file);
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                confuse(paths, made);
            }
            if (random.nextInt(3) == 0) {
                damage = new ImageDamage(made.get(random.nextInt(3)), kind.formatName(), random).run();
            }
            PowerCutFiles files = new PowerCutFiles(new Power());
            for (int i = 0; i < paths.size(); i++) {
                files.put(paths.get(i), made.get(i));
            }
            try (Chain chain = new DiskChains(files).open(paths.get(2), format, false)) {
                chain.disk().read(0, ByteBuffer.allocate((int) kind.blockBytes()));
                chain.disk().write(0, ByteBuffer.allocate(4096));
                return true;
            } catch (DiskFormatException refused) {
                checkMessage(refused);
                return false;
            }
        }

        private ParentLink linkTo(Path path, PowerCutStore file) throws IOException {
            UUID id = Objects.requireNonNull(format.inspect(file).contentId());
            return new ParentLink(id, "./" + path.getFileName(), path.toString(), 1_700_000_000L);
        }

        /** A child names any of the three, or a file becomes a copy of another one. */
        private void confuse(List<Path> paths, List<PowerCutStore> made) throws IOException {
            int from = random.nextInt(3);
            int to = random.nextInt(3);
            if (random.nextBoolean()) {
                made.set(
                        from,
                        PowerCutStore.holding(
                                paths.get(from).toString(), made.get(to).bytes()));
            } else if (format.inspect(made.get(from)).parent() != null) {
                format.relink(made.get(from), linkTo(paths.get(to), made.get(to)));
            }
        }

        /** A file with something in it, closed or as a crash leaves it. */
        private PowerCutStore make(PowerCutStore file, @Nullable ParentLink link, @Nullable PowerCutStore parentFile)
                throws IOException {
            long unit = Math.max(kind.blockBytes(), 4096);
            long sizeBytes = unit + random.nextLong(4 * unit / 512) * 512;
            format.create(file, kind.options(sizeBytes, random, link));
            VirtualDisk parent = parentFile == null ? null : format.open(parentFile.asReadOnly(), false);
            VirtualDisk disk = format.open(file, kind.thin(), parent);
            for (int i = 0; i < 6; i++) {
                int bytes = 512 * (1 + random.nextInt(8));
                byte[] content = new byte[bytes];
                random.nextBytes(content);
                long at = random.nextLong((sizeBytes - bytes) / 512 + 1) * 512;
                disk.write(at, ByteBuffer.wrap(content));
                if (random.nextBoolean()) {
                    disk.flush();
                }
            }
            disk.flush();
            PowerCutStore crashed = file.afterKill();
            disk.close();
            return random.nextBoolean() ? crashed : file.afterKill();
        }

        /** What looks at files that nobody serves. */
        private void checks(PowerCutStore damaged) throws IOException {
            PowerCutStore copy = damaged.afterKill();
            format.probe(copy);
            format.check(copy.asReadOnly(), false, Progress.NONE);
            DiskReport repaired = format.check(copy, true, Progress.NONE);
            if (repaired.clean()) {
                DiskReport again = format.check(copy, false, Progress.NONE);
                assertTrue(again.clean(), () -> "after the repair " + repaired + " there is " + again);
            }
            PowerCutStore another = damaged.afterKill();
            try {
                switch (random.nextInt(4)) {
                    case 0 -> format.identify(another, new UUID(1, 2));
                    case 1 -> format.settle(another, format.inspect(another).sizeBytes());
                    case 2 -> format.relink(another, new ParentLink(new UUID(3, 4), "./other", "/disks/other", 0));
                    default -> format.inspect(another);
                }
            } catch (DiskFormatException refused) {
                checkMessage(refused);
            }
        }

        private boolean serves(PowerCutStore damaged, @Nullable PowerCutStore parentFile) throws IOException {
            RecordingStore store = new RecordingStore(damaged);
            long fileBytes = damaged.sizeBytes();
            VirtualDisk disk;
            try {
                disk = open(store, parentFile);
            } catch (DiskFormatException refused) {
                checkMessage(refused);
                return false;
            }
            List<Look> looks = looks(disk);
            for (Look look : looks) {
                look.read(disk);
            }
            int changes = 1 + random.nextInt(6);
            try {
                for (int i = 0; i < changes; i++) {
                    change(disk, looks);
                }
                disk.flush();
                if (disk instanceof MappedDisk mapped && random.nextInt(4) == 0) {
                    mapped.compact(Progress.NONE);
                }
            } catch (DiskFormatException refused) {
                checkMessage(refused);
                return true;
            }
            for (Look look : looks) {
                look.check(disk);
            }
            disk.close();
            checkWrites(store, fileBytes, changes);
            VirtualDisk again = open(damaged.reopened(), parentFile);
            for (Look look : looks) {
                look.check(again);
            }
            return true;
        }

        private VirtualDisk open(BackingStore store, @Nullable PowerCutStore parentFile) throws IOException {
            boolean child = format.inspect(store).parent() != null;
            VirtualDisk parent = child && parentFile != null ? format.open(parentFile.asReadOnly(), false) : null;
            return format.open(store, kind.thin(), parent);
        }

        private List<Look> looks(VirtualDisk disk) {
            long sizeBytes = disk.info().sizeBytes();
            List<Look> looks = new ArrayList<>();
            looks.add(new Look(0, (int) Math.min(LOOK_BYTES, sizeBytes)));
            for (int i = 1; i < 6; i++) {
                long from = looks.getLast().to();
                if (from < sizeBytes) {
                    long at = i == 5
                            ? Math.max(from, (sizeBytes - LOOK_BYTES) / 512 * 512)
                            : from + random.nextLong((sizeBytes - from) / 512 / 4 + 1) * 512;
                    if (at < sizeBytes) {
                        looks.add(new Look(at, (int) Math.min(LOOK_BYTES, sizeBytes - at)));
                    }
                }
            }
            return looks;
        }

        private void change(VirtualDisk disk, List<Look> looks) throws IOException {
            Look look = looks.get(random.nextInt(looks.size()));
            int from = random.nextInt(look.content.length / 512) * 512;
            int bytes = Math.min(512 * (1 + random.nextInt(16)), look.content.length - from);
            byte[] content = new byte[bytes];
            if (random.nextInt(3) > 0) {
                random.nextBytes(content);
                disk.write(look.at + from, ByteBuffer.wrap(content));
            } else {
                disk.unmap(look.at + from, bytes);
            }
            System.arraycopy(content, 0, look.content, from, bytes);
        }

        /** No write lies far behind what the file was, and what was written can have added. */
        private void checkWrites(RecordingStore store, long fileBytes, int changes) {
            long most = fileBytes + (changes + 2) * 2 * (kind.blockBytes() + (2 << 20)) + (64 << 20);
            for (RecordingStore.Event event : store.events()) {
                if (event.kind() == RecordingStore.Kind.WRITE) {
                    assertTrue(
                            event.offsetBytes() >= 0 && event.offsetBytes() + event.lengthBytes() <= most,
                            () -> event + " in a file of " + fileBytes);
                }
            }
        }

        private static void checkMessage(DiskFormatException refused) {
            String text = String.valueOf(refused.getMessage());
            assertTrue(text.contains("/disks/damaged"), text);
            assertTrue(text.length() > 40 && !text.contains("null"), text);
        }
    }

    /** A piece of a disk and what it holds. */
    private static final class Look {
        private final long at;
        private final byte[] content;

        Look(long at, int bytes) {
            this.at = at;
            this.content = new byte[bytes];
        }

        long to() {
            return at + content.length;
        }

        void read(VirtualDisk disk) throws IOException {
            disk.read(at, ByteBuffer.wrap(content));
        }

        void check(VirtualDisk disk) throws IOException {
            byte[] now = new byte[content.length];
            disk.read(at, ByteBuffer.wrap(now));
            assertEquals(-1, Arrays.mismatch(content, now), () -> "another content from " + at + " on");
        }
    }
}
