package dev.kume.core.inventory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change that the rules refuse. The message names the thing and the place, the remedy what to do. */
public final class InventoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why a change is refused. */
    public enum Kind {
        /** It makes no sense: a bad name, a bad IQN. */
        INVALID,
        /** What it names does not exist. */
        NOT_FOUND,
        /** A name, LUN, IQN or file is taken. */
        CONFLICT,
        /** It would likely lose data. */
        GUARD,
        /** What it would remove is in use. */
        BUSY,
        /** A limit is reached. */
        LIMIT
    }

    private final Kind kind;
    private final String problem;
    private final @Nullable String remedy;
    private final @Nullable String thing;
    private final @Nullable String name;
    private final transient List<String> suggestions;

    public InventoryException(Kind kind, String problem, @Nullable String remedy) {
        this(kind, problem, remedy, null, null, List.of());
    }

    InventoryException(
            Kind kind,
            String problem,
            @Nullable String remedy,
            @Nullable String thing,
            @Nullable String name,
            List<String> suggestions) {
        super(remedy == null ? problem : problem + "; " + remedy);
        this.kind = kind;
        this.problem = problem;
        this.remedy = remedy;
        this.thing = thing;
        this.name = name;
        this.suggestions = List.copyOf(suggestions);
    }

    /** Nothing of this kind has this name; {@code suggestions} come nearest. */
    public static InventoryException notFound(String thing, String name, List<String> suggestions) {
        String remedy = suggestions.isEmpty()
                ? "'kume %s list' shows what there is".formatted(thing)
                : "did you mean %s?".formatted(String.join(" or ", suggestions));
        return new InventoryException(
                Kind.NOT_FOUND, "there is no %s '%s'".formatted(thing, name), remedy, thing, name, suggestions);
    }

    static InventoryException invalid(String problem, String remedy) {
        return new InventoryException(Kind.INVALID, problem, remedy);
    }

    static InventoryException conflict(String thing, String name, String problem, String remedy) {
        return new InventoryException(Kind.CONFLICT, problem, remedy, thing, name, List.of());
    }

    static InventoryException guard(String thing, String name, String problem, String remedy) {
        return new InventoryException(Kind.GUARD, problem, remedy, thing, name, List.of());
    }

    static InventoryException busy(String thing, String name, String problem, String remedy) {
        return new InventoryException(Kind.BUSY, problem, remedy, thing, name, List.of());
    }

    static InventoryException limit(String problem, String remedy) {
        return new InventoryException(Kind.LIMIT, problem, remedy);
    }

    public Kind kind() {
        return kind;
    }

    /** What is wrong, without the remedy. */
    public String problem() {
        return problem;
    }

    public @Nullable String remedy() {
        return remedy;
    }

    /** {@code disk}, {@code target}...; null where no named thing is meant. */
    public @Nullable String thing() {
        return thing;
    }

    public @Nullable String name() {
        return name;
    }

    /** Names that come nearest, best first. */
    public List<String> suggestions() {
        return suggestions;
    }
}
