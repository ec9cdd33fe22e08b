package dev.kume.cli.state;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
final class StateAccessTest {
    @TempDir
    private Path state;

    private void mode(String mode) throws IOException {
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString(mode));
    }

    @Test
    void whatOthersMayChangeIsRefusedWithTheRemedy() throws Exception {
        for (String mode : List.of("rwxrwx---", "rwxrwxrwx", "rwxr-xrwx", "rwx-w----")) {
            mode(mode);
            StateException refusal = assertThrows(StateException.class, () -> StateAccess.check(state), mode);
            assertEquals(
                    "others may write to the state directory %s (%s), and so could take every disk; run 'chmod 700 %s' and look whether all in it is yours"
                            .formatted(state, mode, state),
                    refusal.getMessage());
        }
    }

    @Test
    void whatOthersMayListIsAConcern() throws Exception {
        mode("rwxr-xr-x");
        assertDoesNotThrow(() -> StateAccess.check(state));
        String concern = StateAccess.concern(state);
        assertNotNull(concern);
        assertTrue(concern.endsWith("run 'chmod 700 %s'".formatted(state)), concern);
    }

    @Test
    void aDirectoryForItsOwnerOrForAGroupThatReadsIsWell() throws Exception {
        for (String mode : List.of("rwx------", "rwxr-x---")) {
            mode(mode);
            assertDoesNotThrow(() -> StateAccess.check(state));
            assertNull(StateAccess.concern(state), mode);
        }
    }

    @Test
    void oneThatIsNotThereIsMadeLater() {
        assertDoesNotThrow(() -> StateAccess.check(state.resolve("none")));
    }
}
