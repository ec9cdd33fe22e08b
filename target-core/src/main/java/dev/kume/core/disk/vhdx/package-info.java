/** Disk files of the format VHDX ([MS-VHDX], version 8.0): what Hyper-V writes, fixed, dynamic and differencing. */
@NullMarked
package dev.kume.core.disk.vhdx;

import org.jspecify.annotations.NullMarked;
