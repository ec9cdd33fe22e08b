package dev.kume.cli.remote;

/** Why the API cannot be served on the network: one line that names the thing, and what to do about it. */
public final class RemoteException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    RemoteException(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    public String remedy() {
        return remedy;
    }
}
