package dev.kume.core.store;

/**
 * How a range of bytes begins: with data, or with a hole that takes no space and reads as zeroes.
 *
 * @param allocated   true for data
 * @param lengthBytes how far that goes on, at least 1
 */
public record Extent(boolean allocated, long lengthBytes) {}
