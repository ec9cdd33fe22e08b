package dev.kume.cli.daemon;

import dev.kume.core.disk.Chain;
import dev.kume.core.disk.IsolatedDisk;
import dev.kume.core.disk.JournaledDisk;
import dev.kume.core.disk.LiveDisk;

/**
 * What an open disk is made of, from below.
 *
 * @param chain     the file, with its parents
 * @param live      what lets the file be exchanged
 * @param journaled what makes writes atomic
 * @param isolated  what keeps commands apart: the disk that the unit has
 */
record DiskStack(Chain chain, LiveDisk live, JournaledDisk journaled, IsolatedDisk isolated) {}
