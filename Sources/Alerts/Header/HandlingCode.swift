/// A restriction that the author puts on the use of an alert.
package enum HandlingCode: Hashable, Sendable {
    /// H0: only for preventing and combating crime.
    case crimeOnly
    /// H1: not in judicial proceedings without the author's permission.
    case notJudicial
    /// H2: no onward dissemination without the author's permission.
    case noOnwardDissemination
    /// H3: another restriction, in words.
    case other(String)

    /// The most bytes that the words of H3 may take.
    package static let textByteCountMax = 512
}

extension HandlingCode: RawRepresentable {
    /// Reads `H0`, `H1`, `H2` or `H3:` with its text.
    package init?(rawValue: String) {
        switch rawValue {
        case "H0": self = .crimeOnly
        case "H1": self = .notJudicial
        case "H2": self = .noOnwardDissemination
        default:
            guard rawValue.hasPrefix("H3:") else { return nil }
            let text = rawValue.dropFirst(3).drop { $0 == " " }
            guard (1...HandlingCode.textByteCountMax).contains(text.utf8.count) else { return nil }
            self = .other(String(text))
        }
    }

    /// The code; H3 with its text.
    package var rawValue: String {
        switch self {
        case .crimeOnly: "H0"
        case .notJudicial: "H1"
        case .noOnwardDissemination: "H2"
        case .other(let text): "H3:" + text
        }
    }
}

/// The 4x4 evaluation of a piece of intelligence: its source and its information.
package struct Evaluation: Hashable, Sendable {
    /// How reliable the source is.
    package enum Source: String, CaseIterable, Hashable, Sendable {
        /// No doubt about the source.
        case reliable = "A"
        /// Reliable in most cases.
        case mostlyReliable = "B"
        /// Unreliable in most cases.
        case unreliable = "C"
        /// Cannot be judged.
        case unknown = "X"
    }

    /// How far the information can be relied on.
    package enum Information: Int, CaseIterable, Hashable, Sendable {
        /// Known to be true without reserve.
        case certain = 1
        /// Known personally to the source.
        case knownToSource = 2
        /// Not known personally to the source but corroborated.
        case corroborated = 3
        /// Cannot be corroborated.
        case uncorroborated = 4
    }

    /// How reliable the source is.
    package let source: Source
    /// How far the information can be relied on.
    package let information: Information

    /// Makes an evaluation.
    package init(source: Source, information: Information) {
        self.source = source
        self.information = information
    }
}

extension Evaluation: RawRepresentable {
    /// Reads the two characters, such as `B2`.
    package init?(rawValue: String) {
        guard rawValue.utf8.count == 2, let source = Source(rawValue: String(rawValue.prefix(1))),
            let number = Int(rawValue.suffix(1)), let information = Information(rawValue: number)
        else { return nil }
        self.init(source: source, information: information)
    }

    /// The two characters.
    package var rawValue: String { "\(source.rawValue)\(information.rawValue)" }
}
