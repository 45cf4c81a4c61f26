// libsodium wants an address even where there are no bytes, and Swift's empty buffers have none.

// Never read or written: it only lends its address to empty buffers.
private nonisolated(unsafe) let somewhere = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)

extension UnsafeBufferPointer<UInt8> {
    /// Where the bytes begin: an address in any case.
    var start: UnsafePointer<UInt8> { unsafe baseAddress ?? UnsafePointer(somewhere) }
}

extension UnsafeMutableBufferPointer<UInt8> {
    /// Where the bytes begin: an address in any case.
    var start: UnsafeMutablePointer<UInt8> { unsafe baseAddress ?? somewhere }
}
