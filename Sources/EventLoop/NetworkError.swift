/// Why an address cannot be listened on or reached.
package enum NetworkError: Error, Equatable, Sendable {
    /// The host has no address, in the resolver's words.
    case nameNotResolved(host: String, reason: String)
    /// Nothing listens at the address.
    case refused(SocketAddress)
    /// The address did not answer in time.
    case timedOut(host: String, port: UInt16)
    /// The address cannot be reached.
    case unreachable(SocketAddress, SystemError)
    /// The address cannot be listened on.
    case notBound(SocketAddress, SystemError)
    /// The machine is short of something, for instance descriptors.
    case system(SystemError)

    /// A sentence for the log or the terminal.
    package var message: String {
        switch self {
        case .nameNotResolved(let host, let reason): "\(host) cannot be resolved: \(reason)."
        case .refused(let address): "Nothing listens at \(address)."
        case .timedOut(let host, let port):
            "\(SocketAddress(host: host, port: port)) did not answer in time."
        case .unreachable(let address, let error):
            "\(address) cannot be reached: \(error.message)"
        case .notBound(let address, let error):
            "\(address) cannot be listened on: \(error.message)"
        case .system(let error): error.message
        }
    }
}
