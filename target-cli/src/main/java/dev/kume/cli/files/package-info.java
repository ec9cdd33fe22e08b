/** Files, as an administrator knows them. */
@NullMarked
package dev.kume.cli.files;

import org.jspecify.annotations.NullMarked;
