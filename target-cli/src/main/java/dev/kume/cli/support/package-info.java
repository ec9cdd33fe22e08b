/** Support bundles: texts about the daemon and its host, with no secret and no data of a disk in them. */
@NullMarked
package dev.kume.cli.support;

import org.jspecify.annotations.NullMarked;
