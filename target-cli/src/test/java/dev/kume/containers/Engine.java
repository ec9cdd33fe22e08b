package dev.kume.containers;

/** What answers where a container engine should be. */
sealed interface Engine {
    /**
     * Nobody does.
     *
     * @param reason where was looked, one line for people
     */
    record None(String reason) implements Engine {}

    /**
     * Something does, and not as an engine should.
     *
     * @param reason where, and what it did
     */
    record Broken(String reason) implements Engine {}

    /**
     * An engine.
     *
     * @param host where, as {@code unix:///var/run/docker.sock}
     */
    record Works(String host) implements Engine {}
}
