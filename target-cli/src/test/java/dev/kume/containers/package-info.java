/** System tests in containers: Kume's own image, and initiators of several distributions. */
@NullMarked
package dev.kume.containers;

import org.jspecify.annotations.NullMarked;
