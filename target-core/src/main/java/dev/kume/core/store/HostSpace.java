package dev.kume.core.store;

/**
 * The file system that a store lies in.
 *
 * @param freeBytes  what may still be taken
 * @param totalBytes all that there is
 */
public record HostSpace(long freeBytes, long totalBytes) {}
