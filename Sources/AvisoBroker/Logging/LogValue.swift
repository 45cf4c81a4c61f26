/// How much an event of the log matters.
package enum LogLevel: String, CaseIterable, Comparable, Sendable {
    /// For whoever searches a fault.
    case debug
    /// What the daemon does.
    case info
    /// What an operator may have to look at: a refused peer, a shortage.
    case warning
    /// What an operator must look at.
    case error

    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.severity < right.severity
    }

    private var severity: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}

/// The name of a kind of event, written out in the code, so that their number is bounded.
package struct LogEvent: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The name, for instance "peer-refused".
    package let name: String

    package init(stringLiteral value: StaticString) {
        name = value.description
    }
}

/// The value of a field.
package enum LogValue: Equatable, Sendable {
    /// Text; cut when it is very long.
    case text(String)
    /// A number.
    case integer(Int64)
    /// Yes or no.
    case flag(Bool)
    /// Several texts.
    case list([String])
}

extension LogValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }

    package init(integerLiteral value: Int64) { self = .integer(value) }

    package init(booleanLiteral value: Bool) { self = .flag(value) }

    /// The value of a text.
    package init(_ text: String) { self = .text(text) }

    /// The value of a number, clamped to 64 bits.
    package init(_ number: some BinaryInteger) { self = .integer(Int64(clamping: number)) }
}
