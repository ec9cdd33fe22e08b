/** iSCSI as RFC 7143 has it. */
@NullMarked
package dev.kume.protocol;

import org.jspecify.annotations.NullMarked;
