import Alerts
import Base
import CBOR
import COSE
import Crypto
import Foundation
import Testing

/// Makes alerts with the keys of a network, also such as no honest agency would make.
struct Forger {
    /// Everything that an alert can say, right or wrong.
    struct Order {
        var author = "CO:PONAL"
        var to = ["MX:FGR"]
        /// Whom the content is encrypted to; nil for exactly `to`.
        var sealedTo: [String]?
        var kind = AlertKind.diversionIncident
        var issuedAt = Forger.now()
        var expires: WallTime?
        var alert: Base.UUID?
        /// Who signs; nil for the author.
        var signer: String?
        /// Whether the signer's key goes by the identifier of the author's.
        var isMasked = false
        var tlp = TLP.amber
        var handling: [HandlingCode] = []
        var attachments: [SealedAttachment] = []
        var form = Array(#"{"type":"stopped-shipment"}"#.utf8)
    }

    private struct MaskedKey: MessageSigning {
        let publicKey: Ed25519PublicKey
        let key: Ed25519SigningKey

        func sign(_ message: ArraySlice<UInt8>) -> [UInt8] { key.sign(message) }
    }

    let network: TestNetwork
    /// A key of an agency that the network does not know.
    let strangerKey = X25519PrivateKey.generate().publicKey

    /// The identifier of that key.
    var strangerKeyID: [UInt8] {
        COSEKeyThumbprint.of(strangerKey, coding: LibCBOR(), hasher: SHA256())
    }

    static func now() -> WallTime {
        WallTime(milliseconds: UInt64(Date().timeIntervalSince1970 * 1000))
    }

    /// The topic that the order's alert belongs to.
    static func topic(_ kind: AlertKind = .diversionIncident) -> String {
        AlertTopic(kind: kind).name
    }

    func seal(_ change: (inout Order) -> Void = { _ in }) throws -> [UInt8] {
        var order = Order()
        change(&order)
        let alert =
            order.alert
            ?? UUID(version7At: order.issuedAt, random: (0x10, .random(in: 0...(.max)) << 4))
        let own = try signingKey(order.author)
        let signer = try signingKey(order.signer ?? order.author)
        let key: any MessageSigning =
            order.isMasked ? MaskedKey(publicKey: own.publicKey, key: signer) : signer
        let sealer = AlertSealer(
            coding: LibCBOR(),
            hasher: SHA256(),
            cryptography: Cryptography()
        )
        return try sealer.seal(
            form: order.form,
            draft: AlertSealer.Draft(
                header: AlertHeader(
                    kind: order.kind,
                    to: order.to.map { try #require(AgencyID($0)) },
                    tlp: order.tlp,
                    handling: order.handling,
                    attachments: order.attachments.map(\.reference)
                ),
                issuer: try #require(AgencyID(order.author)),
                alert: alert,
                issuedAt: order.issuedAt,
                expires: order.expires
            ),
            key: key,
            recipients: (order.sealedTo ?? order.to).map { try encryptionKey($0) },
            attachments: order.attachments
        )
    }

    /// Signs an alert again under another identifier, which costs a fraction of sealing it: the
    /// broker has the same work with it, only its recipient cannot open it.
    func again(
        _ payload: [UInt8],
        as alert: Base.UUID,
        author key: Ed25519SigningKey
    ) throws -> [UInt8] {
        let coding = LibCBOR()
        let parts = try AlertPayload(decoding: payload[...], using: coding, limits: AlertLimits())
        let sealed = try COSESign1(parts.statementItem, using: coding)
        let claims = try #require(sealed.header[15]?.mapValue)
        let renamed = claims.pairs.map { pair in
            pair.key == .integer(2) ? CBORMap.Pair(pair.key, .text(alert.urn)) : pair
        }
        let header = sealed.header.pairs.map { pair in
            pair.key == .integer(15) ? CBORMap.Pair(pair.key, .map(CBORMap(renamed))) : pair
        }
        let statement = COSESign1(
            header: CBORMap(header),
            payload: Array(try #require(sealed.payload)),
            key: key,
            using: coding
        )
        return AlertPayload.join(
            statement: statement.encode(using: coding),
            content: Array(parts.contentBytes)
        )
    }

    /// Puts other values into the signed header of an alert, such as no honest library writes, and
    /// has its author sign that.
    func relabel(
        _ payload: [UInt8],
        author: String = "CO:PONAL",
        _ values: [String: CBORValue]
    ) throws -> [UInt8] {
        let coding = LibCBOR()
        let parts = try AlertPayload(decoding: payload[...], using: coding, limits: AlertLimits())
        let sealed = try COSESign1(parts.statementItem, using: coding)
        let old = try #require(sealed.header["aviso"]?.mapValue)
        var routing = CBORMap(
            old.pairs.filter { pair in
                pair.key.textValue.map { values[$0] == nil } ?? true
            }
        )
        for (name, value) in values { routing.append(.text(name), value) }
        var header = CBORMap(sealed.header.pairs.filter { $0.key != .text("aviso") })
        header.append(.text("aviso"), .map(routing))
        let statement = COSESign1(
            header: header,
            payload: Array(try #require(sealed.payload)),
            key: try signingKey(author),
            using: coding
        )
        return AlertPayload.join(
            statement: statement.encode(using: coding),
            content: Array(parts.contentBytes)
        )
    }

    /// Puts other bytes in the place of an alert's content, and has its author sign these.
    func recontent(
        _ payload: [UInt8],
        author: String = "CO:PONAL",
        _ content: [UInt8]
    ) throws -> [UInt8] {
        let coding = LibCBOR()
        let parts = try AlertPayload(decoding: payload[...], using: coding, limits: AlertLimits())
        let statement = COSESign1(
            header: try COSESign1(parts.statementItem, using: coding).header,
            payload: SHA256().digest(content[...]).bytes,
            key: try signingKey(author),
            using: coding
        )
        return AlertPayload.join(statement: statement.encode(using: coding), content: content)
    }

    private func folder(_ agency: String) -> String {
        "agencies/" + agency.replacing(":", with: "-")
    }

    /// The key with which an agency signs.
    func signingKey(_ agency: String) throws -> Ed25519SigningKey {
        try PEMKeyFile.readSigningKey(network.path("\(folder(agency))/signing.key"))
    }

    private func encryptionKey(_ agency: String) throws -> X25519PublicKey {
        let path = network.path("\(folder(agency))/encryption.key")
        guard FileManager.default.fileExists(atPath: path) else { return strangerKey }
        return try PEMKeyFile.readEncryptionKey(path).publicKey
    }
}
