/** The management API's one schema: the records that travel as JSON, their paths and their error codes. */
@NullMarked
package dev.kume.cli.api;

import org.jspecify.annotations.NullMarked;
