internal import CLinux
internal import Glibc

/// A socket that accepts connections, shared by the loops of all shards.
package final class ListeningSocket: Sendable {
    /// The address it is bound to, with the real port where 0 was asked for.
    package let address: SocketAddress
    let descriptor: Descriptor

    /// Binds and listens.
    ///
    /// - Parameters:
    ///   - host: an address or name of this machine; "::" accepts IPv4 as well.
    ///   - port: the port, or 0 for a free one.
    /// - Throws: a ``NetworkError`` that says why not.
    package init(host: String, port: UInt16) throws(NetworkError) {
        let addresses = try NameResolver.resolve(host: host, port: port, isPassive: true)
        let address = addresses[0]
        do throws(SystemError) {
            let family = address.family
            descriptor = Descriptor(
                takingOwnershipOf: try systemCall("socket") { CLinux_stream_socket(family) }
            )
            let number = descriptor.number
            try SocketOption.set(number, SOL_SOCKET, SO_REUSEADDR, 1)
            // Accepted connections inherit it: else a small answer behind another one waits for the
            // client's delayed acknowledgement, 40 ms each.
            try SocketOption.set(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            try systemCall("bind") {
                unsafe address.withPointer { unsafe bind(number, $0, $1) }
            }
            try systemCall("listen") { listen(number, 4096) }
            let bound = unsafe RawAddress { address, length in
                _ = unsafe getsockname(number, address, length)
            }
            self.address = bound.readable
        } catch {
            throw .notBound(SocketAddress(host: host, port: port), error)
        }
    }

    /// Makes one more descriptor of the socket, which does not block, for another library's loop.
    ///
    /// - Returns: the descriptor, which the caller owns.
    /// - Throws: a ``SystemError`` if there are no more descriptors.
    package func duplicate() throws(SystemError) -> Int32 {
        let number = descriptor.number
        return try systemCall("fcntl") { fcntl(number, F_DUPFD_CLOEXEC, 0) }
    }
}

/// Options of a socket.
enum SocketOption {
    static func set(
        _ descriptor: Int32,
        _ level: Int32,
        _ option: Int32,
        _ value: Int32
    ) throws(SystemError) {
        try systemCall("setsockopt") {
            unsafe withUnsafeBytes(of: value) { bytes in
                unsafe setsockopt(
                    descriptor,
                    level,
                    option,
                    bytes.baseAddress,
                    socklen_t(bytes.count)
                )
            }
        }
    }

    /// Takes the error that a socket holds; zero if there is none.
    static func pendingError(_ descriptor: Int32) -> Int32 {
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let code = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
        return code == 0 ? number : errno
    }
}
