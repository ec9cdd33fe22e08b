/**
 * The programs of {@code scripts/walkthrough}: a node of a failover cluster that does what it is told on standard
 * input, and a relay that makes a network slower. The script compiles them against the distribution; none of it is
 * shipped.
 */
@org.jspecify.annotations.NullMarked
package dev.kume.walkthrough;
