import Alerts

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
}
