import Alerts
import Base
import CBOR
import COSE
import Crypto

/// A sealed alert that is the same in every run.
enum AlertSeeds {
    /// The engines that the formats are handed.
    static let coding: any CBORCoding = LibCBOR()
    /// SHA-256.
    static let hasher = SHA256()

    /// One alert's payload; empty if it cannot be made, which ``FuzzTarget/seeds`` shows in a test.
    static let payload: [UInt8] = {
        guard let author = AgencyID("CO:PONAL"), let recipient = AgencyID("MX:FGR"),
            let header = try? AlertHeader(
                kind: .diversionIncident,
                to: [recipient],
                tlp: .amber,
                urgency: .immediate
            ), let key = Ed25519PublicKey([UInt8](repeating: 3, count: 32)),
            let encryptionKey = X25519PublicKey([UInt8](repeating: 4, count: 32))
        else { return [] }
        let draft = AlertSealer.Draft(
            header: header,
            issuer: author,
            alert: Base.UUID(version7At: WallTime(seconds: 1_790_000_000), random: (1, 2)),
            issuedAt: WallTime(seconds: 1_790_000_000),
            expires: WallTime(seconds: 1_790_086_400)
        )
        let cryptography = FixedCryptography()
        let sealer = AlertSealer(coding: coding, hasher: hasher, cryptography: cryptography)
        let form = Array(#"{"type":"stopped-shipment"}"#.utf8)
        let payload = try? sealer.seal(
            form: form,
            draft: draft,
            key: FixedSigner(publicKey: key),
            recipients: [encryptionKey]
        )
        return payload ?? []
    }()

    /// An order of erasure and its confirmation; none if they cannot be made.
    static let redactions: [[UInt8]] = {
        guard let key = Ed25519PublicKey([UInt8](repeating: 3, count: 32)) else { return [] }
        let time = WallTime(seconds: 1_790_000_000)
        return [("OAS:BROKER", "a court's order"), ("MX:FGR", nil)].compactMap { name, reason in
            guard let issuer = AgencyID(name) else { return nil }
            return RedactionStatement.sign(
                RedactionStatement.Draft(
                    act: reason == nil ? .confirmation : .order,
                    issuer: issuer,
                    identifier: Base.UUID(version7At: time, random: (1, 2)),
                    issuedAt: time,
                    index: 17,
                    alert: Base.UUID(version7At: time, random: (3, 4)),
                    basis: hasher.digest([1, 2, 3]),
                    reason: reason
                ),
                key: FixedSigner(publicKey: key),
                coding: coding,
                hasher: hasher
            )
        }
    }()

    /// A group that is defined, and the same dissolved; none if they cannot be made.
    static let groups: [[UInt8]] = {
        guard let key = Ed25519PublicKey([UInt8](repeating: 3, count: 32)),
            let owner = AgencyID("CO:PONAL"), let member = AgencyID("MX:FGR")
        else { return [] }
        let time = WallTime(seconds: 1_790_000_000)
        let definition = GroupStatement.Definition(
            form: .closed,
            members: [owner, member],
            until: WallTime(seconds: 1_800_000_000),
            title: "Operación"
        )
        return [(UInt64(1), definition), (2, nil)].map { version, definition in
            GroupStatement.sign(
                GroupStatement.Draft(
                    issuer: owner,
                    identifier: Base.UUID(version7At: time, random: (1, 2)),
                    issuedAt: time,
                    group: "andean:2026",
                    version: version,
                    basis: hasher.digest([1, 2, 3]),
                    definition: definition
                ),
                key: FixedSigner(publicKey: key),
                coding: coding,
                hasher: hasher
            )
        }
    }()

    /// The two parts of ``payload``.
    static let parts: (statement: [UInt8], content: [UInt8]) = {
        guard
            let payload = try? AlertPayload(
                decoding: payload[...],
                using: coding,
                limits: AlertLimits()
            )
        else { return ([], []) }
        let statement = Array(payload.statementBytes)
        return (statement, Array(AlertSeeds.payload.dropFirst(1 + statement.count)))
    }()
}

/// Signs everything alike: parsers do not look at the value of a signature.
struct FixedSigner: MessageSigning {
    let publicKey: Ed25519PublicKey

    func sign(_ message: ArraySlice<UInt8>) -> [UInt8] { [UInt8](repeating: 5, count: 64) }
}

/// Hides nothing: parsers do not look into a ciphertext.
private struct FixedCryptography: COSECryptography {
    func seal(
        _ plaintext: ArraySlice<UInt8>,
        additionalData: [UInt8],
        recipients: [ContentKeyRecipient]
    ) throws(COSEError) -> SealedContent {
        SealedContent(
            nonce: [UInt8](repeating: 6, count: 12),
            ciphertext: plaintext + [UInt8](repeating: 7, count: 16),
            contentKeys: recipients.map { _ in
                EncryptedContentKey(
                    encapsulatedKey: [UInt8](repeating: 8, count: 32)[...],
                    ciphertext: [UInt8](repeating: 9, count: 48)[...]
                )
            }
        )
    }

    func verify(
        signature: ArraySlice<UInt8>,
        message: ArraySlice<UInt8>,
        key: Ed25519PublicKey
    ) -> Bool { false }
}
