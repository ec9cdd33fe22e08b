package dev.kume.protocol.simulation;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.AccessList;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.login.Authentication;
import dev.kume.protocol.login.ChapCredential;
import dev.kume.protocol.pdu.PduListener;
import dev.kume.protocol.pdu.PduReader;
import dev.kume.protocol.server.TargetSpec;
import dev.kume.protocol.testing.NettyLeaks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Inputs that nobody meant to send: to the PDU reader, to a connection before its login, and to a session. Nothing may
 * throw, hang, leak, or take more memory than the limits say.
 */
public final class Fuzz {
    private static final String NAME = "iqn.2026-11.test:fuzz";
    private static final String TARGET = "iqn.2026-11.dev.kume:fuzz";
    private static final String CHAP_TARGET = "iqn.2026-11.dev.kume:fuzz-chap";
    private static final int INPUTS_OF_A_SEED = 100;
    private static final long DATA_OUT_BYTES = 4L << 20;
    /** What comes unasked has its own bound: the window and the immediate commands, each with a list of 1 MiB. */
    private static final long UNASKED_BYTES = 64L << 20;

    private final World world;
    private final Mutator mutator;
    private final SimulatedTarget target;
    private final List<Corpus.Input> corpus = Corpus.all();
    private final Map<String, Long> outcomes;
    private final long seed;

    private Fuzz(long seed, Map<String, Long> outcomes) {
        this.seed = seed;
        this.outcomes = outcomes;
        world = new World(seed);
        mutator = new Mutator(world.random);
        Limits limits = Limits.of(Map.of(Limit.TASKS_PER_SESSION, 16L, Limit.LOGIN_SECONDS, 5L));
        target = new SimulatedTarget(world, limits, 2, DATA_OUT_BYTES, List.of(new byte[1 << 20]), 200);
        LunMap luns = LunMap.of(Map.of(0, target.units.getFirst()));
        Authentication chap = new Authentication.Chap(
                List.of(new ChapCredential("user", "a secret nobody tells".getBytes(StandardCharsets.UTF_8))),
                new ChapCredential("target", "our own secret".getBytes(StandardCharsets.UTF_8)));
        AccessList access = AccessList.ofNames(Set.of(NAME));
        target.publish(List.of(
                new TargetSpec(TARGET, new Target.Definition("", true, Set.of(NAME), luns)),
                new TargetSpec(
                        CHAP_TARGET, new Target.Definition("", true, access, Set.of(), null, chap, Map.of(), luns))));
    }

    /** Runs the inputs of one seed; {@code outcomes} counts what came of them. */
    public static void run(long seed, Map<String, Long> outcomes) {
        Fuzz fuzz = new Fuzz(seed, outcomes);
        int number = 0;
        try {
            for (; number < INPUTS_OF_A_SEED; number++) {
                fuzz.input();
            }
            fuzz.target.end();
            fuzz.throwFailure();
        } catch (RuntimeException | Error failure) {
            throw new AssertionError(
                    "fuzzing seed %d, input %d (replay with -Dkume.seed=%d): %s%n%s"
                            .formatted(seed, number, seed, failure.getMessage(), String.join("\n", fuzz.world.story())),
                    failure);
        }
    }

    private void input() {
        Corpus.Input input = world.any(corpus);
        FuzzPeer peer = new FuzzPeer(world, mutator, outcomes);
        target.accept(peer.wire, 1 + world.random.nextInt(200));
        if (input.kind() == Corpus.Kind.SESSION) {
            peer.logIn(NAME, TARGET);
            runFor(TimeUnit.MILLISECONDS.toNanos(30));
            peer.clearAttentions();
            runFor(TimeUnit.MILLISECONDS.toNanos(30));
        }
        List<Pdu> pdus = mutator.mutate(
                peer.number(input.pdus().stream().map(Mutator::copy).toList()), corpus);
        byte[] bytes = peer.bytes(pdus, true);
        world.tell(input.name() + " " + bytes.length + " bytes");
        readInPieces(bytes);
        peer.wire.send(bytes);
        runFor(TimeUnit.MILLISECONDS.toNanos(40));
        world.check(
                target.dataBytes() <= DATA_OUT_BYTES + UNASKED_BYTES,
                "more memory than is allowed: " + target.dataBytes());
        world.check(!target.isLoggedInTo(CHAP_TARGET), "somebody is logged in who does not know the secret");
        count(input.kind() + (peer.closed ? " was closed" : " goes on"));
        end(peer);
    }

