package dev.kume.house;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Java sources seen without what only looks like code: comments, strings and characters become blanks. */
final class JavaText {
    private static final Pattern NOT_A_METHOD =
            Pattern.compile("\\b(class|interface|enum|new|switch)\\b|\\brecord\\s+\\w+|^module |->|=");
    private static final Pattern HAS_PARAMETERS = Pattern.compile("\\w\\s*\\(");

    private enum In {
        CODE,
        LINE_COMMENT,
        BLOCK_COMMENT,
        STRING,
        TEXT_BLOCK,
        CHARACTER
    }

    /** A method or constructor body. Lines count from its first line of declaration to its closing brace. */
    record Method(String declaration, int line, int lines) {}

    private JavaText() {}

    /** The lines with everything that is not code blanked; line numbers and columns stay. */
    static List<String> code(List<String> lines) {
        String text = String.join("\n", lines) + "\n";
        StringBuilder out = new StringBuilder(text.length());
        In in = In.CODE;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (in == In.CODE) {
                in = opens(text, i);
                int width = in == In.TEXT_BLOCK ? 3 : 1;
                out.append(in == In.CODE ? c : ' ').repeat(" ", width - 1);
                i += width - 1;
            } else if (c == '\n') {
                out.append(c);
                in = in == In.BLOCK_COMMENT || in == In.TEXT_BLOCK ? in : In.CODE;
            } else if (c == '\\' && in != In.LINE_COMMENT && in != In.BLOCK_COMMENT && text.charAt(i + 1) != '\n') {
                out.append("  ");
                i++;
            } else {
                int width = closes(text, i, in);
                out.repeat(" ", Math.max(1, width));
                i += Math.max(1, width) - 1;
                in = width > 0 ? In.CODE : in;
            }
        }
        return out.toString().lines().toList();
    }

    private static In opens(String text, int i) {
        if (text.startsWith("//", i)) {
            return In.LINE_COMMENT;
        }
        if (text.startsWith("/*", i)) {
            return In.BLOCK_COMMENT;
        }
        if (text.startsWith("\"\"\"", i)) {
            return In.TEXT_BLOCK;
        }
        return switch (text.charAt(i)) {
            case '"' -> In.STRING;
            case '\'' -> In.CHARACTER;
            default -> In.CODE;
        };
    }

    /** How many characters at {@code i} end what we are in; 0 when nothing ends here. */
    private static int closes(String text, int i, In in) {
        return switch (in) {
            case STRING -> text.charAt(i) == '"' ? 1 : 0;
            case CHARACTER -> text.charAt(i) == '\'' ? 1 : 0;
            case TEXT_BLOCK -> text.startsWith("\"\"\"", i) ? 3 : 0;
            case BLOCK_COMMENT -> text.startsWith("*/", i) ? 2 : 0;
            case LINE_COMMENT, CODE -> 0;
        };
    }

    /** The methods of a source that {@link #code} has blanked: bodies whose declaration has parameters. */
    static List<Method> methods(List<String> code) {
        List<Method> found = new ArrayList<>();
        List<Method> open = new ArrayList<>();
        StringBuilder declaration = new StringBuilder();
        int declaredAtLine = 0;
        for (int line = 0; line < code.size(); line++) {
            for (char c : code.get(line).toCharArray()) {
                if (c == '{') {
                    open.add(new Method(declaration.toString().strip(), declaredAtLine, 0));
                } else if (c == '}' && !open.isEmpty()) {
                    Method body = open.removeLast();
                    if (isMethod(body.declaration())) {
                        found.add(new Method(body.declaration(), body.line() + 1, line - body.line() + 1));
                    }
                }
                if (c == '{' || c == '}' || c == ';') {
                    declaration.setLength(0);
                } else if (!declaration.isEmpty() || !Character.isWhitespace(c)) {
                    declaredAtLine = declaration.isEmpty() ? line : declaredAtLine;
                    declaration.append(c);
                }
            }
            declaration.append(declaration.isEmpty() ? "" : " ");
        }
        return found;
    }

    private static boolean isMethod(String declaration) {
        String bare = declaration.replaceAll("@\\w+(\\([^)]*\\))?", " ").strip();
        boolean statement = bare.matches("(if|else|for|while|do|try|catch|finally|synchronized|return)\\b.*");
        return !statement
                && HAS_PARAMETERS.matcher(bare).find()
                && !NOT_A_METHOD.matcher(bare).find();
    }
}
