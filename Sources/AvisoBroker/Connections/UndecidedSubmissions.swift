/// What one connection has handed to the sequencer and what has not been decided yet.
struct UndecidedSubmissions {
    /// The bytes that it keeps in memory.
    private(set) var byteCount = 0
    private var byteCounts: [UInt64: Int] = [:]

    mutating func add(token: UInt64, byteCount: Int) {
        self.byteCount += byteCount
        byteCounts[token, default: 0] += byteCount
    }

    /// - Returns: false for what was not handed in.
    mutating func remove(token: UInt64) -> Bool {
        guard let byteCount = byteCounts.removeValue(forKey: token) else { return false }
        self.byteCount -= byteCount
        return true
    }
}
