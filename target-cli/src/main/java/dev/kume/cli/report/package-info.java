/** Reports that people read, keep and print. */
@NullMarked
package dev.kume.cli.report;

import org.jspecify.annotations.NullMarked;
