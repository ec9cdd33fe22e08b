package dev.kume.cli.daemon;

import dev.kume.cli.api.ConfigChangeView;
import dev.kume.cli.api.ConfigPlanView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.config.BlastRadius;
import dev.kume.cli.config.BlastRadius.Cause;
import dev.kume.cli.config.BlastRadius.Condition;
import dev.kume.cli.config.BlastRadius.Dropped;
import dev.kume.cli.config.BlastRadius.Heard;
import dev.kume.cli.config.BlastRadius.Loss;
import dev.kume.cli.config.InventoryDiff;
import dev.kume.cli.config.LiveSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Plans as clients see them. */
final class ConfigViews {
    /** Names in one sentence. */
    private static final int NAMES_MAX = 4;

    /** Losses among the reasons to ask; the blast radius has all. */
    private static final int LOSSES_MAX = 8;

    private ConfigViews() {}

    /** The sessions that are logged in to targets. */
    static List<LiveSession> live(List<SessionView> sessions) {
        return sessions.stream()
                .filter(session -> session.targetIqn() != null)
                .map(session -> new LiveSession(
                        session.id(),
                        session.initiator(),
                        session.isid(),
                        PeerAddress.of(session.address()),
                        session.address(),
                        String.valueOf(session.targetIqn()),
                        session.portalGroupTag()))
                .toList();
    }

    static List<ConfigChangeView> changes(List<InventoryDiff.Change> changes) {
        return changes.stream().map(change -> view(change, List.of())).toList();
    }

    private static ConfigChangeView view(InventoryDiff.Change change, List<String> effects) {
        return new ConfigChangeView(
                change.action(),
                change.kind().name().toLowerCase(Locale.ROOT),
                change.name(),
                change.details(),
                effects);
    }

    static ConfigPlanView plan(ConfigPlanning.Planned planned, BlastRadius blast) {
        List<InventoryDiff.Change> changes = InventoryDiff.between(planned.now(), planned.next());
        Map<Cause, List<String>> effects = effects(blast);
        return new ConfigPlanView(
                planned.now().version(),
                planned.source(),
                changes.stream()
                        .map(change ->
                                view(change, effects.getOrDefault(new Cause(change.kind(), change.id()), List.of())))
                        .toList(),
                blast(blast),
                ConfigSpace.of(planned),
                planned.notes(),
                confirm(changes, blast));
    }

    private static ConfigPlanView.Blast blast(BlastRadius blast) {
        Map<List<String>, Set<LiveSession>> heard = new LinkedHashMap<>();
        for (Heard each : blast.heard()) {
            heard.computeIfAbsent(Arrays.asList(each.condition().words(), each.disk()), key -> new LinkedHashSet<>())
                    .add(each.session());
        }
        List<ConfigPlanView.Attention> attentions = new ArrayList<>();
        heard.forEach((key, sessions) -> attentions.add(new ConfigPlanView.Attention(
                key.getFirst(),
                key.getLast(),
                sessions.stream().map(LiveSession::id).toList(),
                sessions.stream().map(LiveSession::initiator).distinct().toList())));
        return new ConfigPlanView.Blast(
                blast.dropped().stream().map(ConfigViews::view).toList(),
                attentions,
                blast.losses().stream().map(ConfigViews::view).toList(),
                blast.untouched());
    }

    private static ConfigPlanView.Dropped view(Dropped dropped) {
        LiveSession session = dropped.session();
        return new ConfigPlanView.Dropped(
                session.id(),
                session.initiator(),
                session.address(),
                dropped.target().name(),
                dropped.why());
    }

    private static ConfigPlanView.Loss view(Loss loss) {
        return new ConfigPlanView.Loss(
                loss.disk(),
                loss.initiator(),
                loss.writeOnly() ? ConfigPlanView.Loss.WRITE : ConfigPlanView.Loss.REACH,
                loss.connected());
    }

    /** For each thing that changes, what comes of it. */
    private static Map<Cause, List<String>> effects(BlastRadius blast) {
        Map<Cause, List<String>> effects = new HashMap<>();
        for (Dropped each : blast.dropped()) {
            Cause cause = new Cause(InventoryDiff.Kind.TARGET, each.target().iqn());
            effects.computeIfAbsent(cause, key -> new ArrayList<>())
                    .add("drops the session of %s from %s: %s"
                            .formatted(
                                    each.session().initiator(), each.session().address(), each.why()));
        }
        record Key(Cause cause, Condition condition) {}
        Map<Key, Set<String>> heard = new LinkedHashMap<>();
        for (Heard each : blast.heard()) {
            heard.computeIfAbsent(new Key(each.cause(), each.condition()), key -> new LinkedHashSet<>())
                    .add(each.session().initiator());
        }
        heard.forEach((key, initiators) -> effects.computeIfAbsent(key.cause(), cause -> new ArrayList<>())
                .add("%s to %s".formatted(key.condition().words(), some(new ArrayList<>(initiators)))));
        return effects;
    }

    static String some(List<String> names) {
        return names.size() <= NAMES_MAX
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, NAMES_MAX)) + " and %d more".formatted(names.size() - NAMES_MAX);
    }

    /** What nobody should do by mistake. */
    private static List<String> confirm(List<InventoryDiff.Change> changes, BlastRadius blast) {
        List<String> reasons = new ArrayList<>();
        Map<String, List<String>> removed = new LinkedHashMap<>();
        for (InventoryDiff.Change change : changes) {
            if (change.action().equals(ConfigChangeView.REMOVE)) {
                removed.computeIfAbsent(change.kind().name().toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                        .add("'" + change.name() + "'");
            }
        }
        removed.forEach((kind, names) -> reasons.add("%s%s %s %s removed"
                .formatted(kind, names.size() == 1 ? "" : "s", some(names), names.size() == 1 ? "is" : "are")));
        if (!blast.dropped().isEmpty()) {
            List<String> who = blast.dropped().stream()
                    .map(each -> each.session().initiator())
                    .distinct()
                    .toList();
            int count = blast.dropped().size();
            reasons.add("%d session%s of %s %s dropped"
                    .formatted(count, count == 1 ? "" : "s", some(who), count == 1 ? "is" : "are"));
        }
        List<Loss> felt = blast.losses().stream().filter(Loss::connected).toList();
        felt.stream()
                .limit(LOSSES_MAX)
                .forEach(loss -> reasons.add("%s can no longer %s disk '%s'"
                        .formatted(loss.initiator(), loss.writeOnly() ? "write" : "reach", loss.disk())));
        if (felt.size() > LOSSES_MAX) {
            reasons.add("%d more lose a disk".formatted(felt.size() - LOSSES_MAX));
        }
        return reasons;
    }
}
