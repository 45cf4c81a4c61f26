import Alerts
import Base
import MQTTCodec

/// What a session that lags has read for it in the log, while its connection goes on.
package struct LogReading: Hashable, Sendable {
    /// Which entries may be wanted, as the headers of their records tell.
    package struct Interest: Hashable, Sendable {
        /// The channels; nil for every entry, alerts and others.
        package let channels: Set<UInt16>?
        /// The recipient bits.
        package let recipientMask: UInt64
    }

    /// Where it begins: where the session stands.
    package let start: UInt64
    /// Where it ends: at the size of the log as the session's loop knows it.
    ///
    /// What comes behind is delivered live, and would come twice.
    package let end: UInt64
    /// How many entries there is room for.
    package let countMax: Int
    /// Which entries are wanted.
    package let interest: Interest
}

extension ConnectionMachine {
    /// What is to be read for the session now.
    ///
    /// - Parameter committed: the size of the log.
    /// - Returns: nil if the session is live or has no room.
    package func logReading(committed: UInt64) -> LogReading? {
        guard case .connected = phase, let start = session?.backlogStart, let interest,
            deliveryRoom > 0
        else { return nil }
        return LogReading(
            start: start,
            end: committed,
            countMax: deliveryRoom,
            interest: interest
        )
    }

    /// Whether what was read is what the session wants still: a SUBSCRIBE may have taken it back
    /// meanwhile, or made it want what was not looked for.
    package func isCurrent(_ reading: LogReading) -> Bool {
        guard case .connected = phase else { return false }
        return session?.backlogStart == reading.start && interest == reading.interest
    }

    private var interest: LogReading.Interest? {
        guard let scopes = session?.scopes else { return nil }
        if scopes.contains(.log) { return LogReading.Interest(channels: nil, recipientMask: 0) }
        let record = directory[station.agency]
        var channels = Set((record?.member.subscribe ?? []).map(\.number))
        if !scopes.isDisjoint(with: .notices) {
            channels.formUnion(Channel.allCases.map(\.number))
        }
        if scopes.contains(.opaque) { channels.insert(OpaqueMessage.channelNumber) }
        return LogReading.Interest(channels: channels, recipientMask: record?.mask ?? 1)
    }
}
