internal import Glibc

/// An open file descriptor that is closed exactly once, with its owner.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32

    init(takingOwnershipOf number: Int32) {
        self.number = number
    }

    deinit {
        Glibc.close(number)
    }
}
