/** The distribution's daemon under clients that nobody here wrote, and under a raw initiator where those cannot ask. */
@NullMarked
package dev.kume.system;

import org.jspecify.annotations.NullMarked;
