import Glibc

/// A TCP connection to this machine, without TLS and without manners of its own.
package struct PlainSocket: Sendable {
    /// A system call failed.
    package struct Failure: Error {
        /// The call.
        package let call: String
        /// Its error.
        package let number: Int32
    }

    /// The socket.
    package let descriptor: Int32

    /// Dials.
    ///
    /// - Parameters:
    ///   - port: the port on the loopback.
    ///   - receiveByteCount: the size of the receive buffer; nil for the system's.
    ///   - secondsMax: what a read or write may take; nil for any time.
    /// - Throws: ``Failure`` where nobody listens.
    package init(port: UInt16, receiveByteCount: Int32? = nil, secondsMax: Int? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if let receiveByteCount { set(SO_RCVBUF, receiveByteCount) }
        if let secondsMax {
            set(SO_RCVTIMEO, timeval(tv_sec: secondsMax, tv_usec: 0))
            set(SO_SNDTIMEO, timeval(tv_sec: secondsMax, tv_usec: 0))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = unsafe withUnsafePointer(to: address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            let number = errno
            close()
            throw Failure(call: "connect", number: number)
        }
    }

    private func set<Value>(_ option: Int32, _ value: Value) {
        _ = unsafe withUnsafePointer(to: value) { value in
            unsafe setsockopt(
                descriptor,
                SOL_SOCKET,
                option,
                value,
                socklen_t(MemoryLayout<Value>.size)
            )
        }
    }

    /// Sends bytes, or as many as go.
    package func send(_ bytes: [UInt8]) {
        _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Waits for bytes and takes up to 64 KiB; none at the end of the stream.
    package func receive() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Waits for the other side to end the connection, whatever it says before.
    ///
    /// - Parameter seconds: what it may take until it says something.
    /// - Returns: whether it has ended.
    package func isEnded(within seconds: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe Glibc.poll(&poll, 1, seconds * 1000) == 1 else { return false }
        while !receive().isEmpty {}
        return true
    }

    /// Says that nothing more comes from here.
    package func shutdownWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes the socket; once.
    package func close() {
        _ = Glibc.close(descriptor)
    }
}
