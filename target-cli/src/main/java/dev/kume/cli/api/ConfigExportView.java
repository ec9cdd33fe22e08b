package dev.kume.cli.api;

/** Answer of {@code GET /v1/config/export}: what is provisioned, as YAML that can be applied. */
public record ConfigExportView(long version, String text) {}
