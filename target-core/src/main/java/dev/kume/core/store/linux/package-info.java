/**
 * The Linux file calls that Java has no API for, by the foreign function interface; knows nothing of disks or stores.
 */
@NullMarked
package dev.kume.core.store.linux;

import org.jspecify.annotations.NullMarked;
