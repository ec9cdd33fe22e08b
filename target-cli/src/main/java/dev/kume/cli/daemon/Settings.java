package dev.kume.cli.daemon;

import dev.kume.cli.alert.AlertSettings;
import dev.kume.cli.guard.UnreservedWriters;
import dev.kume.cli.log.LogSettings;
import dev.kume.cli.metrics.MetricsSettings;
import dev.kume.cli.remote.RemoteSettings;
import dev.kume.core.Limits;
import dev.kume.core.nexus.AccessState;
import dev.kume.protocol.login.ChapAlgorithm;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code kume.yaml} says. Only people write it.
 *
 * @param file           where it was read; null for built-in defaults
 * @param stateDirectory holds inventory, history and initiators seen; absolute
 * @param diskDirectory  where disks go that are created without {@code --file}; absolute
 * @param iqnPrefix      begins the IQN of a target that is given none
 * @param host           stands in that IQN; null for the name of this host
 * @param portals        where initiators connect
 * @param chapAlgorithms the digests of CHAP that are allowed, the best liked first
 * @param adminSocket    of the management API; absolute
 * @param limits         all limits
 * @param isns           where targets are registered
 * @param alua           whether hosts are told that ways to a disk differ
 * @param log            how and where the daemon tells what happens
 * @param unreservedWriters what is done about hosts that write one file system without a reservation
 * @param alerts         what is worth an alarm
 * @param remote         where the management API is served on the network; null for nowhere
 * @param metrics        where Prometheus finds the metrics
 */
public record Settings(
        @Nullable Path file,
        Path stateDirectory,
        Path diskDirectory,
        String iqnPrefix,
        @Nullable String host,
        List<PortalSettings> portals,
        List<ChapAlgorithm> chapAlgorithms,
        Path adminSocket,
        Limits limits,
        IsnsSettings isns,
        Alua alua,
        UnreservedWriters unreservedWriters,
        LogSettings log,
        AlertSettings alerts,
        @Nullable RemoteSettings remote,
        MetricsSettings metrics) {
    public Settings {
        portals = List.copyOf(portals);
        chapAlgorithms = List.copyOf(chapAlgorithms);
    }

    /** Settings of a daemon that tells no other server anything, and to whose disks all ways are alike. */
    Settings(
            @Nullable Path file,
            Path stateDirectory,
            Path diskDirectory,
            String iqnPrefix,
            @Nullable String host,
            List<PortalSettings> portals,
            List<ChapAlgorithm> chapAlgorithms,
            Path adminSocket,
            Limits limits) {
        this(
                file,
                stateDirectory,
                diskDirectory,
                iqnPrefix,
                host,
                portals,
                chapAlgorithms,
                adminSocket,
                limits,
                IsnsSettings.OFF,
                Alua.NONE,
                UnreservedWriters.ALARM,
                LogSettings.DEFAULTS,
                AlertSettings.DEFAULTS,
                null,
                MetricsSettings.OFF);
    }

    /** The same with what can change while the daemon runs taken from others. */
    Settings withLiveOf(Settings others) {
        return new Settings(
                file,
                stateDirectory,
                diskDirectory,
                iqnPrefix,
                host,
                others.portals,
                others.chapAlgorithms,
                adminSocket,
                limits,
                isns,
                alua,
                others.unreservedWriters,
                log.withLiveOf(others.log),
                others.alerts,
                others.remote,
                others.metrics);
    }

    /** The same with metrics there. */
    Settings withMetrics(MetricsSettings wanted) {
        return new Settings(
                file,
                stateDirectory,
                diskDirectory,
                iqnPrefix,
                host,
                portals,
                chapAlgorithms,
                adminSocket,
                limits,
                isns,
                alua,
                unreservedWriters,
                log,
                alerts,
                remote,
                wanted);
    }

    /**
     * One portal group.
     *
     * @param tag    target portal group tag, 1 to 65535: part of the I_T nexus, so it stays with the name
     * @param listen the addresses it listens on
     * @param access access state of the target port group that it makes, where there are such groups
     */
    public record PortalSettings(String name, int tag, List<InetSocketAddress> listen, AccessState access) {
        public PortalSettings {
            listen = List.copyOf(listen);
        }

        /** A portal group that is as good as any other. */
        public PortalSettings(String name, int tag, List<InetSocketAddress> listen) {
            this(name, tag, listen, AccessState.OPTIMIZED);
        }
    }
}
