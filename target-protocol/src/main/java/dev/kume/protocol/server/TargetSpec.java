package dev.kume.protocol.server;

import dev.kume.protocol.connection.Target;

/**
 * A target as it should be.
 *
 * @param name       iSCSI name, normalised
 * @param definition who may log in, and which disks it maps
 */
public record TargetSpec(String name, Target.Definition definition) {}
