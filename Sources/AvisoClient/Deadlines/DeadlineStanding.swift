import Alerts
import Base
import CBOR
import COSE
import Crypto
import MerkleLog

/// How the deadlines of an alert stand in the first entries of the log.
public struct DeadlineStanding: Hashable, Sendable {
    /// One deadline.
    public struct Part: Hashable, Sendable {
        /// When it is due, RFC 3339.
        public let due: String
        /// `open`, `passed`, `cancelled` or `replaced`.
        public let state: String
        /// The entry that changed the state.
        public let changedBy: UInt64?
        /// What each recipient has said.
        public let agencies: [Fact]
        /// Whether every recipient has spoken.
        public var isComplete: Bool { agencies.allSatisfy { $0.index != nil } }
    }

    /// What one recipient has said.
    public struct Fact: Hashable, Sendable {
        /// The recipient.
        public let agency: String
        /// The entry of its answer or acknowledgement; nil for silence, which is no answer.
        public let index: UInt64?
        /// The entry of its first interim answer, which leaves the deadline open.
        public let interim: UInt64?
        /// Whether it came when the deadline had passed.
        public let isLate: Bool
    }

    /// The log's name.
    public let origin: String
    /// How many entries it speaks of.
    public let size: UInt64
    /// Their root, base64.
    public let root: String
    /// The time of the last of them, RFC 3339.
    public let time: String
    /// The alert, `urn:uuid:…`.
    public let alert: String
    /// Its place.
    public let index: UInt64
    /// Its author.
    public let author: String
    /// `actual`, `exercise` or `test`.
    public let status: String
    /// The answers, if they are due at any time.
    public let reply: Part?
    /// The acknowledgements, if they are due at any time.
    public let acknowledgement: Part?

    init(_ report: DeadlineReport) {
        origin = report.origin
        size = report.treeSize
        root = Base64.encode(report.rootHash.bytes)
        time = RFC3339.format(report.time)
        alert = report.alert
        index = report.index
        author = report.author
        status = report.status
        reply = report.reply.map { Part($0) }
        acknowledgement = report.acknowledgement.map { Part($0) }
    }
}

extension DeadlineStanding.Part {
    fileprivate init(_ part: DeadlineReport.Part) {
        due = RFC3339.format(part.due)
        state = part.state.rawValue
        changedBy = part.changedBy
        agencies = part.agencies.map {
            DeadlineStanding.Fact(
                agency: $0.agency,
                index: $0.index,
                interim: $0.interim,
                isLate: $0.isLate
            )
        }
    }
}

extension AvisoProfile {
    private static let listLimits = CBORLimits(itemCountMax: 1 << 20)

    /// Gets the log's signed statement on the deadlines of an alert, over HTTPS.
    ///
    /// It says for each recipient whether an answer, or an acknowledgement, stood in the log at its
    /// present size: for whom it names none, none did.
    ///
    /// - Parameter entry: the alert's index, or its identifier if the profile keeps its receipt.
    /// - Returns: the file's bytes; the signature was verified.
    /// - Throws: ``AvisoError``: no answer, or a statement that does not hold.
    public func deadlineStatement(of entry: LogEntryName) throws(AvisoError) -> [UInt8] {
        let server = try LogServer(profile: self)
        let index = try index(of: entry)
        let bytes = try server.get("/deadlines/\(index)", accept: DeadlineStatement.contentType)
        let standing = try verifyDeadlineStatement(bytes)
        guard standing.index == index else {
            throw AvisoError(.notVerified, "the statement is on the alert at \(standing.index)")
        }
        return bytes
    }

    /// Whether a file is a statement on deadlines.
    public static func isDeadlineStatement(_ bytes: [UInt8]) -> Bool {
        DeadlineStatement.isOne(bytes, using: LibCBOR())
    }

    /// Verifies a statement on deadlines with nothing but the keys of the profile.
    ///
    /// - Parameter bytes: the statement.
    /// - Returns: what it says.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` naming what does not hold.
    public func verifyDeadlineStatement(
        _ bytes: [UInt8]
    ) throws(AvisoError) -> DeadlineStanding {
        do throws(ReceiptError) {
            let statement = try DeadlineStatement(decoding: bytes[...], using: LibCBOR())
            try verifyWithLogKeys { key throws(ReceiptError) in
                try statement.verify(
                    key: key,
                    origin: logOrigin,
                    coding: LibCBOR(),
                    hasher: SHA256(),
                    verifier: Cryptography()
                )
            }
            return DeadlineStanding(statement.report)
        } catch {
            throw AvisoError(.notVerified, error.message)
        }
    }

    /// The alerts with deadlines that this member wrote or is to answer, the latest first; for
    /// auditors and operators, all that the log remembers.
    ///
    /// The list is the broker's word, without signature: ``deadlineStatement(of:)`` proves.
    ///
    /// - Throws: ``AvisoError``: no answer, or one that is no list.
    public func deadlines() throws(AvisoError) -> [DeadlineStanding] {
        let bytes = try LogServer(profile: self).get("/deadlines")
        guard let items = try? LibCBOR().decode(bytes[...], limits: Self.listLimits).arrayValue
        else { throw AvisoError(.notVerified, "the list of deadlines is no CBOR array") }
        var standings: [DeadlineStanding] = []
        for item in items {
            do throws(ReceiptError) {
                standings.append(DeadlineStanding(try DeadlineReport(cbor: item)))
            } catch {
                throw AvisoError(.notVerified, error.message)
            }
        }
        return standings
    }
}

extension AvisoClient {
    /// Subscribes to the notices of deadlines that concern this agency, as author or recipient.
    ///
    /// - Parameters:
    ///   - start: where to begin; nil for the present, or where the session stands.
    ///   - isProving: whether each notice is proved to stand in the log, over HTTPS.
    /// - Returns: the notices, in the order of the log and without end.
    /// - Throws: ``AvisoError`` with the broker's refusal.
    public func deadlineNotices(
        from start: ReplayStart? = nil,
        proving isProving: Bool = false
    ) async throws(AvisoError) -> DeadlineNoticeSequence {
        let stream = try await connection.subscribe(
            filter: try topicFilter(DeadlineBody.topicName),
            from: start?.text,
            isKept: true
        )
        return DeadlineNoticeSequence(
            profile: profile,
            deliveries: IndexedDeliveries(connection: connection, stream: stream),
            isProving: isProving
        )
    }
}
