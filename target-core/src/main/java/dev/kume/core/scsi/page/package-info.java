/** Vital product data pages and mode pages: what a logical unit says about itself. */
@NullMarked
package dev.kume.core.scsi.page;

import org.jspecify.annotations.NullMarked;
