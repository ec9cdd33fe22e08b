package dev.kume.cli.service;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Kume as a service of this host. What cannot be done ends in a {@code CliException} that says what to do. */
public interface HostService {
    /**
     * For whom the port is opened in the firewall, where Kume looks after that.
     *
     * @param interfaceAlias the network card; null for all
     * @param address        the local address; null for all
     */
    record Network(
            @Nullable String interfaceAlias, @Nullable String address) {
        public static final Network ALL = new Network(null, null);
    }

    /** What {@link #uninstall} is about to do, a sentence without its full stop. */
    String uninstallConsequence();

    /**
     * Makes it known to the host, to be started with it; again, where it is known, to renew what depends on the disks.
     *
     * @param say is told what was done
     */
    void install(ServicePlaces places, Network network, Consumer<String> say);

    /** Takes it back. No disk, no state and no settings are deleted. */
    void uninstall(Consumer<String> say);

    /** Starts it, and waits until it serves. */
    void start(Consumer<String> say);

    /** Ends it in order, and waits for that. */
    void stop(Consumer<String> say);
}
