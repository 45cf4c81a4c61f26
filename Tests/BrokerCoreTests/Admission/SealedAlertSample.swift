import Alerts
import Base
import CBOR
import COSE
import Crypto
import MerkleLog
import Testing

@testable import BrokerCore

/// Real keys, a directory that knows them, and alerts sealed with them.
struct SealedAlertSample {
    static let issuedAt = WallTime(seconds: 1_790_000_000)

    let coding = LibCBOR()
    let hasher = SHA256()
    let now = SealedAlertSample.issuedAt.adding(milliseconds: 10_000)
    private var signingKeys: [String: Ed25519SigningKey]
    private var encryptionKeys: [String: X25519PublicKey]
    private(set) var directory = Directory()

    init() throws {
        let agencies = ["CO:PONAL", "MX:FGR", "PE:DEVIDA"]
        var signingKeys: [String: Ed25519SigningKey] = [:]
        var encryptionKeys: [String: X25519PublicKey] = [:]
        for agency in agencies {
            signingKeys[agency] = Ed25519SigningKey.generate()
            encryptionKeys[agency] = X25519PrivateKey.generate().publicKey
        }
        // One whom nobody has registered.
        encryptionKeys["ZZ:NOBODY"] = X25519PrivateKey.generate().publicKey
        self.signingKeys = signingKeys
        self.encryptionKeys = encryptionKeys
        for agency in agencies {
            try register(
                agency,
                publish: agency == "PE:DEVIDA" ? [] : Set(Channel.allCases)
            )
        }
    }

    /// Makes keys for an agency and registers it.
    mutating func join(_ agency: String) throws {
        signingKeys[agency] = Ed25519SigningKey.generate()
        encryptionKeys[agency] = X25519PrivateKey.generate().publicKey
        try register(agency, publish: [])
    }

    mutating func register(_ agency: String, publish: Set<Channel>) throws {
        let member = DirectoryMember(
            id: try #require(AgencyID(agency)),
            role: .agency,
            name: agency,
            signingKey: signingKeys[agency]?.publicKey,
            encryptionKey: encryptionKeys[agency],
            publish: publish,
            subscribe: Set(Channel.allCases)
        )
        directory.set(
            member,
            signingKeyID: member.signingKey.map {
                COSEKeyThumbprint.of($0, coding: coding, hasher: hasher)
            } ?? [],
            encryptionKeyID: member.encryptionKey.map {
                COSEKeyThumbprint.of($0, coding: coding, hasher: hasher)
            } ?? []
        )
    }

    func seal(
        from author: String = "CO:PONAL",
        to recipients: [String] = ["MX:FGR"],
        sealedTo: [String]? = nil,
        signer: String? = nil,
        issuedAt: WallTime = SealedAlertSample.issuedAt,
        expires: WallTime? = nil,
        alert: Base.UUID? = nil,
        kind: AlertKind = .diversionIncident,
        tlp: TLP = .amber,
        status: Status = .actual,
        message: MessageType = .alert,
        handling: [HandlingCode] = [],
        references: [AlertReference] = [],
        replyBy: WallTime? = nil,
        acknowledgeBy: WallTime? = nil,
        isInterim: Bool = false,
        attachments: [SealedAttachment] = [],
        groups: [String] = []
    ) throws -> [UInt8] {
        let sealer = AlertSealer(
            coding: coding,
            hasher: hasher,
            cryptography: Cryptography()
        )
        return try sealer.seal(
            form: Array("{}".utf8),
            draft: AlertSealer.Draft(
                header: AlertHeader(
                    kind: kind,
                    to: recipients.map { try #require(AgencyID($0)) },
                    tlp: tlp,
                    status: status,
                    message: message,
                    groups: groups,
                    handling: handling,
                    references: references,
                    replyBy: replyBy,
                    acknowledgeBy: acknowledgeBy,
                    isInterim: isInterim,
                    attachments: attachments.map(\.reference)
                ),
                issuer: try #require(AgencyID(author)),
                alert: alert ?? UUID(version7At: issuedAt, random: (1, .random(in: 0...(.max)))),
                issuedAt: issuedAt,
                expires: expires
            ),
            key: try #require(signingKeys[signer ?? author]),
            recipients: (sealedTo ?? recipients).map { try #require(encryptionKeys[$0]) },
            attachments: attachments
        )
    }

    /// A statement on a group: closed with these members, or dissolved.
    func group(
        named name: String = "andean",
        by owner: String = "CO:PONAL",
        version: UInt64 = 1,
        replacing current: Digest? = nil,
        _ members: [String]? = ["CO:PONAL", "MX:FGR", "PE:DEVIDA"],
        until: WallTime? = nil,
        signer: String? = nil,
        issuedAt: WallTime = SealedAlertSample.issuedAt
    ) throws -> [UInt8] {
        GroupStatement.sign(
            GroupStatement.Draft(
                issuer: try #require(AgencyID(owner)),
                identifier: UUID(version7At: issuedAt, random: (2, .random(in: 0...(.max)))),
                issuedAt: issuedAt,
                group: name,
                version: version,
                basis: current ?? hasher.digest([]),
                definition: try members.map { members in
                    GroupStatement.Definition(
                        form: .closed,
                        members: try members.map { try #require(AgencyID($0)) },
                        until: until,
                        title: nil
                    )
                }
            ),
            key: try #require(signingKeys[signer ?? owner]),
            coding: coding,
            hasher: hasher
        )
    }

    func check(
        group payload: [UInt8],
        station: String = "urn:aviso:agency:CO:PONAL:station-1"
    ) throws -> VerifiedGroupStatement {
        let checker = StatementChecker(
            coding: coding,
            hasher: hasher,
            verifier: Cryptography(),
            limits: BrokerLimits()
        )
        let identity = try makeStation(station)
        return VerifiedGroupStatement(
            statement: try checker.check(
                payload,
                station: identity,
                directory: directory,
                now: now
            ),
            station: identity,
            acceptedAt: now
        )
    }

    /// A sequencer of a log that has its genesis and these members, with its entries.
    func begun(
        _ limits: BrokerLimits = BrokerLimits()
    ) -> (sequencer: Sequencer, entries: [SequencedEntry]) {
        var sequencer = Sequencer(limits: limits, coding: coding, hasher: hasher)
        let genesis = GenesisBody(
            origin: "aviso.test/log",
            logKey: Ed25519SigningKey.generate().publicKey,
            createdBy: "test"
        )
        var entries = [sequencer.sequenceGenesis(genesis, now: now)]
        for change in sequencer.directory.changes(to: directory.members) {
            let submission = Submission(source: nil, body: .directory(change))
            if case .sequenced(let entry) = sequencer.sequence(submission, now: now) {
                entries.append(entry)
            }
        }
        return (sequencer, entries)
    }

    func check(
        _ payload: [UInt8],
        topic: String = "alerts/chemical-diversion/diversion-incident",
        station: String = "urn:aviso:agency:CO:PONAL:station-1",
        limits: BrokerLimits = BrokerLimits()
    ) throws -> VerifiedAlert {
        let checker = AdmissionChecker(
            coding: coding,
            hasher: hasher,
            verifier: Cryptography(),
            limits: limits
        )
        return try checker.check(
            topicName: topic,
            payload: payload,
            station: makeStation(station),
            directory: directory,
            now: now
        )
    }
}
