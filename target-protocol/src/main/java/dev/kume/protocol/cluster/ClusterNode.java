package dev.kume.protocol.cluster;

import dev.kume.core.Clock;
import dev.kume.protocol.initiator.BlockClient;
import dev.kume.protocol.initiator.Initiator;
import dev.kume.protocol.initiator.InitiatorException;
import dev.kume.protocol.initiator.InitiatorLoop;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.RemoteUnit;
import dev.kume.protocol.initiator.ScsiDevice;
import dev.kume.protocol.initiator.SessionListener;
import dev.kume.protocol.initiator.SessionSettings;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntPredicate;

/**
 * A node of a cluster: one initiator with a session for each path, each with its own ISID, and the disks that they lead
 * to. Methods may be called by any thread.
 */
public final class ClusterNode {
    private static final ByteBuffer NO_PAGE = ByteBuffer.allocate(4).asReadOnlyBuffer();

    private final String name;
    private final Initiator initiator;
    private final InitiatorLoop loop;
    private final Surroundings surroundings;
    private final List<Entrance> entrances = new ArrayList<>();
    private final List<NodeDisk> disks = new ArrayList<>();

    /** What lies between a node and the unit that it talks to. */
    @FunctionalInterface
    public interface Wire {
        Wire NONE = (target, unit) -> unit;

        ScsiDevice toUnit(String target, ScsiDevice unit);
    }

    /**
     * What all nodes of a cluster have in common.
     *
     * @param listener hears of all sessions
     */
    public record Surroundings(
            Clock clock,
            RunLog log,
            SessionSettings settings,
            MpioDisk.Times dsm,
            ArbitrationTimes arbitration,
            SessionListener listener,
            Wire wire) {}

    /**
     * One path to be.
     *
     * @param initiator whose name the target sees; its loop is the node's
     * @param luns      the units that are looked at, of those that the target shows
     */
    public record Way(
            Initiator initiator, SessionSettings settings, String target, SocketAddress portal, IntPredicate luns) {}

    private record Entrance(InitiatorSession session, IntPredicate luns) {}

    private record Candidate(InitiatorSession session, SeenDisk seen, ScsiDevice unit) {}

    public ClusterNode(String name, Initiator initiator, InitiatorLoop loop, Surroundings surroundings) {
        this.name = name;
        this.initiator = initiator;
        this.loop = loop;
        this.surroundings = surroundings;
    }

    public String name() {
        return name;
    }

    public InitiatorLoop loop() {
        return loop;
    }

    /** One more path. */
    public CompletableFuture<InitiatorSession> connect(String target, SocketAddress portal) {
        return connect(new Way(initiator, surroundings.settings(), target, portal, lun -> true));
    }

    /** One more path, of its own kind. */
    public CompletableFuture<InitiatorSession> connect(Way way) {
        return way.initiator()
                .login(way.target(), way.portal(), way.settings(), surroundings.listener())
                .thenApply(session -> {
                    synchronized (entrances) {
                        entrances.add(new Entrance(session, way.luns()));
                    }
                    return session;
                });
    }

    public List<InitiatorSession> sessions() {
        return entrances().stream().map(Entrance::session).toList();
    }

    private List<Entrance> entrances() {
        synchronized (entrances) {
            return List.copyOf(entrances);
        }
    }

    /** Goes without a word: connections stay open, nobody is at this end, and nothing of the node runs any more. */
    public void crash() {
        loop.run(() -> disks.forEach(disk -> disk.arbiter().stop()));
        sessions().forEach(session -> {
            session.vanish();
            session.close();
        });
    }

    /** Logs out everywhere. */
    public CompletableFuture<Void> shutDown() {
        return CompletableFuture.allOf(
                sessions().stream().map(InitiatorSession::logout).toArray(CompletableFuture[]::new));
    }

    // ---- disks ------------------------------------------------------------------------------------------------------

