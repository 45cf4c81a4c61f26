/// Work on many values, spread over all processors.
enum Parallel {
    /// Computes a value of each slice of some items.
    ///
    /// - Parameters:
    ///   - items: the items.
    ///   - sliceCount: how many of them stand in a slice.
    ///   - body: what to compute; called on several threads at once.
    /// - Returns: the values, in the order of the slices.
    static func map<Item: Sendable, Value: Sendable>(
        _ items: [Item],
        inSlicesOf sliceCount: Int,
        _ body: @escaping @Sendable (ArraySlice<Item>) -> Value
    ) async -> [Value] {
        await withTaskGroup(of: (Int, Value).self) { group in
            for start in stride(from: 0, to: items.count, by: sliceCount) {
                let slice = items[start..<min(start + sliceCount, items.count)]
                group.addTask { (start, body(slice)) }
            }
            var values: [(place: Int, value: Value)] = []
            for await (place, value) in group { values.append((place, value)) }
            return values.sorted { $0.place < $1.place }.map(\.value)
        }
    }
}
