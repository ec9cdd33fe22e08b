/** Who talks to whom: initiator ports, target ports and the nexus between two of them (SAM-5 4.7). */
@NullMarked
package dev.kume.core.nexus;

import org.jspecify.annotations.NullMarked;
