/** The journal of clusters: sessions, reservations and first and last I/O of nodes, in files of a bounded size. */
@NullMarked
package dev.kume.cli.journal;

import org.jspecify.annotations.NullMarked;
