package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/targets}. What is null gets its default.
 *
 * @param name        required: letters, digits, {@code . _ -}, at most 63
 * @param iqn         default: {@code <iqnPrefix>:<host>-<name>} in lower case
 * @param initiators  who may log in, each an iSCSI name, address, network or DNS name; none by default
 * @param description free text
 */
public record TargetCreate(
        @Nullable String name,
        @Nullable String iqn,
        @Nullable List<String> initiators,
        @Nullable String description) {}
