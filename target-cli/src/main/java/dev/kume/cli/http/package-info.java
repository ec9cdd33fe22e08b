/** What the servers of the management API and of the metrics have in common. */
@NullMarked
package dev.kume.cli.http;

import org.jspecify.annotations.NullMarked;
