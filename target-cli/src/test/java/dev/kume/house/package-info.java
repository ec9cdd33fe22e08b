/** The rules of the house, checked: what the sources look like, and which package may see which. */
@NullMarked
package dev.kume.house;

import org.jspecify.annotations.NullMarked;
