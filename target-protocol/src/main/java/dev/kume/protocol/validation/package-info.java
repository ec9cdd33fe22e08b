/**
 * The storage tests with which Windows judges whether a disk can carry a failover cluster, re-enacted by nodes of our
 * own against any target.
 */
@NullMarked
package dev.kume.protocol.validation;

import org.jspecify.annotations.NullMarked;
