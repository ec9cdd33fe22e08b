/** The storage tests with which Windows judges whether a disk can carry a failover cluster, re-enacted by nodes of our own. */
@org.jspecify.annotations.NullMarked
package dev.kume.protocol.validation;
