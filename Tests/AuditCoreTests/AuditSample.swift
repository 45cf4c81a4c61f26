import Alerts
import AuditCore
import Base
import CBOR
import COSE
import Crypto
import MerkleLog
import Testing

/// A log with real keys and signatures, into which a test puts what must be found.
struct AuditSample {
    static let origin = "log.example/audit"
    static let start = WallTime(seconds: 1_790_000_000)

    let logKey = Ed25519SigningKey.generate()
    let tools = AuditTools(coding: LibCBOR(), hasher: SHA256(), verifier: Cryptography())
    private let signingKeys: [String: Ed25519SigningKey]
    private let encryptionKeys: [String: X25519PublicKey]
    private(set) var bodies: [EntryBody] = []
    var times: [Int: WallTime] = [:]
    private(set) var counts: [String: UInt64] = [:]

    init(members: [String] = ["CO:PONAL", "MX:FGR", "US:DEA"]) throws {
        var signingKeys: [String: Ed25519SigningKey] = [:]
        var encryptionKeys: [String: X25519PublicKey] = [:]
        for member in members + ["PE:DEVIDA"] {
            signingKeys[member] = Ed25519SigningKey.generate()
            encryptionKeys[member] = X25519PrivateKey.generate().publicKey
        }
        self.signingKeys = signingKeys
        self.encryptionKeys = encryptionKeys
        append(
            .genesis(
                GenesisBody(origin: Self.origin, logKey: logKey.publicKey, createdBy: "a test")
            )
        )
        for member in members { append(directory(member: member, change: .added)) }
    }

