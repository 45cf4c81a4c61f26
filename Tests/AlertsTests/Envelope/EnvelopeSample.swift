import Alerts
import Base
import CBOR
import COSE
import Crypto
import Testing

/// An author, two recipients and an alert between them.
struct EnvelopeSample {
    let coding = LibCBOR()
    let hasher = SHA256()
    let cryptography = Cryptography()
    let authorKey = Ed25519SigningKey.generate()
    let recipientKeys = [X25519PrivateKey.generate(), X25519PrivateKey.generate()]
    let author: AgencyID
    let recipients: [AgencyID]
    let alert = Base.UUID(
        version7At: WallTime(seconds: 1_790_000_000),
        random: (0x0123_4567_89AB_CDEF, 0x0FED_CBA9_8765_4321)
    )
    let form = Array(#"{"type":"stopped-shipment","substance":{"cas":"108-24-7"}}"#.utf8)

    init() throws {
        author = try #require(AgencyID("CO:PONAL"))
        recipients = [
            try #require(AgencyID("MX:FGR")), try #require(AgencyID("US:DEA")),
        ]
    }

    var sealer: AlertSealer {
        AlertSealer(coding: coding, hasher: hasher, cryptography: cryptography)
    }

    var opener: AlertOpener {
        AlertOpener(coding: coding, hasher: hasher, verifier: cryptography)
    }

    func draft(expires: WallTime? = WallTime(seconds: 1_790_086_400)) throws -> AlertSealer.Draft {
        AlertSealer.Draft(
            header: try AlertHeader(
                kind: .diversionIncident,
                to: recipients,
                tlp: .amber,
                urgency: .immediate
            ),
            issuer: author,
            alert: alert,
            issuedAt: WallTime(milliseconds: 1_790_000_000_123),
            expires: expires
        )
    }

    func seal() throws -> [UInt8] {
        try sealer.seal(
            form: form,
            draft: draft(),
            key: authorKey,
            recipients: recipientKeys.map(\.publicKey)
        )
    }

    func open(_ payload: [UInt8], as recipient: Int = 0) throws(AlertError) -> OpenedAlert {
        try opener.open(payload[...], key: recipientKeys[recipient]) { agency in
            agency == author ? authorKey.publicKey : nil
        }
    }

    /// Signs a statement whose header `change` has altered, over `content`.
    func statement(
        over content: [UInt8] = [1],
        payload: [UInt8]? = nil,
        key: Ed25519SigningKey? = nil,
        change: (inout CBORMap) -> Void = { _ in }
    ) throws -> [UInt8] {
        let sealed = try AlertPayload(decoding: seal()[...], using: coding, limits: AlertLimits())
        var header = try AlertStatement(sealed.statementItem, using: coding).sign1.header
        change(&header)
        return COSESign1(
            header: header,
            payload: payload ?? hasher.digest(content[...]).bytes,
            key: key ?? authorKey,
            using: coding
        ).encode(using: coding)
    }
}

extension CBORMap {
    /// Replaces the value behind an integer label, or removes it.
    mutating func set(_ label: Int, _ value: CBORValue?) {
        set(.integer(label), value)
    }

    /// Replaces the value behind a key, or removes it.
    mutating func set(_ key: CBORValue, _ value: CBORValue?) {
        pairs.removeAll { $0.key == key }
        if let value { append(key, value) }
    }
}
