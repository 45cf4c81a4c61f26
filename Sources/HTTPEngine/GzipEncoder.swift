internal import CZlib

/// Compresses one body into the gzip format (RFC 1952), piece by piece.
@safe final class GzipEncoder {
    private static let roomByteCount = 32 << 10

    // At an address of its own, since zlib's state points back to it.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Prepares; nil where there is no memory for it.
    init?() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe CZlib_gzip_begin(stream) == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Compresses the next bytes.
    ///
    /// - Parameters:
    ///   - bytes: what comes next.
    ///   - isLast: whether it is the last; nothing may come after it.
    /// - Returns: what there is of the compressed body; zlib may hold some of it back until the
    ///   end.
    func encode(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
        var bytes = bytes
        var encoded: [UInt8] = []
        let flush = isLast ? Z_FINISH : Z_NO_FLUSH
        unsafe bytes.withUnsafeMutableBufferPointer { input in
            unsafe stream.pointee.next_in = input.baseAddress
            unsafe stream.pointee.avail_in = UInt32(input.count)
            var isFull = true
            while isFull {
                let piece = unsafe [UInt8](
                    unsafeUninitializedCapacity: Self.roomByteCount
                ) { room, count in
                    unsafe stream.pointee.next_out = room.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(room.count)
                    unsafe deflate(stream, flush)
                    count = unsafe room.count - Int(stream.pointee.avail_out)
                }
                // With room left there is nothing more to be had of this input.
                isFull = unsafe stream.pointee.avail_out == 0
                encoded += piece
            }
            unsafe stream.pointee.next_in = nil
        }
        return encoded
    }
}
