package import EventLoop

/// Why the HTTPS server cannot start.
package enum HTTPError: Error, Equatable, Sendable {
    /// A call of the system failed.
    case system(SystemError)
    /// libevent could not make a part, for want of memory or descriptors.
    case notMade(part: String)

    /// A sentence for the operator.
    package var message: String {
        switch self {
        case .system(let error): error.message
        case .notMade(let part):
            "libevent cannot make \(part); the machine is short of memory or descriptors."
        }
    }
}
