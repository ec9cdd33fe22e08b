package dev.kume.protocol.initiator;

/**
 * What has happened to a session since it began.
 *
 * @param logins     how often it logged in
 * @param losses     how often a connection was lost, or could not be made
 * @param violations how often the target broke the standard
 * @param rejects    PDUs that the target rejected
 * @param reissued   commands that were sent again after a new login
 */
public record SessionStatistics(long logins, long losses, long violations, long rejects, long reissued) {}
