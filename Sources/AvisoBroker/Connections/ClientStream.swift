import EventLoop

/// The bytes of one client: over TLS, or on the loopback address without it.
enum ClientStream {
    case secure(SecureStream)
    case plain(PlainStream)

    /// The number of bytes written that the kernel has not taken yet.
    var pendingByteCount: Int {
        switch self {
        case .secure(let stream): stream.pendingByteCount
        case .plain(let stream): stream.pendingByteCount
        }
    }

    /// Lets `body` append to what is sent at the end of the round.
    func write(appending body: (inout [UInt8]) -> Void) {
        switch self {
        case .secure(let stream): stream.write(appending: body)
        case .plain(let stream): stream.write(appending: body)
        }
    }

    /// Stops or resumes reading.
    func setPaused(_ paused: Bool) {
        switch self {
        case .secure(let stream): stream.setPaused(paused)
        case .plain(let stream): stream.setPaused(paused)
        }
    }

    /// Closes the stream, after what was written has been sent if `flushing`.
    func close(flushing: Bool) {
        switch self {
        case .secure(let stream): stream.close(flushing: flushing)
        case .plain(let stream): stream.close(flushing: flushing)
        }
    }
}
