package dev.kume.cli.api;

/** A body that has a secret in it: an error about it never quotes it. */
public interface Confidential {}
