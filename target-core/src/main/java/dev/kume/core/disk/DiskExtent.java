package dev.kume.core.disk;

/**
 * How a range of a disk begins: with data, or with unmapped space that reads as zeroes.
 *
 * @param mapped      true for data
 * @param lengthBytes how far that goes on, at least 1
 */
public record DiskExtent(boolean mapped, long lengthBytes) {}
