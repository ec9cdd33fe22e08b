/** The daemon: settings, durable state, provisioning, the management API and the life cycle. */
@NullMarked
package dev.kume.cli.daemon;

import org.jspecify.annotations.NullMarked;
