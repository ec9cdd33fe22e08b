/** What is provisioned: disks, targets and mappings as immutable records, and the rules between them. */
@NullMarked
package dev.kume.core.inventory;

import org.jspecify.annotations.NullMarked;
