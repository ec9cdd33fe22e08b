package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.nexus.PortName;
import dev.kume.core.nexus.TargetPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Target ports outlive the daemon, and are durable before anybody knows them. */
final class TargetPortsFileTest {
    private static final PortName FIRST = new PortName("iqn.2026-11.dev.kume:t1", 1);
    private static final PortName SECOND = new PortName("iqn.2026-11.dev.kume:t2", 7);

    @TempDir
    Path state;

    private TargetPortsFile load(Path from) throws DaemonException {
        return TargetPortsFile.load(from, DurableFiles.OF_THIS_HOST);
    }

    @Test
    void portsKeepTheirIdentifiersOverARestart() throws Exception {
        TargetPortsFile ports = load(state);
        ports.add(List.of(FIRST, SECOND));
        List<TargetPort> all = ports.all();
        assertEquals(2, all.size());
        TargetPortsFile again = load(state);
        assertEquals(all, again.all());
        again.add(List.of(SECOND, new PortName("iqn.2026-11.dev.kume:t3", 1)));
        assertEquals(all, again.all().subList(0, 2));
        assertEquals(again.all(), load(state).all());
    }

    @Test
    void nothingNewWritesNothing() throws Exception {
        TargetPortsFile ports = load(state);
        ports.add(List.of());
        assertFalse(Files.exists(state.resolve("target-ports.yaml")));
    }

    @Test
    void forgottenPortsLeaveTheirIdentifiersUnused() throws Exception {
        TargetPortsFile ports = load(state);
        ports.add(List.of(FIRST, SECOND));
        ports.keep(SECOND.targetName()::equals);
        ports.add(List.of(new PortName("iqn.2026-11.dev.kume:t3", 1)));
        assertEquals(
                List.of(2, 3),
                load(state).all().stream().map(TargetPort::relativeId).toList());
    }

    @ParameterizedTest
    @EnumSource(FaultyFiles.Fault.class)
    void whateverHappensAtAnyStepWhatIsKnownIsDurable(FaultyFiles.Fault fault) throws Exception {
        int step = 0;
        boolean reached = true;
        while (reached) {
            step++;
            Path fresh = Files.createDirectory(state.resolve("run" + step));
            load(fresh).add(List.of(FIRST));
            FaultyFiles faulty = new FaultyFiles(step, fault);
            TargetPortsFile ports = TargetPortsFile.load(fresh, faulty);
            boolean acknowledged = true;
            try {
                ports.add(List.of(FIRST, SECOND));
            } catch (IOException | FaultyFiles.Killed e) {
                acknowledged = false;
            }
            List<TargetPort> found = load(fresh).all();
            assertTrue(found.containsAll(ports.all()), "step " + step + ": " + found);
            assertEquals(acknowledged ? 2 : 1, ports.all().size());
            reached = faulty.steps() >= step;
        }
        assertTrue(step > 3, "steps met: " + step);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "schemaVersion: 1\n",
                "schemaVersion: 2\nnext: 1\nports: []\n",
                "schemaVersion: 1\nnext: 0\nports: []\n",
                "schemaVersion: 1\nnext: 2\nports:\n- {id: 0, target: \"iqn.2026-11.a:t\", portalGroup: 1}\n",
                "schemaVersion: 1\nnext: 2\nports:\n- {id: 1, target: \"iqn.2026-11.a:t\"}\n",
                "schemaVersion: 1\nnext: 2\nports:\n- {id: 1, target: \"iqn.2026-11.a:t\", portalGroup: 1}\n"
                        + "- {id: 1, target: \"iqn.2026-11.a:u\", portalGroup: 1}\n",
                "schemaVersion: 1\nnext: 3\nports:\n- {id: 1, target: \"iqn.2026-11.a:t\", portalGroup: 1}\n"
                        + "- {id: 2, target: \"iqn.2026-11.a:t\", portalGroup: 1}\n"
            })
    void aDamagedFileStopsTheStartAndSaysWhatToDo(String text) throws Exception {
        Path file = Files.writeString(state.resolve("target-ports.yaml"), text);
        DaemonException refused = assertThrows(DaemonException.class, () -> load(state));
        assertTrue(refused.getMessage().startsWith(file + ":"), refused.getMessage());
        assertTrue(refused.getMessage().contains("restore the file from a backup, or remove it"), refused.getMessage());
    }
}