    private void end(FuzzPeer peer) {
        switch (world.random.nextInt(12)) {
            case 0 -> peer.wire.fallSilent();
            case 1, 2 -> peer.wire.reset();
            default -> peer.wire.close();
        }
        long deadline = world.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (target.connectionCount() > 0) {
            step();
            world.check(world.nanoTime() < deadline, "a connection that does not end: " + target.describe());
        }
    }

    private void runFor(long nanos) {
        long end = world.nanoTime() + nanos;
        while (world.nanoTime() < end) {
            step();
        }
    }

    private void step() {
        world.step();
        target.checkForBugs();
        throwFailure();
    }

    private void throwFailure() {
        Throwable failure = world.failure();
        if (failure != null) {
            throw new AssertionError(failure.toString(), failure);
        }
    }

    private void count(String outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
    }

    // ---- the reader alone -------------------------------------------------------------------------------------------

    /** However the bytes are cut, the reader finds the same. */
    private void readInPieces(byte[] bytes) {
        boolean digests = world.random.nextBoolean();
        List<String> whole = found(bytes, bytes.length, digests);
        List<String> pieces = found(bytes, 1 + world.random.nextInt(world.oneIn(2) ? 7 : 300), digests);
        world.check(whole.equals(pieces), "the reader finds %s, and in pieces %s".formatted(whole, pieces));
    }

    private List<String> found(byte[] bytes, int pieceBytesMax, boolean digests) {
        List<String> found = new ArrayList<>();
        int[] data = new int[2];
        PduReader reader = new PduReader(
                new PduListener() {
                    @Override
                    public void onHeader(ByteBuf buffer, int offsetBytes, int headerBytes, int dataBytes) {
                        data[0] = 0;
                        data[1] = 0;
                        int hash = 0;
                        for (int i = 0; i < headerBytes; i++) {
                            hash = hash * 31 + buffer.getByte(offsetBytes + i);
                        }
                        found.add("header %x %d".formatted(hash, dataBytes));
                    }

                    @Override
                    public void onData(ByteBuf buffer, int offsetBytes, int lengthBytes) {
                        for (int i = 0; i < lengthBytes; i++) {
                            data[0] = data[0] * 31 + buffer.getByte(offsetBytes + i);
                        }
                        data[1] += lengthBytes;
                    }

                    @Override
                    public void onPduEnd(boolean dataDigestRight) {
                        found.add("end %x %d %s".formatted(data[0], data[1], dataDigestRight));
                    }

                    @Override
                    public void onBroken(String why) {
                        found.add(why);
                    }
                },
                8192);
        reader.negotiated(digests, digests, 65_536);
        ByteBuf all = Unpooled.wrappedBuffer(bytes);
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(pieceBytesMax, bytes.length - at);
            ByteBuf piece = all.slice(at, length);
            reader.read(piece);
            at += length;
        }
        reader.close();
        all.release();
        return found;
    }

    // ---- as a program -----------------------------------------------------------------------------------------------

    /** {@code --minutes N}: runs fresh seeds and prints what came of them. */
    public static void main(String[] words) {
        NettyLeaks.listen();
        double minutes = words.length == 2 ? Double.parseDouble(words[1]) : 30;
        long began = System.nanoTime();
        long seed = began & 0x7FFF_FFFF_FFFFL;
        Map<String, Long> outcomes = new TreeMap<>();
        long seeds = 0;
        long leaks = 0;
        while (System.nanoTime() - began < minutes * 60e9) {
            run(seed++, outcomes);
            if (++seeds % 1_000 == 0) {
                leaks += NettyLeaks.take().size();
                System.out.printf(
                        Locale.ROOT,
                        "%6.1f min: %d inputs, %d distinct outcomes, %d leaks%n",
                        (System.nanoTime() - began) / 60e9,
                        seeds * INPUTS_OF_A_SEED,
                        outcomes.size(),
                        leaks);
            }
        }
        leaks += NettyLeaks.take().size();
        long usedBytes =
                Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        System.out.printf(
                Locale.ROOT,
                "%.1f min: %d inputs, %d distinct outcomes, %d leaks, heap in use %d KiB%n",
                (System.nanoTime() - began) / 60e9,
                seeds * INPUTS_OF_A_SEED,
                outcomes.size(),
                leaks,
                usedBytes >> 10);
        outcomes.forEach((outcome, count) -> System.out.printf(Locale.ROOT, "%10d  %s%n", count, outcome));
    }
}
