/// Where a subscription or a replay begins.
public enum ReplayStart: Hashable, Sendable {
    /// At an entry of the log.
    case index(UInt64)
    /// At the first entry at or after a moment, written as RFC 3339.
    case time(String)

    /// The text of the `aviso-from` user property.
    var text: String {
        switch self {
        case .index(let index): String(index)
        case .time(let time): time
        }
    }
}
