internal import Base
internal import CLinux
internal import Glibc

/// Tells the service manager how the daemon is, as `sd_notify(3)` describes.
///
/// Without a service manager every call does nothing.
package struct ReadinessNotifier: Sendable {
    /// What can be told.
    package enum State: Equatable, Sendable {
        /// The daemon serves.
        case ready
        /// The daemon reads its configuration again; `ready` follows.
        case reloading
        /// The daemon is on its way out.
        case stopping
        /// A line for people.
        case status(String)
    }

    private let path: String?

    /// Makes a notifier for a socket, the value of the environment's NOTIFY_SOCKET.
    ///
    /// - Parameter path: a path, or a name of Linux's abstract space after an "@"; nil for none.
    package init(path: String?) {
        self.path = path
    }

    /// Makes a notifier for the socket that the service manager named to this process.
    package static func fromEnvironment() -> ReadinessNotifier {
        ReadinessNotifier(path: unsafe getenv("NOTIFY_SOCKET").map { unsafe String(cString: $0) })
    }

    /// Tells a state.
    ///
    /// - Throws: a ``SystemError`` if there is a service manager that cannot be reached.
    package func notify(_ state: State) throws(SystemError) {
        guard let path, !path.isEmpty else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(call: "sendto", number: ENAMETOOLONG)
        }
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let socket = Descriptor(
            takingOwnershipOf: try systemCall("socket") { CLinux_datagram_socket(AF_UNIX) }
        )
        let number = socket.number
        let message = Array(text(of: state).utf8)
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        try systemCall("sendto") {
            unsafe withUnsafePointer(to: address) { address in
                unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    unsafe sendto(number, message, message.count, 0, address, length)
                }
            }
        }
    }

    private func text(of state: State) -> String {
        switch state {
        case .ready: "READY=1"
        case .reloading:
            // systemd wants the moment, to tell this reload from an earlier one.
            "RELOADING=1\nMONOTONIC_USEC=\(SystemClock.monotonic().nanoseconds / 1000)"
        case .stopping: "STOPPING=1"
        case .status(let line): "STATUS=\(line.split(separator: "\n").joined(separator: " "))"
        }
    }
}
