import Alerts
import Base
import CBOR
import Crypto
import MQTTCodec
import MerkleLog

/// The notices of deadlines of a subscription, checked, in the order of the log.
///
/// A notice is acknowledged to the broker when the next one is asked for, or by
/// ``acknowledge()``: what was not taken comes again.
public final class DeadlineNoticeSequence: AsyncSequence, AsyncIteratorProtocol {
    /// What the sequence gives.
    public typealias Element = DeadlineNotice

    private static let attemptCountMax = 30

    private let profile: AvisoProfile
    private let deliveries: IndexedDeliveries
    private let isProving: Bool

    init(profile: AvisoProfile, deliveries: IndexedDeliveries, isProving: Bool) {
        self.profile = profile
        self.deliveries = deliveries
        self.isProving = isProving
    }

    /// The sequence is its own iterator: it can be gone through once.
    public func makeAsyncIterator() -> DeadlineNoticeSequence { self }

    /// Acknowledges what was given, without asking for more.
    public func acknowledge() { deliveries.acknowledge() }

    /// Waits for the next notice.
    ///
    /// - Throws: ``AvisoError``: ``AvisoError/Code/notVerified`` for a notice that does not concern
    ///   this agency, contradicts an alert that this profile published, or cannot be proved;
    ///   others when the connection has ended for good.
    public func next() async throws -> DeadlineNotice? {
        guard let (index, publish) = try await deliveries.next() else { return nil }
        if isProving { try await prove(publish.payload, index: index) }
        return try profile.notice(publish.payload, index: index, isProved: isProving)
    }

    // A checkpoint that witnesses cosign comes a little after the entry.
    private func prove(_ bytes: [UInt8], index: UInt64) async throws {
        for _ in 0..<Self.attemptCountMax {
            if try profile.proveEntry(bytes, index: index) { return }
            try await Task.sleep(for: .seconds(1))
        }
        throw AvisoError(.notVerified, "notice at index \(index): no checkpoint covers it")
    }
}

extension AvisoProfile {
    fileprivate func notice(
        _ bytes: [UInt8],
        index: UInt64,
        isProved: Bool
    ) throws(AvisoError) -> DeadlineNotice {
        let entry = try LogRecord.decode(bytes, index: index)
        func wrong(_ text: String) -> AvisoError {
            AvisoError(.notVerified, "notice at index \(index): \(text)")
        }
        guard case .deadline(let body) = entry.body,
            let event = DeadlineNotice.Event(rawValue: body.event.rawValue),
            let subject = DeadlineNotice.Subject(rawValue: body.subject.rawValue)
        else { throw wrong("the entry is none of a deadline") }
        guard body.index < index, body.readers.contains(member) else {
            throw wrong("it does not concern \(member)")
        }
        guard event == .reminder || body.due <= entry.time else {
            throw wrong("the time was not due when it was logged")
        }
        // An author knows what it has signed.
        if body.author == member, let statement = publishedStatement(body.alert) {
            let header = statement.header
            let due = subject == .reply ? header.replyBy : header.acknowledgeBy
            guard due == body.due, header.status.rawValue == body.status,
                Set(body.agencies).isSubset(of: header.to.map(\.description))
            else { throw wrong("it contradicts the alert that this profile published") }
        }
        return DeadlineNotice(
            index: index,
            time: RFC3339.format(entry.time),
            event: event,
            subject: subject,
            alert: body.alert,
            alertIndex: body.index,
            author: body.author,
            channel: body.channel,
            status: body.status,
            due: RFC3339.format(body.due),
            agencies: body.agencies,
            answer: body.answer,
            isProved: isProved
        )
    }

    /// Proves that an entry stands in the tree of the latest signed checkpoint, over HTTPS.
    ///
    /// - Returns: false if that checkpoint is older than the entry.
    fileprivate func proveEntry(_ bytes: [UInt8], index: UInt64) throws(AvisoError) -> Bool {
        let server = try LogServer(profile: self)
        let checkpoint = try verifiedCheckpoint(try server.get("/checkpoint"))
        guard index < checkpoint.treeSize else { return false }
        let hasher = SHA256()
        let tiles = LogTiles(server: server, treeSize: checkpoint.treeSize)
        let root = MerkleProof.root(
            ofLeaf: hasher.leafHash(bytes[...]),
            index: index,
            treeSize: checkpoint.treeSize,
            path: try tiles.inclusionProof(index: index),
            using: hasher
        )
        guard root == checkpoint.rootHash else {
            throw AvisoError(.notVerified, "notice at index \(index): the log does not hold it")
        }
        return true
    }
}
