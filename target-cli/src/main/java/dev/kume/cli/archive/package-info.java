/** Small archives for people: {@code .tar.gz} files that any tar opens. What is unpacked is distrusted. */
@NullMarked
package dev.kume.cli.archive;

import org.jspecify.annotations.NullMarked;
