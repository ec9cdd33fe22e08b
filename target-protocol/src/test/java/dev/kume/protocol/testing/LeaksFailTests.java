package dev.kume.protocol.testing;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class when a buffer was lost by the time it ends. Registered for all tests of this module in
 * {@code META-INF/services}.
 */
public final class LeaksFailTests implements BeforeAllCallback, AfterAllCallback {
    static {
        NettyLeaks.listen();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // The static part has done it.
    }

    @Override
    public void afterAll(ExtensionContext context) {
        failWhenLost();
    }

    static void failWhenLost() {
        List<String> leaks = NettyLeaks.take();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " buffers lost, by this test class or the one before it: " + leaks);
        }
    }
}