    /// The members as an auditor knows them.
    func directory(without member: String? = nil) throws -> AuditDirectory {
        var keys: [AgencyID: Set<Ed25519PublicKey>] = [:]
        for (name, key) in signingKeys where name != member {
            keys[try #require(AgencyID(name))] = [key.publicKey]
        }
        return AuditDirectory(keys)
    }

    mutating func append(_ body: EntryBody) { bodies.append(body) }

    /// A change of the directory.
    func directory(
        member: String,
        change: DirectoryBody.Change,
        role: String = "agency",
        publish: [Channel] = Channel.allCases,
        signingKey: Ed25519PublicKey? = nil
    ) -> EntryBody {
        .directory(
            DirectoryBody(
                change: change,
                member: member,
                role: role,
                name: member,
                signingKey: (signingKey ?? signingKeys[member]?.publicKey)?.bytes,
                encryptionKey: encryptionKeys[member]?.bytes,
                publish: publish.map(\.rawValue),
                subscribe: []
            )
        )
    }

    /// Makes an alert with true counts.
    mutating func alert(
        from author: String = "CO:PONAL",
        to recipients: [String] = ["MX:FGR"],
        signer: String? = nil,
        id: Base.UUID? = nil,
        expires: WallTime? = nil,
        message: MessageType = .alert,
        about cited: [Base.UUID] = [],
        groups: [String] = [],
        replyBy: WallTime? = nil,
        kind: AlertKind = .diversionIncident,
        tlp: TLP = .amber,
        issuedAt: WallTime = Self.start,
        acceptedAt: WallTime = Self.start.adding(milliseconds: 1000)
    ) throws -> AlertEntryBody {
        let sealer = AlertSealer(
            coding: LibCBOR(),
            hasher: SHA256(),
            cryptography: Cryptography()
        )
        let payload = try sealer.seal(
            form: Array("{}".utf8),
            draft: AlertSealer.Draft(
                header: AlertHeader(
                    kind: kind,
                    to: recipients.map { try #require(AgencyID($0)) },
                    tlp: tlp,
                    message: message,
                    groups: groups,
                    references: cited.map { AlertReference(alert: $0) },
                    replyBy: replyBy
                ),
                issuer: try #require(AgencyID(author)),
                alert: id ?? UUID(version7At: Self.start, random: (1, .random(in: 0...(.max)))),
                issuedAt: issuedAt,
                expires: expires
            ),
            key: try #require(signingKeys[signer ?? author]),
            recipients: recipients.map { try #require(encryptionKeys[$0]) }
        )
        let parts = try AlertPayload(
            decoding: payload[...],
            using: LibCBOR(),
            limits: AlertLimits()
        )
        let statement = try AlertStatement(parts.statementItem, using: LibCBOR())
        for recipient in recipients { counts[recipient, default: 0] += 1 }
        return AlertEntryBody(
            statement: statement.canonicalBytes[...],
            accepted: acceptedAt,
            counts: recipients.map { .init(agency: $0, count: counts[$0] ?? 0) }
        )
    }

    /// Makes an order to erase what stands at an index, or a recipient's confirmation.
    func redaction(
        _ act: RedactionStatement.Act,
        by issuer: String,
        of alert: AlertEntryBody,
        at index: Int,
        counts: [String: UInt64],
        basis: ArraySlice<UInt8> = []
    ) throws -> EntryBody {
        let subject = try AlertStatement(decoding: alert.statement, using: LibCBOR())
        let statement = RedactionStatement.sign(
            RedactionStatement.Draft(
                act: act,
                issuer: try #require(AgencyID(issuer)),
                identifier: UUID(version7At: Self.start, random: (3, UInt64(bodies.count))),
                issuedAt: Self.start,
                index: UInt64(index),
                alert: subject.alert,
                basis: SHA256().digest(basis),
                reason: nil
            ),
            key: try #require(signingKeys[issuer]),
            coding: LibCBOR(),
            hasher: SHA256()
        )
        return .redaction(
            AlertEntryBody(
                statement: statement[...],
                accepted: Self.start.adding(milliseconds: 1000),
                counts: counts.sorted { $0.key < $1.key }.map { .init(agency: $0, count: $1) }
            )
        )
    }

    /// Makes a statement on a closed group, or what dissolves it.
    func group(
        by owner: String = "CO:PONAL",
        version: UInt64 = 1,
        replacing current: AlertEntryBody? = nil,
        _ members: [String]?,
        until: WallTime? = nil,
        signer: String? = nil
    ) throws -> AlertEntryBody {
        let statement = GroupStatement.sign(
            GroupStatement.Draft(
                issuer: try #require(AgencyID(owner)),
                identifier: UUID(version7At: Self.start, random: (2, version)),
                issuedAt: Self.start,
                group: "andean",
                version: version,
                basis: SHA256().digest(current?.statement ?? []),
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
            coding: LibCBOR(),
            hasher: SHA256()
        )
        return AlertEntryBody(
            statement: statement[...],
            accepted: Self.start.adding(milliseconds: 1000),
            counts: []
        )
    }

    /// The encodings, one second after the other.
    var entries: [[UInt8]] {
        bodies.enumerated().map { index, body in
            let time = times[index] ?? Self.start.adding(milliseconds: UInt64(index + 2) * 1000)
            return LogEntry(time: time, body: body).encode(using: LibCBOR())
        }
    }

    /// The signed checkpoint of the first entries.
    func note(
        _ entries: [[UInt8]],
        size: Int? = nil,
        counts: [String: UInt64]? = nil,
        key: Ed25519SigningKey? = nil
    ) -> [UInt8] {
        var frontier = MerkleFrontier()
        for entry in entries.prefix(size ?? entries.count) {
            frontier.append(SHA256().leafHash(entry[...]), using: SHA256())
        }
        var tally = TallyTree(coding: LibCBOR())
        tally.set((counts ?? self.counts).map { ($0.key, $0.value) }, using: SHA256())
        let text = Checkpoint(
            origin: Self.origin,
            treeSize: frontier.treeSize,
            rootHash: frontier.rootHash(using: SHA256()),
            extensionLines: [tally.extensionLine(using: SHA256())]
        ).text
        let key = key ?? logKey
        let verifier = NoteVerifierKey(
            name: Self.origin,
            publicKey: key.publicKey,
            using: SHA256()
        )
        return SignedNote(
            text: text,
            signatures: [
                .init(
                    name: Self.origin,
                    keyHash: verifier.keyHash,
                    bytes: key.sign(Array(text.utf8)[...])
                )
            ]
        ).bytes
    }

    func machine(
        _ state: AuditState = AuditState(),
        depth: AuditDepth = .full,
        trusted: Ed25519SigningKey? = nil,
        directory: AuditDirectory = AuditDirectory([:])
    ) -> AuditMachine {
        AuditMachine(
            origin: Self.origin,
            trustedKey: (trusted ?? logKey).publicKey,
            directory: directory,
            state: state,
            depth: depth,
            tools: tools
        )
    }

    /// Runs entries and their checkpoint through a machine.
    ///
    /// - Returns: the first broken rule.
    func audit(
        _ machine: inout AuditMachine,
        _ entries: [[UInt8]],
        note: [UInt8]? = nil,
        depth: AuditDepth = .full
    ) -> AuditViolation? {
        let first = Int(machine.state.treeSize)
        let read = entries.indices.dropFirst(first).map {
            AuditEntry(entries[$0], index: UInt64($0), depth: depth, tools: tools)
        }
        let step = machine.take(read)
        let failure = SignatureCheck.firstFailure(in: step.checks[...], tools: tools)
        if let violation = failure ?? step.violation { return violation }
        do throws(AuditViolation) {
            try machine.take(checkpoint: note ?? self.note(entries), isKept: true)
            return nil
        } catch {
            return error
        }
    }
}
