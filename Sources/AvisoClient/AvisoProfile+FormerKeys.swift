import Alerts
import AuditCore
import CBOR
import COSE
import Crypto

/// What was signed and sealed with keys that have been changed since.
extension AvisoProfile {
    private static let opener = AlertOpener(
        coding: LibCBOR(),
        hasher: SHA256(),
        verifier: Cryptography()
    )

    /// The keys that a member signs with and has signed with, the present one first.
    func signingKeys(of member: AgencyID) -> [Ed25519PublicKey] {
        guard let key = members[member]?.signingKey else { return [] }
        return [key] + (formerSigningKeys[member] ?? [])
    }

    /// What an audit holds the log's directory against.
    ///
    /// A stolen key verifies nothing any more, but the log rightly had it in force before.
    var auditDirectory: AuditDirectory {
        AuditDirectory(
            members.reduce(into: [:]) { keys, member in
                let before = [formerSigningKeys, stolenSigningKeys].flatMap { $0[member.key] ?? [] }
                keys[member.key] = Set(before).union([member.value.signingKey].compactMap(\.self))
            }
        )
    }

    /// Verifies a statement under a key of its author.
    func verifyAuthor(_ statement: AlertStatement) throws(AlertError) {
        var failure = AlertError.signatureInvalid
        for key in signingKeys(of: statement.issuer) {
            do throws(AlertError) {
                return try Self.opener.verify(statement, authorKey: key)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Opens an alert with the keys of now, or else with those of then.
    func opened(_ payload: [UInt8]) throws(AlertError) -> OpenedAlert {
        var author: AgencyID?
        do throws(AlertError) {
            return try open(payload, authorKey: 0, encryptionKey, &author)
        } catch {
            let formerCount = author.map { signingKeys(of: $0).count } ?? 0
            for number in 0..<formerCount {
                for key in [encryptionKey] + formerEncryptionKeys {
                    if let opened = try? open(payload, authorKey: number, key, &author) {
                        return opened
                    }
                }
            }
            throw error
        }
    }

    private func open(
        _ payload: [UInt8],
        authorKey number: Int,
        _ key: X25519PrivateKey,
        _ author: inout AgencyID?
    ) throws(AlertError) -> OpenedAlert {
        var issuer: AgencyID?
        defer { author = issuer }
        return try Self.opener.open(payload[...], key: key) { agency in
            issuer = agency
            return signingKeys(of: agency).dropFirst(number).first
        }
    }
}
