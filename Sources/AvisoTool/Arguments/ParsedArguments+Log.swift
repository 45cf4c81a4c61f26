import Alerts
import AvisoClient
import Base

/// What several commands ask of a log in the same words.
extension ParsedArguments {
    /// The channel and the kind of `--channel` and `--kind`.
    ///
    /// - Returns: the channel, also where only a kind of it was named; nil for what is open.
    /// - Throws: ``UsageError`` for what there is not, and for a kind of another channel.
    func topic() throws(UsageError) -> (channel: Channel?, kind: AlertKind?) {
        var channel: Channel?
        if let name = self["channel"], name != "#" {
            channel = Channel(rawValue: name)
            guard channel != nil else { throw UsageError(message: "there is no channel \(name)") }
        }
        guard let name = self["kind"] else { return (channel, nil) }
        let kind = try FormCommand.kind(named: name)
        if let channel, kind.channel != channel {
            throw UsageError(message: "channel \(channel) has no kind \(kind)")
        }
        return (kind.channel, kind)
    }

    /// Where to begin, as `--from` says it.
    ///
    /// - Throws: ``UsageError`` for what is neither an index nor a time.
    func start() throws(UsageError) -> ReplayStart? {
        guard let text = self["from"] else { return nil }
        if let index = UInt64(text) { return .index(index) }
        guard RFC3339.parse(text) != nil else { throw Self.noPlace("from", text) }
        return .time(text)
    }

    /// What to say of an option that names no place in the log.
    static func noPlace(_ name: String, _ text: String) -> UsageError {
        UsageError(message: "--\(name) \(text) is no index and no RFC 3339 time")
    }

    /// Where to begin, as ``start()``; what is behind the log's end would be waited for in silence.
    ///
    /// - Throws: ``UsageError``, also where the log is not so long yet.
    func start(_ profile: AvisoProfile) async throws -> ReplayStart? {
        let start = try start()
        guard case .index(let index) = start, index > 0 else { return start }
        // A connection of its own: a durable session would keep what it asks for.
        var options = AvisoClient.Options()
        options.reconnects = false
        let size = try await AvisoClient.withConnection(profile: profile, options: options) {
            try await $0.checkpoint().size
        }
        try Self.check(start, size: size)
        return start
    }

    /// Checks that a log reaches to where somebody wants to begin.
    static func check(_ start: ReplayStart?, size: UInt64) throws(UsageError) {
        guard case .index(let index) = start, index > size else { return }
        throw UsageError(
            message: "--from \(index) is behind the end of the log: it has \(size) entries"
        )
    }
}
