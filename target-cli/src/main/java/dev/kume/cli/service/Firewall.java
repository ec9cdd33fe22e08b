package dev.kume.cli.service;

import dev.kume.cli.service.HostService.Network;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The firewall of Windows, by its own PowerShell commands: {@code netsh} knows no rule for one network card. */
final class Firewall {
    private Firewall() {}

    /** Opens ports to the service, at one card or one address; a rule that was there is replaced. */
    static String[] open(String name, String displayName, Network network, List<Integer> ports) {
        String where = Stream.of(
                        network.interfaceAlias() == null ? null : " -InterfaceAlias " + word(network.interfaceAlias()),
                        network.address() == null ? null : " -LocalAddress " + word(network.address()))
                .filter(Objects::nonNull)
                .collect(Collectors.joining());
        String numbers = ports.stream().map(String::valueOf).collect(Collectors.joining(","));
        return powerShell(
                ("Remove-NetFirewallRule -Name %1$s -ErrorAction SilentlyContinue; New-NetFirewallRule -Name %1$s"
                                + " -DisplayName %2$s -Direction Inbound -Action Allow -Protocol TCP -LocalPort %3$s -Service %1$s%4$s"
                                + " -ErrorAction Stop | Out-Null")
                        .formatted(name, word(displayName), numbers, where));
    }

    /** Takes the rule back, if there is one. */
    static String[] close(String name) {
        return powerShell("Remove-NetFirewallRule -Name %s -ErrorAction SilentlyContinue; exit 0".formatted(name));
    }

    private static String[] powerShell(String line) {
        return new String[] {"powershell.exe", "-NoProfile", "-NonInteractive", "-Command", line};
    }

    /** In single quotes nothing has a meaning but the quote itself. */
    private static String word(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
