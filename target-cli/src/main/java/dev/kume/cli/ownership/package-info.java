/** Who owns what in a cluster, and what to do about it: pure rules over the facts of one moment. */
@NullMarked
package dev.kume.cli.ownership;

import org.jspecify.annotations.NullMarked;
