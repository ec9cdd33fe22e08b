/** The headers of iSCSI PDUs, read and written in place; nothing outside of this package knows an offset in them. */
@NullMarked
package dev.kume.protocol.pdu;

import org.jspecify.annotations.NullMarked;
