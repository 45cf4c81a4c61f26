import Alerts
import Base
import CBOR
import COSE
import Crypto
import EventLoop
import HTTPFetch
import MerkleLog

/// The groups that this member is in or owns, over HTTPS; auditors and operators see all.
///
/// Each request blocks the calling thread for 60 s at most.
extension AvisoProfile {
    /// The groups in force, each verified.
    ///
    /// - Returns: the groups in the order of the log.
    /// - Throws: ``AvisoError``: no answer, or ``AvisoError/Code/notVerified``.
    public func groups() throws(AvisoError) -> [AgencyGroup] {
        let server = try LogServer(profile: self)
        let answer = try server.get("/groups", accept: "application/cbor")
        // One head has a handful of items.
        let limits = CBORLimits(itemCountMax: 1 << 20)
        guard let heads = try? LibCBOR().decode(answer[...], limits: limits).arrayValue else {
            throw AvisoError(.notVerified, "the broker's list of groups cannot be read")
        }
        var groups: [AgencyGroup] = []
        for head in heads {
            guard let name = head.mapValue?["group"]?.textValue else {
                throw AvisoError(.notVerified, "the broker's list of groups cannot be read")
            }
            // One that was dissolved meanwhile is none of those in force.
            guard let group = try group(name, from: server), !group.isDissolved else { continue }
            groups.append(group)
        }
        return groups
    }

    /// A group as the statement in force defines it.
    ///
    /// - Parameter name: its name.
    /// - Returns: the group, with its receipt verified; see ``AgencyGroup/isVerified``.
    /// - Throws: ``AvisoError``: ``AvisoError/Code/refused`` if there is no such group for this
    ///   member, ``AvisoError/Code/notVerified`` for a statement that is not in the log, or older
    ///   than one that was seen before.
    public func group(_ name: String) throws(AvisoError) -> AgencyGroup {
        guard let group = try group(name, from: try LogServer(profile: self)) else {
            throw AvisoError(.refused, "there is no group \(name) that \(member) is in or owns")
        }
        return group
    }

    /// A group; nil if there is none of that name for this member.
    func knownGroup(_ name: String) throws(AvisoError) -> AgencyGroup? {
        try group(name, from: try LogServer(profile: self))
    }

    private func group(
        _ name: String,
        from server: LogServer
    ) throws(AvisoError) -> AgencyGroup? {
        guard AlertHeader.isGroupName(name) else {
            throw AvisoError(
                .invalidInput,
                "\(name) is no name of a group: 1 to 64 letters, digits, colons and hyphens"
            )
        }
        guard let answer = try server.find("/groups/\(name)", accept: GroupStatement.contentType)
        else { return nil }
        return try verified(answer, named: name)
    }

    /// Verifies a statement with its receipt.
    func verified(_ answer: [UInt8], named name: String) throws(AvisoError) -> AgencyGroup {
        let coding = LibCBOR()
        let transparent: COSESign1
        let statement: GroupStatement
        do {
            transparent = try COSESign1(decoding: answer[...], using: coding)
            let bare = transparent.encode(unprotectedHeader: CBORMap(), using: coding)
            statement = try GroupStatement(decoding: bare[...], using: coding)
        } catch let error as AlertError {
            throw AvisoError(.notVerified, "group \(name): \(error.message)")
        } catch {
            throw AvisoError(.notVerified, "group \(name): the answer is no statement")
        }
        guard statement.draft.group == name,
            let receipt = TransparentStatement.receipt(in: transparent)
        else { throw AvisoError(.notVerified, "the broker answered with another group") }
        let proof = try verifyReceipt(receipt, of: statement, as: .group)
        let group = group(statement, index: proof.leafIndex)
        try compareWithSeen(group)
        return group
    }

    /// A statement as a group; whether its signature holds is part of that.
    func group(_ statement: GroupStatement, index: UInt64) -> AgencyGroup {
        let key = members[statement.issuer]?.signingKey
        return AgencyGroup(
            statement.draft,
            statement: statement.canonicalBytes,
            digest: SHA256().digest(statement.canonicalBytes[...]),
            index: index,
            isVerified: key.map {
                statement.isSigned(
                    by: $0,
                    coding: LibCBOR(),
                    hasher: SHA256(),
                    verifier: Cryptography()
                )
            } ?? false,
            now: SystemClock.wall()
        )
    }
}

extension LogServer {
    /// Gets a resource, or nil if there is none for this station.
    func find(_ path: String, accept: String) throws(AvisoError) -> [UInt8]? {
        let answer = try fetch(path, accept: accept)
        return answer.status == 404 ? nil : try body(of: answer, path)
    }
}
