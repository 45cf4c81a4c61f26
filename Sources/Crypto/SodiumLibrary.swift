import CSodium

/// libsodium, made ready once per process.
enum SodiumLibrary {
    private static let isReady = sodium_init() >= 0

    /// Makes the library ready; without a source of randomness there is nothing to go on with.
    static func prepare() {
        precondition(isReady, "libsodium cannot be initialised")
    }
}
