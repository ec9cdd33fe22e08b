/** What happened to a cluster, told in words of its nodes: worked out of the journal, and shown as a page. */
@NullMarked
package dev.kume.cli.timeline;

import org.jspecify.annotations.NullMarked;
