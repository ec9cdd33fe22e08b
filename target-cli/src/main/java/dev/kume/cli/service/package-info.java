/** Kume as a service of its host: what systemd and Windows want to know of it, and how it is installed there. */
@NullMarked
package dev.kume.cli.service;

import org.jspecify.annotations.NullMarked;
