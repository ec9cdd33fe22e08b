package dev.kume.core.measure;

/** What commands are counted by. */
public enum OperationClass {
    /** Takes data off the medium, or compares it. */
    READ,
    /** Changes the medium. */
    WRITE,
    /** Makes earlier writes durable. */
    FLUSH,
    /** Gives blocks back. */
    UNMAP,
    /** All the rest: inquiries, reservations, mode pages. */
    OTHER
}
