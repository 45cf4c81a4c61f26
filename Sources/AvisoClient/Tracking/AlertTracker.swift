import Alerts
import Base
import CBOR
import CaseCore
import Crypto
import EventLoop
import MerkleLog

/// Follows what becomes of an alert; for its author, auditors and operators.
///
/// What agencies have signed is verified with their keys, and every entry proved to stand in the
/// tree of the latest checkpoint, as far as that reaches; that a station has taken the alert is the
/// broker's word, as its log has it.
public final class AlertTracker {
    private let profile: AvisoProfile
    private let server: LogServer
    private var reader: ExtractReader
    private var state: TrackingState
    private var unverified: [UInt64] = []

    /// Begins to follow an alert; nothing but the alert itself is read yet.
    ///
    /// - Parameters:
    ///   - name: the alert, by its index or its identifier.
    ///   - profile: who asks.
    /// - Throws: ``AvisoError``: no answer, ``AvisoError/Code/refused`` for an alert that is not
    ///   there or another's.
    public init(_ name: LogEntryName, profile: AvisoProfile) throws(AvisoError) {
        self.profile = profile
        let server = try LogServer(profile: profile)
        self.server = server
        let index = try profile.index(of: name, server)
        reader = ExtractReader(server, path: "/track/\(index)", from: index)
        state = TrackingState(try profile.logged(index, server))
    }

    /// The number of the log's entries that were looked at.
    public var readCount: UInt64 { reader.next }

    /// Reads what the log has got since.
    ///
    /// - Returns: whether it says anything new.
    /// - Throws: ``AvisoError``: no answer, or ``AvisoError/Code/notVerified`` for what does not
    ///   hold.
    @discardableResult
    public func update() throws(AvisoError) -> Bool {
        var isNew = false
        var inclusion: EntryInclusion?
        var (state, unverified) = (state, unverified)
        try reader.readOn { item throws(AvisoError) in
            switch item {
            case .report(let report):
                state.take(report)
                isNew = true
            case .entry(let index, let bytes):
                guard index > state.subject.index else { return }
                // A checkpoint is fetched only where there is something to prove.
                if inclusion == nil { inclusion = try EntryInclusion(server, profile) }
                _ = try inclusion?.holds(bytes, at: index)
                let isTaken = try Self.take(
                    try profile.loggedStatement(bytes, index: index),
                    index,
                    &state
                )
                if !isTaken { unverified.append(index) }
                isNew = true
            }
        }
        (self.state, self.unverified) = (state, unverified)
        return isNew
    }

    // False for what nobody has signed whose key the directory has.
    private static func take(
        _ logged: LoggedStatement,
        _ index: UInt64,
        _ state: inout TrackingState
    ) throws(AvisoError) -> Bool {
        var isOfSubject = false
        switch logged {
        case .redaction(let draft, let time, let isVerified):
            guard isVerified else { return false }
            isOfSubject = state.take(draft, index: index, time: time)
        case .alert(let statement):
            guard statement.isVerified else { return false }
            isOfSubject = state.take(statement)
        }
        guard isOfSubject else {
            throw AvisoError(.notVerified, "entry \(index) is not about the alert")
        }
        return true
    }

    /// What has become of the alert by now.
    public var alert: TrackedAlert {
        TrackedAlert(state, unverified, at: SystemClock.wall())
    }
}

extension AvisoProfile {
    /// The alert at an index, with its signature and receipt verified.
    fileprivate func logged(
        _ index: UInt64,
        _ server: LogServer
    ) throws(AvisoError) -> CaseStatement {
        let path = "/entries/\(index)"
        let bytes = try server.get(path, accept: TransparentStatement.mediaType)
        let proof = try verifyReceipt(nil, statement: bytes)
        guard proof.index == index,
            let statement = try? AlertStatement(decoding: bytes[...], using: LibCBOR()),
            let time = RFC3339.parse(proof.time)
        else { throw AvisoError(.notVerified, "\(path) is the receipt of another entry") }
        return CaseStatement(
            statement,
            index: index,
            time: time,
            digest: SHA256().digest(statement.canonicalBytes[...]),
            isVerified: true
        )
    }
}

extension TrackedAlert {
    fileprivate init(_ state: TrackingState, _ unverified: [UInt64], at now: WallTime) {
        let subject = state.subject
        alert = subject.alert.urn
        index = subject.index
        author = subject.author.description
        channel = subject.header.channel.rawValue
        kind = subject.header.kind.rawValue
        status = subject.header.status.rawValue
        let worth = state.state(at: now)
        self.state = worth.rawValue
        isStale = worth.isStale
        replyBy = subject.header.replyBy.map { RFC3339.format($0) }
        acknowledgeBy = subject.header.acknowledgeBy.map { RFC3339.format($0) }
        recipients = state.recipients.map { recipient in
            Recipient(
                agency: recipient.agency.description,
                deliveries: recipient.deliveries.map { Event($0) },
                skips: recipient.skips.map { Event($0) },
                acknowledgement: recipient.acknowledgement.map { Event($0) },
                answers: recipient.answers.map { Event($0) },
                answering: Answering(
                    rawValue: state.answering(of: recipient, at: now).rawValue
                ),
                acknowledging: Answering(
                    rawValue: state.acknowledging(of: recipient, at: now).rawValue
                ),
                purge: recipient.purge.map { Event($0) }
            )
        }
        updates = state.updates.map { Event($0) }
        cancel = state.cancel.map { Event($0) }
        erasure = state.erasure.map { Event($0) }
        self.unverified = unverified
    }
}

extension TrackedAlert.Event {
    fileprivate init(_ delivery: TrackingState.Delivery) {
        self.init(
            time: RFC3339.format(delivery.time),
            index: delivery.index,
            by: delivery.station
        )
    }

    fileprivate init(_ reply: TrackingState.Reply) {
        self.init(
            time: RFC3339.format(reply.time),
            index: reply.index,
            by: reply.alert?.urn
        )
    }
}
