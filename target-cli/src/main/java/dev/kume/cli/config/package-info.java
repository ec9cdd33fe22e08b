/** The desired state as people write it: read, compared with what is, and written; and whom a change would reach. */
@NullMarked
package dev.kume.cli.config;

import org.jspecify.annotations.NullMarked;
