package import TLSEngine

/// Why a ``SecureStream`` ended.
package enum StreamCloseReason: Equatable, Sendable {
    /// This side closed it.
    case closedHere
    /// The peer closed it; `inOrder` is false if TLS's closing message was missing.
    case closedByPeer(inOrder: Bool)
    /// The handshake took too long.
    case handshakeTimedOut
    /// What was still to be sent at the close was not taken in time.
    case closeTimedOut
    /// TLS refused the peer, was refused by it, or its bytes were wrong.
    case tls(TLSError)
    /// No connection could be made.
    case network(NetworkError)
    /// The connection broke.
    case lost(SystemError)
    /// The loop ended.
    case loopEnded

    /// A sentence for the log.
    package var message: String {
        switch self {
        case .closedHere: "Closed by this side."
        case .closedByPeer(inOrder: true): "Closed by the other side."
        case .closedByPeer(inOrder: false):
            "Closed by the other side without TLS's closing message."
        case .handshakeTimedOut: "The TLS handshake took too long."
        case .closeTimedOut: "The other side did not take the last bytes in time."
        case .tls(let error): error.message
        case .network(let error): error.message
        case .lost(let error): "The connection broke: \(error.message)"
        case .loopEnded: "This side is shutting down."
        }
    }
}
