package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code PATCH /v1/discovery}. What is null stays.
 *
 * @param chap   names of credentials, one of which an initiator must know to discover; empty: none, neither way
 * @param mutual the credential by which the server proves itself; empty: none
 */
public record DiscoverySet(
        @Nullable List<String> chap, @Nullable String mutual) {}
