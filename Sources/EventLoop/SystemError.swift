internal import Glibc

/// A system call that failed.
package struct SystemError: Error, Equatable, Sendable {
    /// The name of the call, for instance "accept4".
    package let call: String
    /// The value of `errno`.
    package let number: Int32

    /// Describes a failed call.
    package init(call: String, number: Int32) {
        self.call = call
        self.number = number
    }

    /// The failure of the call that was just made on this thread.
    static func last(_ call: String) -> SystemError {
        SystemError(call: call, number: errno)
    }

    /// A sentence such as "bind failed: Address already in use (98)." for the log.
    package var message: String {
        "\(call) failed: \(unsafe String(cString: strerror(number))) (\(number))."
    }

    /// True for a shortage of descriptors or memory, which passes when others close theirs.
    var isShortage: Bool {
        number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM
    }
}

/// Repeats a call while a signal interrupts it.
@discardableResult
func systemCall<Result: FixedWidthInteger & SignedInteger>(
    _ name: String,
    _ body: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = body()
        if result >= 0 { return result }
        let number = errno
        // A bad descriptor or address is a fault of ours that could hit a stranger's file next.
        precondition(number != EBADF && number != EFAULT, "\(name) on a wrong descriptor")
        if number != EINTR { throw SystemError(call: name, number: number) }
    }
}
