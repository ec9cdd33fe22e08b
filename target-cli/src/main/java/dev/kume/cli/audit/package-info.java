/** The audit log: who changed what on this server, from where, and what it was before and after. */
@NullMarked
package dev.kume.cli.audit;

import org.jspecify.annotations.NullMarked;
