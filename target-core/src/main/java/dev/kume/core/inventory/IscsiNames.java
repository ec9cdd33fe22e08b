package dev.kume.core.inventory;

/** iSCSI names as the rules see them. */
final class IscsiNames {
    private IscsiNames() {}

    /** The normalised name; {@link InventoryException.Kind#INVALID} when it is none. */
    static String check(String name) {
        try {
            return IscsiName.normalize(name.strip());
        } catch (IllegalArgumentException e) {
            // The message of a wrong name holds its remedy already.
            throw new InventoryException(InventoryException.Kind.INVALID, String.valueOf(e.getMessage()), null);
        }
    }
}
