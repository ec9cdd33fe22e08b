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
 * @param chap        names of credentials, one of which an initiator must know; none by default
 * @param mutual      the credential by which the target proves itself; none by default
 * @param portals     names of the portals through which it is seen; all by default
 */
public record TargetCreate(
        @Nullable String name,
        @Nullable String iqn,
        @Nullable List<String> initiators,
        @Nullable String description,
        @Nullable List<String> chap,
        @Nullable String mutual,
        @Nullable List<String> portals) {}
