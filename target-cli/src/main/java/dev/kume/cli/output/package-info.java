/** What the command line prints: tables, facts, JSON, YAML, sizes and progress. */
@NullMarked
package dev.kume.cli.output;

import org.jspecify.annotations.NullMarked;
