/** What the host asks of a program that it runs as a service, in its own calls. */
@NullMarked
package dev.kume.core.host;

import org.jspecify.annotations.NullMarked;
