internal import CLinux

/// What a descriptor is ready for.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32

    /// Keeps epoll's bits.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Bytes, a connection or the end of the stream can be read.
    package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    /// Bytes can be written, or a connection attempt has ended.
    package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The connection failed or was shut down in both directions; always reported.
    package static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
    /// Wakes only one of the loops that wait for the same descriptor.
    package static let exclusive = Readiness(rawValue: EPOLLEXCLUSIVE.rawValue)
}

/// Something that owns a descriptor and acts when it is ready.
package protocol ReadinessHandler: AnyObject {
    /// Called on the loop's thread when the descriptor is ready.
    func ready(_ readiness: Readiness)

    /// Called on the loop's thread when the loop ends; the descriptor must be closed.
    func loopEnded()
}
