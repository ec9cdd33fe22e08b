/** The whole target in one thread under a seed, and inputs that nobody meant to send. */
@org.jspecify.annotations.NullMarked
package dev.kume.protocol.simulation;
