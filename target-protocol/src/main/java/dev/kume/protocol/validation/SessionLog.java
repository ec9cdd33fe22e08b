package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.RunLog;
import dev.kume.protocol.initiator.InitiatorException;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.SessionListener;

/** Writes what happens to sessions beside commands into the log of a run. */
final class SessionLog implements SessionListener {
    private final RunLog log;

    SessionLog(RunLog log) {
        this.log = log;
    }

    @Override
    public void onLoggedIn(InitiatorSession session) {
        log.add("-", "-", session + ": logged in");
    }

    @Override
    public void onLost(InitiatorSession session, InitiatorException why) {
        add(session, "connection lost: " + why.getMessage());
    }

    @Override
    public void onViolation(InitiatorSession session, String what) {
        add(session, "the target breaks the iSCSI standard, and the connection is dropped for it: " + what);
    }

    @Override
    public void onReject(InitiatorSession session, int reason) {
        add(session, "the target rejects a PDU, reason %02Xh".formatted(reason));
    }

    private void add(InitiatorSession session, String what) {
        log.addTrouble("%s: %s".formatted(session, what));
    }
}
