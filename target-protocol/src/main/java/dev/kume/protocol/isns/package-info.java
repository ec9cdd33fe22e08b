/**
 * The iSNS client (RFC 4171): tells iSNS servers which portals and targets there are, and keeps them told. It lives on
 * an event loop of its own, so that no server, however slow or hostile, can cost the data path anything.
 */
@NullMarked
package dev.kume.protocol.isns;

import org.jspecify.annotations.NullMarked;
