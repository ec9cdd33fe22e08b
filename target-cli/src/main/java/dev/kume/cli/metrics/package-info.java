/** What the daemon counts, for those who ask: as JSON and for Prometheus. */
@NullMarked
package dev.kume.cli.metrics;

import org.jspecify.annotations.NullMarked;
