/// One entry of the log, as an auditor sees it.
public struct LogRecord: Hashable, Sendable {
    /// Its index.
    public let index: UInt64
    /// Its type, such as `alert`.
    public let type: String
    /// Its time, RFC 3339.
    public let time: String
    /// What it says, each thing under its name.
    public let details: [Detail]
    /// For an alert: each recipient's running count.
    public let counts: [String: UInt64]
    /// Whether the author's signature was verified, for an alert.
    public let isVerified: Bool

    /// One thing that an entry or a signed header says.
    public struct Detail: Hashable, Sendable {
        /// Its name, such as `cursor`.
        public let name: String
        /// What is said.
        public let value: Value

        /// The value as text, for showing.
        public var text: String {
            switch value {
            case .text(let text): text
            case .number(let number): "\(number)"
            case .flag(let isTrue): "\(isTrue)"
            case .texts(let texts): texts.joined(separator: " ")
            case .numbers(let numbers): numbers.map { "\($0)" }.joined(separator: " ")
            }
        }
    }

    /// The value of a detail; a name has the same type of value wherever it stands in an entry of
    /// a type.
    public enum Value: Hashable, Sendable {
        /// A text.
        case text(String)
        /// A number.
        case number(UInt64)
        /// Whether something is so.
        case flag(Bool)
        /// Any number of texts.
        case texts([String])
        /// Any number of numbers.
        case numbers([UInt64])
    }
}

extension LogRecord.Detail {
    // What can stand several times in a header, and what only says that something is so.
    private static let lists = ["handling", "group", "reference", "source", "consent"]
    private static let flags = ["interim", "late"]

    /// The labels of a signed header, those that can stand several times as lists at the end.
    public static func list(_ labels: [ReceivedAlert.Label]) -> [Self] {
        let single = labels.filter { !lists.contains($0.name) }.map { label in
            Self(
                name: label.name,
                value: flags.contains(label.name) ? .flag(true) : .text(label.value)
            )
        }
        return single
            + lists.compactMap { name in
                let values = labels.filter { $0.name == name }.map(\.value)
                return values.isEmpty ? nil : Self(name: name, value: .texts(values))
            }
    }
}
