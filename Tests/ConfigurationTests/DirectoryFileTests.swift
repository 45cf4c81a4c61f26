import Alerts
import COSE
import Configuration
import Foundation
import Testing

@Suite struct DirectoryFileTests {
    private static let keyA = String(repeating: "A", count: 43)
    private static let keyB = "B" + String(repeating: "A", count: 42)

    private static func member(
        _ id: String,
        role: String = "agency",
        key: String,
        publish: String = "[\"intelligence\"]"
    ) -> String {
        """
        { id: "\(id)", name: "\(id)", role: "\(role)", signingKey: "\(key)",
          encryptionKey: "\(key)", publish: \(publish), subscribe: ["chemical-diversion"] }
        """
    }

    @Test func readsMembersWithTheirPermissions() throws {
        let members = try read(
            Self.member("CO:PONAL", key: Self.keyA),
            Self.member("OAS:AUDIT", role: "auditor", key: Self.keyB, publish: "[]")
        )
        #expect(members.map(\.id.description) == ["CO:PONAL", "OAS:AUDIT"])
        #expect(members.map(\.role) == [.agency, .auditor])
        #expect(members[0].publish == [.intelligence])
        #expect(members[0].subscribe == [.chemicalDiversion])
        #expect(members[0].signingKey?.bytes == [UInt8](repeating: 0, count: 32))
        #expect(members[1].publish.isEmpty)
    }

    @Test(arguments: [
        (
            [member("CO:PONAL", key: keyA), member("CO:PONAL", key: keyB)],
            "members[1].id is CO:PONAL, as that of members[0]"
        ),
        (
            [member("CO:PONAL", key: keyA), member("MX:FGR", key: keyA)],
            "members[1].signingKey is the same as that of CO:PONAL"
        ),
        (
            [member("PONAL", key: keyA)],
            "members[0].id is \"PONAL\" but must be a member such as CO:PONAL"
        ),
        (
            [member("CO:PONAL", role: "boss", key: keyA)],
            "members[0].role is \"boss\" but must be agency, auditor or operator"
        ),
        (
            [member("CO:PONAL", key: "AAAA")],
            "members[0].signingKey is \"AAAA\" but must be 32 bytes in base64url without padding"
        ),
        (
            [member("CO:PONAL", key: keyA, publish: "[\"weather\"]")],
            "members[0].publish has \"weather\", which is none of chemical-diversion, "
                + "trafficking-trends, intelligence"
        ),
        (
            [member("OAS:AUDIT", role: "auditor", key: keyA)],
            "members[0].publish must be empty: only agencies publish"
        ),
        (
            [
                member("CO:PONAL", key: keyA).replacingOccurrences(
                    of: "encryptionKey",
                    with: "encKey"
                )
            ],
            "members[0].encKey is not a known key; known are encryptionKey, formerSigningKeys, "
                + "id, name, publish, role, signingKey, stolenSigningKeys, subscribe"
        ),
        (
            [
                member("CO:PONAL", key: keyA).replacingOccurrences(
                    of: "signingKey: \"\(keyA)\",",
                    with: ""
                )
            ],
            "members[0].signingKey is missing: a member that publishes signs"
        ),
    ])
    func namesTheMemberAndTheRule(members: [String], message: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try read(members.joined(separator: ", "))
        }
        #expect(error.map { "\($0.key ?? "") \($0.problem)" } == message)
    }

    @Test func formerKeysAreListedApartAndBelongToOne() throws {
        func directory(
            _ former: String,
            stolen: String = "",
            second: String = Self.keyB
        ) throws -> DirectoryFile.Listing {
            try withTemporaryFolder { folder in
                let file = folder.appendingPathComponent("directory.json5")
                let first = Self.member("CO:PONAL", key: Self.keyA).replacing(
                    "signingKey:",
                    with: "formerSigningKeys: [\(former)], stolenSigningKeys: [\(stolen)], "
                        + "signingKey:"
                )
                let other = Self.member("MX:FGR", key: second)
                try "{ members: [\(first), \(other)] }"
                    .write(to: file, atomically: true, encoding: .utf8)
                return try DirectoryFile.readListing(file.path)
            }
        }
        let keyC = String(repeating: "C", count: 42) + "A"
        let listing = try directory("\"\(keyC)\"")
        #expect(listing.members.count == 2)
        #expect(listing.formerSigningKeys.count == 1)
        #expect(listing.formerSigningKeys.values.first?.count == 1)
        #expect(try directory("").formerSigningKeys.isEmpty)
        let many = (0..<17).map { _ in "\"\(keyC)\"" }.joined(separator: ",")
        for wrong in ["\"AA\"", "\"\(Self.keyA)\"", "\"\(Self.keyB)\"", many] {
            #expect(throws: ConfigurationError.self) { try directory(wrong) }
            #expect(throws: ConfigurationError.self) { try directory("", stolen: wrong) }
        }
        let stolen = try directory("", stolen: "\"\(keyC)\"")
        #expect(stolen.formerSigningKeys.isEmpty)
        #expect(stolen.stolenSigningKeys.values.first?.count == 1)
        #expect(throws: ConfigurationError.self) {
            try directory("\"\(keyC)\"", stolen: "\"\(keyC)\"")
        }
    }

    private func read(_ members: String...) throws -> [DirectoryMember] {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("directory.json5")
            try "{ members: [\(members.joined(separator: ",\n"))] }"
                .write(to: file, atomically: true, encoding: .utf8)
            return try DirectoryFile.read(file.path)
        }
    }
}
