package dev.kume.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.house.JavaText.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JavaTextTest {
    @Test
    void stringsAndCommentsAreBlankedInPlace() {
        List<String> code = JavaText.code(List.of("a = \"x\\\"{\"; // {", "b = '{'; /* {", "} */ c();"));
        assertEquals(List.of("a =       ;     ", "b =    ;     ", "     c();"), code);
    }

    @Test
    void textBlocksAreBlankedToTheirEnd() {
        List<String> code = JavaText.code(List.of("a(\"\"\"", "  { \" //", "  \"\"\", b);"));
        assertEquals("a(,b);", String.join("", code).replace(" ", ""));
    }

    @Test
    void methodsAreMeasuredFromTheirDeclarationToTheirClosingBrace() {
        List<Method> methods = JavaText.methods(List.of(
                "final class A {", //
                "    void first(", //
                "            int x) {", //
                "        if (x > 0) {", //
                "        }", //
                "    }", //
                "    A() {}", //
                "}"));
        assertEquals(List.of(new Method("void first(             int x)", 2, 5), new Method("A()", 7, 1)), methods);
    }

    @Test
    void lambdasAndBlocksAreNotMethods() {
        assertEquals(
                List.of(),
                JavaText.methods(List.of("final class A {", "B b = c(() -> {", "});", "static {", "}", "}")));
    }
}
