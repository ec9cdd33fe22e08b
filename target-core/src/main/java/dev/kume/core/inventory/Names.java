package dev.kume.core.inventory;

import java.util.regex.Pattern;

/** The names that administrators give to disks and targets. They compare without case and are kept as written. */
public final class Names {
    /** The longest name, in characters. */
    public static final int LENGTH_MAX = 63;

    /** The longest description, in characters. */
    public static final int DESCRIPTION_MAX = 1_024;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private Names() {}

    /** The name, when it is one. */
    static String checked(String thing, String name) {
        if (name.isEmpty()) {
            throw InventoryException.invalid("the %s has no name".formatted(thing), "give it one");
        }
        if (name.length() > LENGTH_MAX) {
            throw InventoryException.invalid(
                    "the %s name '%s...' has %d characters".formatted(thing, name.substring(0, 16), name.length()),
                    "use at most %d".formatted(LENGTH_MAX));
        }
        if (!NAME.matcher(name).matches()) {
            throw InventoryException.invalid(
                    "'%s' is not a name for a %s".formatted(name, thing),
                    "use letters, digits, '.', '_' and '-', beginning with a letter or digit");
        }
        return name;
    }

    /** The description, when it is one line of bearable length. */
    static String checkedDescription(String description) {
        if (description.length() > DESCRIPTION_MAX) {
            throw InventoryException.invalid(
                    "the description has %d characters".formatted(description.length()),
                    "use at most %d".formatted(DESCRIPTION_MAX));
        }
        if (description.chars().anyMatch(Character::isISOControl)) {
            throw InventoryException.invalid("the description has control characters", "use one line of plain text");
        }
        return description;
    }
}
