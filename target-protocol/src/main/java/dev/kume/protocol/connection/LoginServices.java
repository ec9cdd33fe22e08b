package dev.kume.protocol.connection;

import java.util.random.RandomGenerator;

/**
 * What logins take from the machine that the server runs on.
 *
 * @param random    a strong source that several threads may use, for the challenges of CHAP
 * @param hostNames for access lists with DNS names
 */
public record LoginServices(RandomGenerator random, HostNames hostNames) {}
