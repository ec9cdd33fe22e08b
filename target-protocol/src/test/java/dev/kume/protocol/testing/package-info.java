/** What tests of all packages of this module share. */
@org.jspecify.annotations.NullMarked
package dev.kume.protocol.testing;
