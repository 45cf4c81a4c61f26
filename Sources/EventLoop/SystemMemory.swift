internal import CLinux

/// How the process holds memory.
package enum SystemMemory {
    private static let largeByteCount: Int32 = 1 << 20

    /// Has large blocks, such as a snapshot's, go back to the system as soon as they are free; left
    /// alone, the C library keeps the room of the largest one for good.
    package static func returnLargeBlocks() {
        CLinux_map_large_blocks(largeByteCount)
    }
}
