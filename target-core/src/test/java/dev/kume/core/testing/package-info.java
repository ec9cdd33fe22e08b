/** Stores, disks and clocks for tests: in memory, recorded, faulty, and cut from power under a seed. */
package dev.kume.core.testing;
