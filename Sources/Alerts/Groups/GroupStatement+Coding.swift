package import Base
package import COSE

/// The keys of the map, as `Docs/PROTOCOL.md` lists them.
private enum Key: String {
    case act, group, version, form, members, until, title
}

private enum Act: String {
    case define, dissolve
}

// What a first version rests on: a document of any kind, kept elsewhere.
private let documentType = "application/octet-stream"

// MARK: - Signing

extension GroupStatement {
    /// Signs a statement.
    ///
    /// - Parameters:
    ///   - draft: what it says.
    ///   - key: the owner's signing key.
    ///   - coding: the CBOR engine.
    ///   - hasher: SHA-256.
    /// - Returns: the encoding, to be published.
    package static func sign(
        _ draft: Draft,
        key: any MessageSigning,
        coding: any CBORCoding,
        hasher: any Hashing
    ) -> [UInt8] {
        SignedStatement.sign(
            type: contentType,
            claims: SignedStatement.Claims(
                issuer: draft.issuer.urn,
                identifier: draft.identifier,
                issuedAt: draft.issuedAt,
                basis: draft.basis,
                basisType: basisType(of: draft.version)
            ),
            details: details(of: draft),
            key: key,
            coding: coding,
            hasher: hasher
        )
    }

    private static func details(of draft: Draft) -> CBORMap {
        var map = CBORMap()
        func append(_ key: Key, _ value: CBORValue) { map.append(.text(key.rawValue), value) }
        let act: Act = draft.definition == nil ? .dissolve : .define
        append(.act, .text(act.rawValue))
        append(.group, .text(draft.group))
        append(.version, .unsigned(draft.version))
        guard let definition = draft.definition else { return map }
        append(.form, .text(definition.form.rawValue))
        append(.members, .array(definition.members.map { .text($0.description) }))
        if let until = definition.until { append(.until, .unsigned(until.seconds)) }
        if let title = definition.title { append(.title, .text(title)) }
        return map
    }

    private static func basisType(of version: UInt64) -> String {
        version == 1 ? documentType : contentType
    }
}

// MARK: - Reading

extension GroupStatement {
    /// Reads what a statement says.
    ///
    /// - Throws: ``AlertError`` naming what is missing or wrong.
    package init(_ envelope: SignedStatement) throws(AlertError) {
        self.envelope = envelope
        draft = try Self.draft(envelope.details, envelope.claims)
    }

    private static func draft(
        _ details: CBORMap,
        _ claims: SignedStatement.Claims
    ) throws(AlertError) -> Draft {
        let fields = try fields(details)
        guard let issuer = claims.member(as: .agency) else {
            throw .header("iss must be an agency, urn:aviso:agency:<country>:<code>")
        }
        guard let act = fields[.act]?.textValue.flatMap(Act.init) else {
            throw .header("act must be define or dissolve")
        }
        guard let group = fields[.group]?.textValue, AlertHeader.isGroupName(group) else {
            throw .header("group must be 1 to 64 letters, digits, colons and hyphens")
        }
        guard let version = fields[.version]?.unsignedValue, version > 0 else {
            throw .header("version must be a number from 1 on")
        }
        guard claims.basisType == basisType(of: version) else {
            throw .header("the preimage content type (259) must be \(basisType(of: version))")
        }
        let definition = act == .define ? try definition(fields, owner: issuer) : nil
        if act == .dissolve, fields.count > 3 {
            throw .header("what dissolves a group has act, group and version alone")
        }
        return Draft(
            issuer: issuer,
            identifier: claims.identifier,
            issuedAt: claims.issuedAt,
            group: group,
            version: version,
            basis: claims.basis,
            definition: definition
        )
    }

    // Whoever reads on would not know what an unknown key grants.
    private static func fields(_ details: CBORMap) throws(AlertError) -> [Key: CBORValue] {
        var fields: [Key: CBORValue] = [:]
        for pair in details.pairs {
            guard let key = pair.key.textValue.flatMap(Key.init) else {
                throw .header("the aviso map has a key that is not defined")
            }
            fields[key] = pair.value
        }
        return fields
    }

    private static func definition(
        _ fields: [Key: CBORValue],
        owner: AgencyID
    ) throws(AlertError) -> Definition {
        guard let form = fields[.form]?.textValue.flatMap(Form.init) else {
            throw .header("form must be closed or list")
        }
        let members = try members(fields[.members])
        guard form == .list || members.contains(owner) else {
            throw .header("members of a closed group must include its owner, \(owner)")
        }
        let until = fields[.until]
        guard until == nil || (until?.unsignedValue ?? .max) <= untilMax.seconds else {
            throw .header("until must be whole seconds since 1970, before the year 10000")
        }
        let title = fields[.title]
        guard title == nil || (1...titleCountMax).contains(title?.scalarCount ?? 0) else {
            throw .header("title must be a text of 1 to \(titleCountMax) characters")
        }
        return Definition(
            form: form,
            members: members,
            until: until?.unsignedValue.map { WallTime(seconds: $0) },
            title: title?.textValue
        )
    }

    private static func members(_ value: CBORValue?) throws(AlertError) -> [AgencyID] {
        let items = value?.arrayValue ?? []
        let members = items.compactMap { $0.textValue.flatMap { AgencyID($0) } }
        guard (1...memberCountMax).contains(items.count), members.count == items.count,
            zip(members, members.dropFirst()).allSatisfy({ $0 < $1 })
        else {
            throw .header(
                "members must be 1 to \(memberCountMax) agencies, sorted by their bytes, each once"
            )
        }
        return members
    }
}

extension CBORValue {
    fileprivate var scalarCount: Int? { textValue?.unicodeScalars.count }
}
