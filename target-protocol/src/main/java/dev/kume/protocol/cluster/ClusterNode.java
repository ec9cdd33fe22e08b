package dev.kume.protocol.cluster;

import dev.kume.core.Clock;
import dev.kume.protocol.initiator.BlockClient;
import dev.kume.protocol.initiator.Initiator;
import dev.kume.protocol.initiator.InitiatorLoop;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.RemoteUnit;
import dev.kume.protocol.initiator.ScsiDevice;
import dev.kume.protocol.initiator.SessionListener;
import dev.kume.protocol.initiator.SessionSettings;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A node of a cluster: one initiator with a session for each path, each with its own ISID, and the disks that they lead
 * to. Methods may be called by any thread.
 */
public final class ClusterNode {
    private final String name;
    private final Initiator initiator;
    private final InitiatorLoop loop;
    private final Surroundings surroundings;
    private final List<InitiatorSession> sessions = new ArrayList<>();
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
        return initiator
                .login(target, portal, surroundings.settings(), surroundings.listener())
                .thenApply(session -> {
                    synchronized (sessions) {
                        sessions.add(session);
                    }
                    return session;
                });
    }

    public List<InitiatorSession> sessions() {
        synchronized (sessions) {
            return List.copyOf(sessions);
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
        for (InitiatorSession session : sessions()) {
            all = all.thenCompose(found -> look(session).thenApply(more -> {
                found.addAll(more);
                return found;
            }));
        }
        return all.thenCompose(this::group);
    }

    private CompletableFuture<List<Candidate>> look(InitiatorSession session) {
        BlockClient report = new BlockClient(new RemoteUnit(session, 0), loop);
        return report.reportLuns().thenCompose(luns -> {
            CompletableFuture<List<Candidate>> all = CompletableFuture.completedFuture(new ArrayList<>());
            for (int lun : luns) {
                ScsiDevice unit =
                        surroundings.wire().toUnit(String.valueOf(session.targetName()), new RemoteUnit(session, lun));
                all = all.thenCompose(found -> inspect(unit, lun).thenApply(seen -> {
                    found.add(new Candidate(session, seen, unit));
                    return found;
                }));
            }
            return all;
        });
    }

    /** The order of questions is that of Windows. */
    private CompletableFuture<SeenDisk> inspect(ScsiDevice unit, int lun) {
        BlockClient client = new BlockClient(unit, loop);
        return client.inquiry()
                .thenCompose(inquiry -> client.vitalProductData(0x00)
                        .thenCompose(pages -> client.serialNumber())
                        .thenCompose(serial -> client.vitalProductData(0x83)
                                .thenCompose(page -> client.readCapacity()
                                        .thenCompose(capacity -> client.testUnitReady()
                                                .thenCompose(ready -> client.read(0, 1, capacity.blockBytes()))
                                                .thenApply(firstBlock -> new SeenDisk(
                                                        lun,
                                                        SeenDisk.hexadecimal(inquiry),
                                                        SeenDisk.identifierOf(page),
                                                        serial,
                                                        capacity,
                                                        SeenDisk.signatureOf(firstBlock)))))));
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
                    String what = "node %s sees one disk in two ways: %s and %s".formatted(name, first, path.seen());
                    return CompletableFuture.failedFuture(new StepFailure(what));
                }
            }
            String label = "disk" + found.size();
            MpioDisk disk =
                    new MpioDisk(name, label, loop, surroundings.clock(), surroundings.log(), surroundings.dsm());
            paths.forEach(path -> added.add(disk.addPath(path.session(), path.unit())));
            found.add(new NodeDisk(parts, label, first, disk, paths.size()));
        }
        disks.addAll(found);
        return CompletableFuture.allOf(added.toArray(CompletableFuture[]::new)).thenApply(ignored -> found);
    }
}
