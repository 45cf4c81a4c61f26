package import Alerts
import Base
package import COSE

/// The file that lists the members of the network, shared by the broker and the profiles.
package enum DirectoryFile {
    /// What the file lists.
    package struct Listing: Hashable, Sendable {
        /// The members, in the order of the file.
        package let members: [DirectoryMember]
        /// For statements of then: keys that a member signed with before, which nothing new may be
        /// signed with.
        package let formerSigningKeys: [AgencyID: [Ed25519PublicKey]]
        /// For audits of then: keys that were stolen of a member, under which nothing verifies.
        package let stolenSigningKeys: [AgencyID: [Ed25519PublicKey]]
    }

    /// The most members that a network may have.
    package static let memberCountMax = 10_000
    /// The most former keys of a member, and the most stolen ones.
    package static let formerKeyCountMax = 16

    /// Reads the members.
    ///
    /// - Parameter file: the path of the file.
    /// - Returns: the members, in the order of the file.
    /// - Throws: ``ConfigurationError`` naming file, member and rule.
    package static func read(_ file: String) throws(ConfigurationError) -> [DirectoryMember] {
        try readListing(file).members
    }

    /// Reads the members with the keys that they signed with before.
    ///
    /// - Parameter file: the path of the file.
    /// - Returns: all that the file lists.
    /// - Throws: ``ConfigurationError`` naming file, member and rule.
    package static func readListing(_ file: String) throws(ConfigurationError) -> Listing {
        let document = try StrictJSON5.decode(DirectoryDocument.self, from: file)
        guard document.members.count <= memberCountMax else {
            throw ConfigurationError(
                file: file,
                key: "members",
                problem: "are \(document.members.count), \(memberCountMax) are allowed"
            )
        }
        let members = document.members.map(\.member)
        var ids: [AgencyID: Int] = [:]
        var signingKeys: [Ed25519PublicKey: Int] = [:]
        var encryptionKeys: [X25519PublicKey: Int] = [:]
        for (index, member) in members.enumerated() {
            func report(_ key: String, _ problem: String) -> ConfigurationError {
                ConfigurationError(file: file, key: "members[\(index)].\(key)", problem: problem)
            }
            if let other = ids.updateValue(index, forKey: member.id) {
                throw report("id", "is \(member.id), as that of members[\(other)]")
            }
            // A statement's key names its author, so that no two members share one.
            if let key = member.signingKey, let other = signingKeys.updateValue(index, forKey: key)
            {
                throw report("signingKey", "is the same as that of \(members[other].id)")
            }
            let before = document.members[index]
            for (name, keys) in [
                ("formerSigningKeys", before.formerSigningKeys),
                ("stolenSigningKeys", before.stolenSigningKeys),
            ] {
                for key in keys {
                    if let other = signingKeys.updateValue(index, forKey: key) {
                        let owner = members[other].id
                        throw report(name, "has a key of \(owner) that stands here already")
                    }
                }
            }
            if let key = member.encryptionKey,
                let other = encryptionKeys.updateValue(index, forKey: key)
            {
                throw report("encryptionKey", "is the same as that of \(members[other].id)")
            }
            if let (key, problem) = violation(of: member) { throw report(key, problem) }
        }
        return Listing(
            members: members,
            formerSigningKeys: keys(document, \.formerSigningKeys),
            stolenSigningKeys: keys(document, \.stolenSigningKeys)
        )
    }

    private static func keys(
        _ document: DirectoryDocument,
        _ keys: KeyPath<MemberDocument, [Ed25519PublicKey]>
    ) -> [AgencyID: [Ed25519PublicKey]] {
        let pairs = document.members.map { ($0.member.id, $0[keyPath: keys]) }
        return Dictionary(pairs) { first, _ in first }.filter { !$1.isEmpty }
    }

    private static func violation(of member: DirectoryMember) -> (key: String, problem: String)? {
        if !member.publish.isEmpty {
            if member.role != .agency { return ("publish", "must be empty: only agencies publish") }
            if member.signingKey == nil {
                return ("signingKey", "is missing: a member that publishes signs")
            }
        }
        if member.role == .agency, member.encryptionKey == nil {
            return ("encryptionKey", "is missing: alerts to an agency are encrypted to it")
        }
        return nil
    }
}

/// The directory as it is written.
private struct DirectoryDocument: Decodable {
    let members: [MemberDocument]

    enum CodingKeys: String, CodingKey, CaseIterable {
        case members
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        members = try container.decode([MemberDocument].self, forKey: .members)
    }
}

private struct MemberDocument: Decodable {
    let member: DirectoryMember
    let formerSigningKeys: [Ed25519PublicKey]
    let stolenSigningKeys: [Ed25519PublicKey]

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, name, role, signingKey, formerSigningKeys, stolenSigningKeys, encryptionKey
        case publish, subscribe
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        func key<T>(_ key: CodingKeys, _ make: ([UInt8]) -> T?) throws -> T? {
            guard container.contains(key) else { return nil }
            return try container.decode(key, rule: "32 bytes in base64url without padding") {
                Base64.decodeURL($0).flatMap(make)
            }
        }
        func channels(_ key: CodingKeys) throws -> Set<Channel> {
            var channels: Set<Channel> = []
            for text in try container.decode([String].self, forKey: key) {
                guard let channel = Channel(rawValue: text) else {
                    let names = Channel.allCases.map(\.rawValue).joined(separator: ", ")
                    throw DecodingError.dataCorruptedError(
                        forKey: key,
                        in: container,
                        debugDescription: "has \"\(text.prefix(utf8: 64))\", which is none of "
                            + names
                    )
                }
                channels.insert(channel)
            }
            return channels
        }
        let nameLengths = 1...DirectoryMember.nameCharacterCountMax
        member = DirectoryMember(
            id: try container.decode(.id, rule: "a member such as CO:PONAL") { AgencyID($0) },
            role: try container.decode(.role, rule: "agency, auditor or operator") {
                Role(rawValue: $0)
            },
            name: try container.decode(.name, rule: "a text of 1 to 200 characters") {
                nameLengths.contains($0.unicodeScalars.count) ? $0 : nil
            },
            signingKey: try key(.signingKey) { Ed25519PublicKey($0) },
            encryptionKey: try key(.encryptionKey) { X25519PublicKey($0) },
            publish: try channels(.publish),
            subscribe: try channels(.subscribe)
        )
        formerSigningKeys = try Self.keys(.formerSigningKeys, container)
        stolenSigningKeys = try Self.keys(.stolenSigningKeys, container)
    }

    private static func keys(
        _ name: CodingKeys,
        _ container: KeyedDecodingContainer<CodingKeys>
    ) throws -> [Ed25519PublicKey] {
        let texts = try container.decodeIfPresent([String].self, forKey: name) ?? []
        let keys = texts.compactMap { text in
            Base64.decodeURL(text).flatMap { Ed25519PublicKey($0) }
        }
        guard texts.count == keys.count, texts.count <= DirectoryFile.formerKeyCountMax else {
            throw DecodingError.dataCorruptedError(
                forKey: name,
                in: container,
                debugDescription: "must be up to \(DirectoryFile.formerKeyCountMax) keys, each "
                    + "32 bytes in base64url without padding"
            )
        }
        return keys
    }
}
