/// Which codings of a body a client accepts (RFC 9110 12.5.3).
package struct AcceptedCodings: Sendable {
    // Bounds what a header full of commas costs.
    private static let countMax = 32

    private var weights: [String: Double] = [:]

    /// Reads the field `Accept-Encoding`; without it only the plain body is accepted here.
    package init(_ field: String?) {
        for item in (field ?? "").split(separator: ",").prefix(Self.countMax) {
            let parts = item.split(separator: ";").map { $0.trimmingSpaces.lowercased() }
            guard let coding = parts.first, !coding.isEmpty else { continue }
            var weight = 1.0
            for part in parts.dropFirst() where part.hasPrefix("q=") {
                weight = Double(part.dropFirst(2)) ?? 0
            }
            weights[coding] = weight
        }
    }

    /// Whether a body may be sent in gzip.
    package var acceptGzip: Bool {
        let weight = weights["gzip"] ?? weights["x-gzip"] ?? weights["*"] ?? 0
        return weight > 0
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
        let rest = drop(while: isSpace)
        return rest[
            ..<(rest.lastIndex { !isSpace($0) }.map { rest.index(after: $0) } ?? rest.startIndex)
        ]
    }
}
