package dev.kume.core.inventory;

/** iSCSI names as the rules need them: what is no name is a refusal like any other. */
final class IscsiNames {
    private IscsiNames() {}

    /** The normalised name; {@link InventoryException.Kind#INVALID} when it is none. */
    static String check(String name) {
        try {
            return IscsiName.normalize(name.strip());
        } catch (IllegalArgumentException e) {
            throw new InventoryException(InventoryException.Kind.INVALID, String.valueOf(e.getMessage()), null);
        }
    }
}
