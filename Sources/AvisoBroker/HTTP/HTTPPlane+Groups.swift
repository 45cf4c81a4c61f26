import Alerts
import Base
import CBOR
import COSE
import HTTPEngine
import MerkleLog
import Synchronization

/// The groups as their members see them; for everyone else there are none.
extension HTTPPlane {
    static let groupsPath = "/groups"
    private static let groupPrefix = groupsPath + "/"

    /// Answers what is asked about groups; nil for another path.
    func groups(_ path: String, _ station: StationIdentity) throws(HTTPProblem) -> HTTPResponse? {
        if path == Self.groupsPath { return groups(of: station) }
        guard path.hasPrefix(Self.groupPrefix) else { return nil }
        return try group(String(path.dropFirst(Self.groupPrefix.count)), station)
    }

    // The heads of the groups that an agency owns or is in; of all of them for who reads the log.
    private func groups(of station: StationIdentity) -> HTTPResponse {
        let directory = shared.published.withLock { $0.groups }
        let heads = directory.all.compactMap { record -> CBORValue? in
            guard let definition = record.draft.definition, Self.concerns(record, station) else {
                return nil
            }
            var head = CBORMap([
                CBORMap.Pair(.text("group"), .text(record.draft.group)),
                CBORMap.Pair(.text("owner"), .text(record.draft.issuer.description)),
                CBORMap.Pair(.text("form"), .text(definition.form.rawValue)),
                CBORMap.Pair(.text("version"), .unsigned(record.draft.version)),
                CBORMap.Pair(.text("index"), .unsigned(record.index)),
            ])
            if let until = definition.until?.seconds {
                head.append(.text("until"), .unsigned(until))
            }
            return .map(head)
        }
        return HTTPResponse(
            status: 200,
            type: "application/cbor",
            .never,
            .bytes(LibCBOR().encode(.array(heads)))
        )
    }

    // The statement in force with its receipt. The refusal is the same to the byte for a name that
    // was never given, so that nobody learns from it who is in which group.
    private func group(
        _ name: String,
        _ station: StationIdentity
    ) throws(HTTPProblem) -> HTTPResponse {
        let (found, latest) = shared.published.withLock { ($0.groups[name], $0.note) }
        guard let record = found, Self.concerns(record, station) else {
            throw .notFound("There is no such group that this station may ask for.")
        }
        do {
            let statement = try GroupStatement(decoding: record.statement[...], using: LibCBOR())
            let item = try archive.item(at: record.index, latest: latest, of: .group)
            guard let item else { throw HTTPProblem.unreadable }
            return HTTPResponse(
                status: 200,
                type: GroupStatement.contentType,
                .never,
                .bytes(
                    TransparentStatement.join(
                        statement: statement.sign1,
                        receipt: item.receipt,
                        using: LibCBOR()
                    )
                )
            )
        } catch {
            shared.log.log(.error, "group-failed", "\(error)", ["index": LogValue(record.index)])
            throw .unreadable
        }
    }

    private static func concerns(
        _ record: GroupDirectory.Record,
        _ station: StationIdentity
    ) -> Bool {
        station.role != .agency || record.draft.isVisible(to: station.agency)
    }
}
