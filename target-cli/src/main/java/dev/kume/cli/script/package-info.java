/** What is to be run on the nodes of a cluster: scripts made of a cluster's facts. */
@NullMarked
package dev.kume.cli.script;

import org.jspecify.annotations.NullMarked;
