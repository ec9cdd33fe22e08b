package dev.kume.containers;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Locale;

/** {@code -Dkume.containers}: what becomes of the container tests where there is no engine, or one that is broken. */
enum ContainerSwitch {
    /** They are left out, with the reason, when no engine answers; one that answers has to work. */
    AUTO,
    /** There has to be an engine that works. */
    REQUIRE,
    /** They are left out, and nobody is asked. */
    OFF;

    /** What becomes of the tests. */
    sealed interface Decision {
        record Run(Engine.Works engine) implements Decision {}

        record Skip(String reason) implements Decision {}

        record Fail(String reason) implements Decision {}
    }

    static ContainerSwitch of(String word) {
        for (ContainerSwitch each : values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(word)) {
                return each;
            }
        }
        throw new IllegalArgumentException("-Dkume.containers=" + word + ": it is auto, require or off");
    }

    Decision decide(EngineProbe probe) {
        if (this == OFF) {
            return new Decision.Skip("-Dkume.containers=off says not to ask for a container engine");
        }
        return switch (probe.look()) {
            case Engine.Works works -> new Decision.Run(works);
            case Engine.Broken(String reason) -> new Decision.Fail(reason);
            case Engine.None(String reason) ->
                this == AUTO
                        ? new Decision.Skip("no container engine: " + reason)
                        : new Decision.Fail("-Dkume.containers=require, and there is no container engine: " + reason);
        };
    }

    /** What becomes of the tests here and now. It is asked once: what hangs costs one limit, not one for each class. */
    static Decision now() {
        return OnThisMachine.DECISION;
    }

    private static final class OnThisMachine {
        static final Decision DECISION =
                of(System.getProperty("kume.containers", "auto")).decide(EngineProbe.ofMachine(System.getenv()));
    }

    /** The engine, in a class that {@link NeedsEngine} lets run. */
    static Engine.Works need() {
        return switch (now()) {
            case Decision.Run(Engine.Works engine) -> engine;
            case Decision.Fail(String reason) -> fail(reason);
            case Decision.Skip(String reason) -> fail(reason);
        };
    }
}
