package dev.kume.core.scsi.command;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian fields of a command descriptor block, read without an object. */
final class Cdb {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Cdb() {}

    static int unsignedByte(byte[] cdb, int at) {
        return cdb[at] & 0xFF;
    }

    static int unsignedShort(byte[] cdb, int at) {
        return (short) SHORT.get(cdb, at) & 0xFFFF;
    }

    static long unsignedInt(byte[] cdb, int at) {
        return (int) INT.get(cdb, at) & 0xFFFF_FFFFL;
    }

    /** Eight bytes as they are: an address beyond 2^63 comes out negative. */
    static long longAt(byte[] cdb, int at) {
        return (long) LONG.get(cdb, at);
    }

    static boolean bit(byte[] cdb, int at, int bit) {
        return (cdb[at] >>> bit & 1) != 0;
    }
}