    /** The disks that the paths lead to, in the order in which they were found; paths to one disk make one. */
    public CompletableFuture<List<NodeDisk>> findDisks() {
        CompletableFuture<List<Candidate>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Entrance entrance : entrances()) {
            all = all.thenCompose(found -> look(entrance).thenApply(more -> {
                found.addAll(more);
                return found;
            }));
        }
        return all.thenCompose(this::group);
    }

    private CompletableFuture<List<Candidate>> look(Entrance entrance) {
        InitiatorSession session = entrance.session();
        BlockClient report = new BlockClient(logged(session, 0, new RemoteUnit(session, 0)), loop);
        return report.reportLuns().thenCompose(luns -> {
            List<Integer> wanted = luns.stream().filter(entrance.luns()::test).toList();
            if (wanted.isEmpty()) {
                String seen = luns.isEmpty() ? "no LUN at all" : "LUNs " + luns;
                return CompletableFuture.failedFuture(StepFailure.wrong(
                        "looking for the disk of node %s on %s".formatted(name, session.targetName()),
                        "its LUN among those that the target reports",
                        seen));
            }
            CompletableFuture<List<Candidate>> all = CompletableFuture.completedFuture(new ArrayList<>());
            for (int lun : wanted) {
                ScsiDevice unit =
                        surroundings.wire().toUnit(String.valueOf(session.targetName()), new RemoteUnit(session, lun));
                all = all.thenCompose(found -> inspect(logged(session, lun, unit), lun)
                        .thenApply(seen -> {
                            seen.ifPresent(disk -> found.add(new Candidate(session, disk, unit)));
                            return found;
                        }));
            }
            return all;
        });
    }

    private ScsiDevice logged(InitiatorSession session, int lun, ScsiDevice unit) {
        Clock clock = surroundings.clock();
        String path = session.toString();
        return command -> {
            long begun = clock.nanoTime();
            return unit.execute(command).whenComplete((result, failure) -> {
                Exchange exchange = new Exchange(command, result, failure, clock.nanoTime() - begun, path);
                surroundings.log().add(name, "LUN " + lun, "", exchange);
            });
        };
    }

    /** The order of questions is that of Windows. What is no disk, such as an array's controller, is left out. */
    private CompletableFuture<Optional<SeenDisk>> inspect(ScsiDevice unit, int lun) {
        BlockClient client = new BlockClient(unit, loop);
        return client.inquiry()
                .thenCompose(inquiry -> isDisk(inquiry)
                        ? inspect(client, lun, inquiry).thenApply(Optional::of)
                        : CompletableFuture.completedFuture(Optional.empty()));
    }

    private static CompletableFuture<SeenDisk> inspect(BlockClient client, int lun, ByteBuffer inquiry) {
        return optional(client.vitalProductData(0x00), NO_PAGE)
                .thenCompose(pages -> optional(client.serialNumber(), ""))
                .thenCompose(serial -> optional(client.vitalProductData(0x83), NO_PAGE)
                        .thenCompose(page -> client.readCapacity()
                                .thenCompose(capacity -> client.testUnitReady()
                                        .thenCompose(ready -> client.read(0, 1, capacity.blockBytes()))
                                        .thenApply(firstBlock -> new SeenDisk(
                                                lun,
                                                SeenDisk.hexadecimal(inquiry),
                                                SeenDisk.identifierOf(page),
                                                serial,
                                                capacity,
                                                SeenDisk.signatureOf(firstBlock))))));
    }

    private static boolean isDisk(ByteBuffer inquiry) {
        return inquiry.hasRemaining() && (inquiry.get(0) & 0x1F) == 0;
    }

    /** A page that the target does not have is nothing to end at: what it should say is missed later. */
    private static <T> CompletableFuture<T> optional(CompletableFuture<T> page, T without) {
        return page.exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return cause instanceof InitiatorException why && why.reason() == InitiatorException.Reason.COMMAND_FAILED
                    ? CompletableFuture.completedFuture(without)
                    : CompletableFuture.failedFuture(failure);
        });
    }

    private CompletableFuture<List<NodeDisk>> group(List<Candidate> candidates) {
        Map<String, List<Candidate>> byIdentity = new LinkedHashMap<>();
        for (Candidate candidate : candidates) {
            // MSDSM makes one disk of all paths with one identifier. That the rest is the same too is checked later.
            String identity =
                    candidate.seen().identifier() + "/" + candidate.seen().serial();
            byIdentity.computeIfAbsent(identity, ignored -> new ArrayList<>()).add(candidate);
        }
        NodeDisk.Parts parts =
                new NodeDisk.Parts(name, loop, surroundings.clock(), surroundings.log(), surroundings.arbitration());
        List<NodeDisk> found = new ArrayList<>();
        List<CompletableFuture<Void>> added = new ArrayList<>();
        for (List<Candidate> paths : byIdentity.values()) {
            SeenDisk first = paths.getFirst().seen();
            for (Candidate path : paths) {
                if (!path.seen().looksLike(first)) {
                    return CompletableFuture.failedFuture(StepFailure.wrong(
                            "comparing the paths of node %s to disk %s".formatted(name, first.serial()),
                            "the same disk by every path",
                            "one disk in two ways, %s and %s".formatted(first, path.seen())));
                }
            }
            String label = first.serial().isEmpty() ? "disk" + found.size() : first.serial();
            MpioDisk disk =
                    new MpioDisk(name, label, loop, surroundings.clock(), surroundings.log(), surroundings.dsm());
            paths.forEach(path -> added.add(disk.addPath(path.session(), path.unit())));
            found.add(new NodeDisk(parts, label, first, disk, paths.size()));
        }
        disks.addAll(found);
        return CompletableFuture.allOf(added.toArray(CompletableFuture[]::new)).thenApply(ignored -> found);
    }
}
