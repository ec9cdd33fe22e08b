package dev.kume.cli.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.core.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in by a token, and what a disk keeps of it. */
@DisabledOnOs(OS.WINDOWS)
final class TokenBookTest {
    private static final String FROM = "192.0.2.7:50312";

    @TempDir
    Path state;

    private final SetTime clock = new SetTime();
    private boolean diskIsFull;

    private TokenBook book() {
        TokenBook book = new TokenBook(state, this::write, clock, new SplittableRandom(11));
        book.load();
        return book;
    }

    private void write(Path file, byte[] content) throws IOException {
        if (diskIsFull) {
            throw new IOException("No space left on device");
        }
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, content);
    }

    private Path file() {
        return state.resolve("tokens.yaml");
    }

    @Test
    void whoHasTheTokenIsKnownByNameAndRole() throws Exception {
        TokenBook book = book();
        TokenBook.Made made = book.create("grafana", Role.READ, null);
        assertTrue(TokenText.isToken(made.token()), made.token());
        assertEquals(new Caller("grafana", Role.READ, FROM), book.check(made.token(), FROM));
    }

    @Test
    void aTokenThatIsWrongInOneCharacterIsNone() throws Exception {
        TokenBook book = book();
        String token = book.create("grafana", Role.READ, null).token();
        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == '0' ? '1' : '0';
            String wrong = token.substring(0, i) + other + token.substring(i + 1);
            assertNull(book.check(wrong, FROM), wrong);
        }
        assertNull(book.check("", FROM));
        assertNull(book.check(token + "0", FROM));
    }

    @Test
    void theFileHasTheHashAndNotTheToken() throws Exception {
        String token = book().create("grafana", Role.ADMIN, null).token();
        String text = Files.readString(file());
        assertFalse(text.contains(token.substring(14)), text);
        assertTrue(text.contains(TokenText.hash(token)), text);
        assertNotNull(book().check(token, FROM), "after a restart");
    }

    @Test
    void anExpiredTokenIsNone() throws Exception {
        TokenBook book = book();
        String token = book.create("laptop", Role.ADMIN, Duration.ofDays(90)).token();
        clock.pass(Duration.ofDays(90).minusSeconds(1));
        assertNotNull(book.check(token, FROM));
        clock.pass(Duration.ofSeconds(1));
        assertNull(book.check(token, FROM));
        assertNull(book().check(token, FROM), "after a restart");
    }

    @Test
    void aRevokedTokenIsNoneFromThatMomentOn() throws Exception {
        TokenBook book = book();
        String token = book.create("laptop", Role.ADMIN, null).token();
        String other = book.create("grafana", Role.READ, null).token();
        assertEquals("laptop", book.revoke("LAPTOP").name());
        assertNull(book.check(token, FROM));
        assertNull(book().check(token, FROM), "after a restart");
        assertNotNull(book.check(other, FROM));
    }

    @Test
    void nothingChangesWhenTheFileCannotBeWritten() throws Exception {
        TokenBook book = book();
        String token = book.create("laptop", Role.ADMIN, null).token();
        diskIsFull = true;
        TokenException refused = assertThrows(TokenException.class, () -> book.revoke("laptop"));
        assertTrue(refused.getMessage().contains("nothing was changed"), refused.getMessage());
        assertNotNull(book.check(token, FROM), "it says that it was not revoked");
        assertThrows(TokenException.class, () -> book.create("other", Role.READ, null));
        assertEquals(1, book.list().size());
    }

    @Test
    void aFileThatOthersMayOpenLetsNobodyInAndStays() throws Exception {
        String token = book().create("laptop", Role.ADMIN, null).token();
        String before = Files.readString(file());
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
        TokenBook book = book();
        assertNull(book.check(token, FROM));
        assertTrue(String.valueOf(book.trouble()).contains("mode 0644"), book.trouble());
        assertThrows(TokenException.class, () -> book.create("other", Role.READ, null));
        assertEquals(before, Files.readString(file()));
    }

    @Test
    void aFileOfSomebodyElseLetsNobodyIn() throws Exception {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "only root gives files away");
        String token = book().create("laptop", Role.ADMIN, null).token();
        Files.setAttribute(file(), "unix:uid", 4_711);
        TokenBook book = book();
        assertNull(book.check(token, FROM));
        assertTrue(String.valueOf(book.trouble()).contains(" belongs to 4711, who may change it"), book.trouble());
    }

    @Test
    void aDamagedFileLetsNobodyInAndStays() throws Exception {
        String token = book().create("laptop", Role.ADMIN, null).token();
        String whole = Files.readString(file());
        for (String damaged : new String[] {
            whole.replace("complete: true\n", ""), whole.replace("\"admin\"", "\"root\""), "schemaVersion: 2\n", ""
        }) {
            Files.writeString(file(), damaged);
            TokenBook book = book();
            assertNull(book.check(token, FROM), damaged);
            assertTrue(String.valueOf(book.trouble()).contains("tokens.yaml"), book.trouble());
            book.flush();
            assertEquals(damaged, Files.readString(file()));
        }
    }

    @Test
    void theLastUseIsWrittenDownWithTheNextFlush() throws Exception {
        TokenBook book = book();
        String token = book.create("grafana", Role.READ, null).token();
        Instant use = clock.now();
        book.check(token, FROM);
        clock.pass(Duration.ofMinutes(1));
        assertEquals(use, book.list().getFirst().lastUsed());
        book.flush();
        assertEquals(use, book().list().getFirst().lastUsed());
        Files.writeString(file(), "untouched");
        book.flush();
        assertEquals("untouched", Files.readString(file()), "nobody used one since");
    }

    @Test
    void namesAreTakenOnceAndHaveTheirForm() throws Exception {
        TokenBook book = book();
        book.create("laptop", Role.READ, null);
        TokenException taken = assertThrows(TokenException.class, () -> book.create("Laptop", Role.READ, null));
        assertEquals(TokenException.Kind.CONFLICT, taken.kind());
        for (String bad : new String[] {"", "-x", "a b", "a/b", "x".repeat(64)}) {
            TokenException refused = assertThrows(TokenException.class, () -> book.create(bad, Role.READ, null), bad);
            assertEquals(TokenException.Kind.INVALID, refused.kind());
        }
        TokenException far =
                assertThrows(TokenException.class, () -> book.create("far", Role.READ, Duration.ofDays(4_000)));
        assertEquals(TokenException.Kind.INVALID, far.kind());
    }

    @Test
    void thereIsAnEndToTheirNumber() throws Exception {
        TokenBook book = book();
        for (int i = 0; i < TokenBook.TOKENS_MAX; i++) {
            book.create("t" + i, Role.READ, null);
        }
        TokenException refused = assertThrows(TokenException.class, () -> book.create("one", Role.READ, null));
        assertEquals(TokenException.Kind.LIMIT, refused.kind());
    }

    private static final class SetTime implements Clock {
        private Instant now = Instant.parse("2026-11-27T10:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public long nanoTime() {
            return now.toEpochMilli() * 1_000_000;
        }

        @Override
        public Instant now() {
            return now;
        }
    }
}
