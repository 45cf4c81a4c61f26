/// Reads hostile bytes as the choices of a peer and of time, for machines that take events.
struct Script {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        self.bytes = bytes[...]
    }

    /// Whether every choice has been made.
    var isAtEnd: Bool { bytes.isEmpty }

    /// The next choice; 0 at the end.
    mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

    /// A choice from 0 to below `bound`.
    mutating func below(_ bound: Int) -> Int { Int(byte()) % bound }

    /// The next bytes, behind a byte with their number.
    mutating func field() -> ArraySlice<UInt8> {
        let count = Int(byte())
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }

    /// A script that hands these fields to a machine, each behind its event.
    static func make(_ fields: [(event: UInt8, bytes: [UInt8])]) -> [UInt8] {
        fields.flatMap { [$0.event, UInt8(clamping: $0.bytes.count)] + $0.bytes.prefix(255) }
    }
}
