/** YAML read strictly: every complaint names file, line and column, and the nearest valid key. */
@NullMarked
package dev.kume.cli.yaml;

import org.jspecify.annotations.NullMarked;
