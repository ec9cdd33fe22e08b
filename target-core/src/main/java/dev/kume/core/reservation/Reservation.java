package dev.kume.core.reservation;

import dev.kume.core.nexus.ITNexus;
import java.time.Instant;

/**
 * The reservation that a disk has, scope LU_SCOPE.
 *
 * @param type   who may do what
 * @param holder the nexus that asked for it; of an all-registrants type it is just the one that did, for every
 *               registered nexus holds it
 * @param since  when this nexus became the holder with this type
 */
public record Reservation(ReservationType type, ITNexus holder, Instant since) {}
