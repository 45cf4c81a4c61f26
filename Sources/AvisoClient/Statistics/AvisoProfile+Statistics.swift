import Alerts
import AuditCore
import Base
import CBOR
import CaseCore
import Crypto
import EventLoop
import MerkleLog

extension AvisoProfile {
    /// Makes figures of the log that the profile trusts; for auditors and operators, and for who
    /// has a copied folder.
    ///
    /// The entries are hashed, and the tree must have the signed root; whether what they say keeps
    /// the rules, an audit tells.
    ///
    /// - Parameters:
    ///   - options: where to read it, and what to count.
    ///   - progress: is told from time to time how far it is.
    /// - Returns: the figures.
    /// - Throws: ``AvisoError`` if the log cannot be read or is not the signed one.
    public func statistics(
        _ options: StatisticsOptions,
        progress: (AuditProgress) -> Void = { _ in }
    ) async throws(AvisoError) -> LogStatistics {
        guard options.folder != nil || !isAgency else {
            throw AvisoError(
                .invalidInput,
                "the log's entries are for auditors and operators: an agency tracks its own alerts"
            )
        }
        var reader = try StatisticsReader(options, self)
        do {
            return try await reader.run(progress)
        } catch let error as AvisoError {
            throw error
        } catch let error as AlertStatistics.Failure {
            throw AvisoError(.refused, error.message)
        } catch {
            throw AvisoError(.fileFailed, "\(error)")
        }
    }
}

/// Reads a log from its first entry on and counts.
private struct StatisticsReader {
    private static let sliceCount = 64

    private struct Entry: Sendable {
        let leaf: Digest
        let time: WallTime?
        let statement: AlertStatement?
    }

    private let source: any AuditSource
    private let profile: AvisoProfile
    private let end: WallTime?
    private let isOffline: Bool
    private var statistics: AlertStatistics
    private var frontier = MerkleFrontier()

    init(_ options: StatisticsOptions, _ profile: AvisoProfile) throws(AvisoError) {
        self.profile = profile
        isOffline = options.folder != nil
        if let folder = options.folder {
            source = try FolderAuditSource(directory: folder)
        } else {
            source = try ServerAuditSource(profile: profile)
        }
        var dimensions: Set<StatisticsDimension> = []
        for name in options.dimensions {
            guard let dimension = StatisticsDimension(rawValue: name) else {
                throw AvisoError(.invalidInput, "\(name) is not channel, kind, agency or month")
            }
            dimensions.insert(dimension)
        }
        end = try Self.time(options.end)
        statistics = AlertStatistics(
            by: dimensions,
            from: try Self.time(options.start),
            to: end
        )
    }

    private static func time(_ text: String?) throws(AvisoError) -> WallTime? {
        guard let text else { return nil }
        guard let time = RFC3339.parse(text) else {
            throw AvisoError(.invalidInput, "\(text) is no time such as 2026-11-23T18:38:00Z")
        }
        return time
    }

    mutating func run(_ progress: (AuditProgress) -> Void) async throws -> LogStatistics {
        let note = try source.latestNote()
        // What a broker shows counts with the cosignatures that the profile asks for; a folder is
        // somebody's copy of long ago.
        let latest =
            isOffline
            ? try profile.verifiedCheckpoint(note) : try profile.shownCheckpoint(note).signed
        var pieces = try await source.pieces(from: 0, latest: latest)
        while !pieces.isEmpty {
            for piece in pieces { try await take(piece) }
            progress(
                AuditProgress(start: 0, done: frontier.treeSize, size: latest.treeSize)
            )
            pieces = try await source.pieces(from: frontier.treeSize, latest: latest)
        }
        guard frontier.treeSize == latest.treeSize,
            frontier.rootHash(using: SHA256()) == latest.rootHash
        else {
            throw AvisoError(
                .notVerified,
                "the \(frontier.treeSize) entries do not give the root of the \(latest.treeSize) "
                    + "that were signed"
            )
        }
        let now = SystemClock.wall()
        let rows = try statistics.conclude(at: end.map { min($0, now) } ?? now)
        return LogStatistics(
            rows: rows.map { LogStatistics.Row($0.key, $0.row) },
            origin: latest.origin,
            size: latest.treeSize
        )
    }

    private mutating func take(_ piece: AuditPiece) async throws {
        switch piece {
        case .checkpoint:
            break
        case .violation(let violation):
            throw AvisoError(.notVerified, violation.message)
        case .entries(let first, let entries, _):
            guard first == frontier.treeSize else {
                throw AvisoError(.notVerified, "entry \(frontier.treeSize) is missing")
            }
            let read = await Parallel.map(entries, inSlicesOf: Self.sliceCount) { slice in
                slice.map { Self.read($0) }
            }
            for entry in read.joined() {
                frontier.append(entry.leaf, using: SHA256())
                guard let time = entry.time, let statement = entry.statement else { continue }
                try statistics.take(statement, at: time)
            }
        }
    }

    private static func read(_ bytes: [UInt8]) -> Entry {
        let leaf = SHA256().leafHash(bytes[...])
        guard let entry = try? LogEntry(decoding: bytes[...], using: LibCBOR()),
            case .alert(let body) = entry.body
        else { return Entry(leaf: leaf, time: nil, statement: nil) }
        return Entry(
            leaf: leaf,
            time: entry.time,
            statement: try? AlertStatement(decoding: body.statement, using: LibCBOR())
        )
    }
}

extension AlertStatistics.Failure {
    fileprivate var message: String {
        switch self {
        case .tooManyRows:
            "there would be more than \(AlertStatistics.rowCountMax) rows: name fewer dimensions"
        case .tooManyQuestions:
            "more than \(AlertStatistics.openCountMax) questions are open: choose a shorter range"
        }
    }
}

extension LogStatistics.Row {
    fileprivate init(_ key: StatisticsKey, _ row: StatisticsRow) {
        status = key.status
        channel = key.channel
        kind = key.kind
        agency = key.agency
        month = key.month
        written = row.writtenCount
        messages = Dictionary(
            row.written.map { ($0.key.rawValue, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        received = row.received
        asked = row.asked
        answered = row.answered
        late = row.late
        silent = row.silent
        pending = row.pending
        withdrawn = row.withdrawn
        medianSeconds = row.lateness.median.map { $0 / 1000 }
        worstSeconds = row.lateness.count > 0 ? row.lateness.worst / 1000 : nil
    }
}
