package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body, which may be left out, of {@code PUT /v1/targets/NAME/initiators/WHO}. With {@code chap}, the initiator, which
 * must be an iSCSI name, has credentials of its own in place of the target's.
 *
 * @param chap     names of credentials, one of which it must know; null: as before
 * @param mutual   the credential by which the target proves itself to it; empty: none; null: as before
 * @param asTarget true: it proves itself as the target says for all, again
 */
public record InitiatorAllow(
        @Nullable List<String> chap,
        @Nullable String mutual,
        @Nullable Boolean asTarget) {}
