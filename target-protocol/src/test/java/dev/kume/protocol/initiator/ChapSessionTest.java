package dev.kume.protocol.initiator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.AccessList;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.initiator.InitiatorException.Reason;
import dev.kume.protocol.login.Authentication;
import dev.kume.protocol.login.ChapAlgorithm;
import dev.kume.protocol.login.ChapCredential;
import dev.kume.protocol.login.InitiatorCredentials;
import dev.kume.protocol.pdu.LoginStatus;
import dev.kume.protocol.server.LoopbackTarget;
import dev.kume.protocol.server.TargetSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CHAP between the initiator and our target, each proving itself to the other. */
final class ChapSessionTest {
    private static final String NAME = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String TARGET = "iqn.2026-11.dev.kume:hv-node1";
    private static final ChapCredential NODE = credential("hv-node1", "secret of 14 b.");
    private static final ChapCredential BOX = credential("box", "another secret");

    private final LoopbackTarget target = LoopbackTarget.standard();
    private final Host host = new Host(NAME, 3);

    private static ChapCredential credential(String user, String secret) {
        return new ChapCredential(user, secret.getBytes(StandardCharsets.US_ASCII));
    }

    @BeforeEach
    void open() throws IOException {
        target.open(0);
        publish(NODE, BOX);
    }

    private void publish(ChapCredential incoming, @Nullable ChapCredential outgoing) {
        Authentication chap = new Authentication.Chap(List.of(incoming), outgoing);
        target.server()
                .publish(List.of(new TargetSpec(
                        TARGET,
                        new Target.Definition(
                                "",
                                true,
                                AccessList.ofNames(Set.of(NAME)),
                                Set.of(),
                                null,
                                chap,
                                Map.of(),
                                LunMap.of(Map.of())))))
                .join();
    }

    @AfterEach
    void close() throws IOException {
        host.close();
        target.close();
    }

    private InitiatorSession login(InitiatorCredentials credentials) {
        return host.login(TARGET, target.port(), SessionSettings.windows().withCredentials(credentials));
    }

    @ParameterizedTest
    @EnumSource(ChapAlgorithm.class)
    void bothProveThemselvesWithEveryDigest(ChapAlgorithm algorithm) {
        for (ChapCredential back : new ChapCredential[] {null, BOX}) {
            InitiatorSession session = login(new InitiatorCredentials(NODE, back, List.of(algorithm)));
            assertEquals(InitiatorSession.State.LOGGED_IN, session.state());
            Host.get(session.logout());
        }
    }

    @Test
    void aWrongSecretIsRefused() {
        InitiatorException why = assertThrows(
                InitiatorException.class,
                () -> login(InitiatorCredentials.of(credential("hv-node1", "not the secret"), null)));
        assertEquals(LoginStatus.AUTHENTICATION_FAILURE, why.loginStatus());
    }

    @Test
    void withoutCredentialsTheLoginIsRefused() {
        InitiatorException why = assertThrows(
                InitiatorException.class, () -> host.login(TARGET, target.port(), SessionSettings.windows()));
        assertEquals(LoginStatus.AUTHENTICATION_FAILURE, why.loginStatus());
    }

    @Test
    void aTargetThatCannotProveItselfIsNotBelieved() {
        publish(NODE, credential("box", "it is not this"));
        InitiatorException why =
                assertThrows(InitiatorException.class, () -> login(InitiatorCredentials.of(NODE, BOX)));
        assertEquals(Reason.TARGET_UNPROVEN, why.reason());
    }
}
