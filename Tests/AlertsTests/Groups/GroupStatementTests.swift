import Base
import CBOR
import COSE
import Crypto
import Testing

@testable import Alerts

@Suite struct GroupStatementTests {
    private let key = Ed25519SigningKey.generate()
    private let coding = LibCBOR()
    private let hasher = SHA256()
    private let time = WallTime(seconds: 1_790_000_000)

    private func agencies(_ names: String...) throws -> [AgencyID] {
        try names.map { try #require(AgencyID($0)) }
    }

    private func draft(
        version: UInt64 = 1,
        _ definition: GroupStatement.Definition?
    ) throws -> GroupStatement.Draft {
        GroupStatement.Draft(
            issuer: try #require(AgencyID("CO:PONAL")),
            identifier: UUID(version7At: time, random: (1, 2)),
            issuedAt: time,
            group: "andean:2026",
            version: version,
            basis: hasher.digest([]),
            definition: definition
        )
    }

    private func closed(_ members: String...) throws -> GroupStatement.Definition {
        GroupStatement.Definition(
            form: .closed,
            members: try members.map { try #require(AgencyID($0)) },
            until: nil,
            title: nil
        )
    }

    private func sign(_ draft: GroupStatement.Draft) -> [UInt8] {
        GroupStatement.sign(draft, key: key, coding: coding, hasher: hasher)
    }

    private func isSigned(_ statement: GroupStatement, by key: Ed25519PublicKey) -> Bool {
        statement.isSigned(by: key, coding: coding, hasher: hasher, verifier: Cryptography())
    }

    /// A statement whose map `aviso` is what a test makes it.
    private func forged(
        issuer: String = "urn:aviso:agency:CO:PONAL",
        basisType: String = "application/octet-stream",
        _ change: (inout [(String, CBORValue)]) -> Void
    ) throws -> [UInt8] {
        var details: [(String, CBORValue)] = [
            ("act", .text("define")), ("group", .text("andean")), ("version", .unsigned(1)),
            ("form", .text("closed")), ("members", .array([.text("CO:PONAL"), .text("MX:FGR")])),
        ]
        change(&details)
        return SignedStatement.sign(
            type: GroupStatement.contentType,
            claims: SignedStatement.Claims(
                issuer: issuer,
                identifier: UUID(version7At: time, random: (1, 2)),
                issuedAt: time,
                basis: hasher.digest([]),
                basisType: basisType
            ),
            details: CBORMap(details.map { CBORMap.Pair(.text($0.0), $0.1) }),
            key: key,
            coding: coding,
            hasher: hasher
        )
    }

    private func problem(_ bytes: [UInt8]) -> String? {
        do throws(AlertError) {
            _ = try GroupStatement(decoding: bytes[...], using: coding)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func whatIsSignedIsReadBack() throws {
        let list = GroupStatement.Definition(
            form: .list,
            members: try agencies("US:DEA", "MX:FGR", "MX:FGR"),
            until: WallTime(milliseconds: 1_800_000_000_999),
            title: "Precursores, zona andina"
        )
        #expect(list.members.map(\.description) == ["MX:FGR", "US:DEA"])
        for (version, definition) in [
            (UInt64(1), list), (7, try closed("CO:PONAL", "MX:FGR")), (8, nil),
        ] as [(UInt64, GroupStatement.Definition?)] {
            let draft = try draft(version: version, definition)
            let bytes = sign(draft)
            let statement = try GroupStatement(decoding: bytes[...], using: coding)
            #expect(statement.draft == draft)
            #expect(statement.canonicalBytes == bytes)
            #expect(statement.role == .agency)
            #expect(isSigned(statement, by: key.publicKey))
            #expect(!isSigned(statement, by: Ed25519SigningKey.generate().publicKey))
        }
    }

    @Test func theLargestGroupFits() throws {
        let code = String(repeating: "X", count: 29)
        let members = (0..<128).map { "AAAAAAAA:\(code)\(100 + $0)" }
        let definition = GroupStatement.Definition(
            form: .list,
            members: try members.map { try #require(AgencyID($0)) },
            until: GroupStatement.untilMax,
            title: String(repeating: "ñ", count: 200)
        )
        let bytes = sign(try draft(definition))
        #expect(bytes.count <= GroupStatement.byteCountMax)
        #expect(problem(bytes) == nil)
    }

    @Test func anyOtherByteBreaksIt() throws {
        let bytes = sign(try draft(try closed("CO:PONAL", "MX:FGR")))
        for place in bytes.indices {
            var altered = bytes
            altered[place] ^= 1
            let statement = try? GroupStatement(decoding: altered[...], using: coding)
            guard let statement else { continue }
            #expect(!isSigned(statement, by: key.publicKey), "byte \(place)")
        }
    }

    @Test(arguments: [
        ("act", CBORValue.text("rename"), "act must be"),
        ("group", .text("a b"), "group must be 1 to 64"),
        ("group", .text(String(repeating: "a", count: 65)), "group must be 1 to 64"),
        ("version", .unsigned(0), "version must be"),
        ("form", .text("open"), "form must be"),
        ("members", .array([]), "members must be 1 to 128"),
        ("members", .array([.text("MX:FGR"), .text("CO:PONAL")]), "sorted"),
        ("members", .array([.text("CO:PONAL"), .text("CO:PONAL")]), "each once"),
        ("members", .array([.text("CO:PONAL"), .unsigned(1)]), "members must be"),
        ("members", .array([.text("MX:FGR")]), "must include its owner, CO:PONAL"),
        ("members", .text("CO:PONAL"), "members must be"),
        ("until", .text("tomorrow"), "until must be"),
        ("until", .unsigned(253_402_300_800), "until must be"),
        ("title", .text(""), "title must be"),
        ("title", .text(String(repeating: "x", count: 201)), "title must be"),
        ("colour", .text("red"), "a key that is not defined"),
    ])
    func eachRuleNamesItself(name: String, value: CBORValue, text: String) throws {
        #expect(problem(try forged { _ in }) == nil)
        let bytes = try forged { details in
            details.removeAll { $0.0 == name }
            details.append((name, value))
        }
        #expect(problem(bytes)?.contains(text) == true, "\(problem(bytes) ?? "read")")
    }

    @Test func whatDissolvesSaysNothingElse() throws {
        let bytes = try forged { $0[0].1 = .text("dissolve") }
        #expect(problem(bytes)?.contains("has act, group and version alone") == true)
        let bare = try forged { details in
            details[0].1 = .text("dissolve")
            details.removeLast(2)
        }
        #expect(problem(bare) == nil)
    }

    @Test func aListNeedsNoOwnerInItAndAnIssuerIsAnAgency() throws {
        let list = try forged { details in
            details[3].1 = .text("list")
            details[4].1 = .array([.text("MX:FGR")])
        }
        #expect(problem(list) == nil)
        let byOperator = try forged(issuer: "urn:aviso:operator:OAS:BROKER") { _ in }
        #expect(problem(byOperator)?.contains("iss must be an agency") == true)
        let second = try forged { $0[2].1 = .unsigned(2) }
        #expect(problem(second)?.contains("(259) must be application/aviso-group+cose") == true)
    }

    @Test func anotherStatementIsNoneAndNothingMayFollow() throws {
        let sample = try EnvelopeSample()
        let payload = try sample.seal()
        #expect(problem(Array(payload.dropFirst())) != nil)
        let bytes = sign(try draft(try closed("CO:PONAL")))
        #expect(problem(bytes + [0]) != nil)
        #expect(throws: AlertError.self) {
            try RedactionStatement(decoding: bytes[...], using: coding)
        }
        let large = [UInt8](repeating: 0, count: GroupStatement.byteCountMax + 1)
        #expect(throws: AlertError.statementTooLarge(limit: GroupStatement.byteCountMax)) {
            try GroupStatement(decoding: large[...], using: coding)
        }
    }
}
