import Alerts
import AvisoClient
import Base
import CBOR
import COSE
import Crypto
import EventLoop
import Foundation

/// Makes alerts of one author to one recipient, each with its own identifier and signature.
///
/// The content is encrypted once: for the broker, which verifies, hashes and stores each alert, the
/// work is the same, and the benchmark has its processor for itself.
struct AlertMaker: Sendable {
    private static let claimsLabel = 15
    private static let subjectLabel = 2

    /// The topic of the alerts.
    let topic: String

    private let header: CBORMap
    private let digest: [UInt8]
    private let content: [UInt8]
    private let key: Ed25519SigningKey

    init(_ network: borrowing BenchNetwork) throws {
        let folder = network.folder.appendingPathComponent("agencies/CO-PONAL")
        let profile = try AvisoProfile(path: folder.path)
        let form = try Data(contentsOf: URL(fileURLWithPath: "Config/samples/best-practice.json"))
        let sealed = try profile.seal(
            AlertDraft(
                channel: "trafficking-trends",
                kind: "best-practice",
                recipients: ["MX:FGR"],
                tlp: "AMBER",
                form: Array(form)
            )
        )
        let parts = try AlertPayload(
            decoding: sealed.payload[...],
            using: LibCBOR(),
            limits: AlertLimits()
        )
        let statement = try COSESign1(parts.statementItem, using: LibCBOR())
        topic = sealed.topic
        header = statement.header
        digest = Array(statement.payload ?? [])
        content = Array(parts.contentBytes)
        key = try PEMKeyFile.readSigningKey(folder.appendingPathComponent("signing.key").path)
    }

    /// Makes the next alert.
    func make() -> [UInt8] {
        let alert = Base.UUID(version7At: SystemClock.wall(), random: Randomness.words())
        var claims = CBORMap()
        for pair in header[Self.claimsLabel]?.mapValue?.pairs ?? [] {
            let isSubject = pair.key == .integer(Self.subjectLabel)
            claims.append(pair.key, isSubject ? .text(alert.urn) : pair.value)
        }
        var changed = CBORMap()
        for pair in header.pairs {
            let isClaims = pair.key == .integer(Self.claimsLabel)
            changed.append(pair.key, isClaims ? .map(claims) : pair.value)
        }
        let statement = COSESign1(header: changed, payload: digest, key: key, using: LibCBOR())
        return AlertPayload.join(statement: statement.encode(using: LibCBOR()), content: content)
    }
}
