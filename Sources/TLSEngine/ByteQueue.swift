internal import Glibc

/// Bytes on their way through the BIO, in one malloc'd block that grows at its end.
///
/// Owned by one ``TLSSession``, which frees it. A block above ``keptByteCount`` goes back to the
/// allocator as soon as it is empty, so that an idle connection costs little.
@unsafe struct ByteQueue {
    /// The size up to which an empty block is kept for the next use.
    private static let keptByteCount = 4096

    private var base: UnsafeMutableRawPointer?
    private var start = 0
    private var end = 0
    private var capacity = 0

    var byteCount: Int { unsafe end - start }

    /// The bytes not yet consumed; valid until the next change.
    var bytes: UnsafeRawBufferPointer {
        guard let base = unsafe base else {
            return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return unsafe UnsafeRawBufferPointer(start: base + start, count: end - start)
    }

    mutating func append(_ source: UnsafeRawBufferPointer) {
        guard let address = source.baseAddress, source.count > 0 else { return }
        unsafe reserve(source.count)
        guard let base = unsafe base else { return }
        unsafe memcpy(base + end, address, source.count)
        unsafe end += source.count
    }

    mutating func consume(_ count: Int) {
        unsafe precondition(count >= 0 && count <= end - start, "consumed more than was queued")
        unsafe start += count
        if unsafe start == end {
            unsafe start = 0
            unsafe end = 0
            if unsafe capacity > Self.keptByteCount { unsafe free() }
        }
    }

    mutating func free() {
        unsafe Glibc.free(base)
        unsafe base = nil
        unsafe start = 0
        unsafe end = 0
        unsafe capacity = 0
    }

    private mutating func reserve(_ count: Int) {
        if unsafe capacity - end >= count { return }
        let live = unsafe end - start
        if unsafe capacity - live >= count, let base = unsafe base {
            unsafe memmove(base, base + start, live)
        } else {
            var larger = unsafe max(capacity * 2, Self.keptByteCount)
            while larger < live + count { larger *= 2 }
            guard let block = unsafe malloc(larger) else {
                preconditionFailure("out of memory for \(larger) bytes of ciphertext")
            }
            if let base = unsafe base { unsafe memcpy(block, base + start, live) }
            unsafe Glibc.free(base)
            unsafe base = block
            unsafe capacity = larger
        }
        unsafe start = 0
        unsafe end = live
    }
}
