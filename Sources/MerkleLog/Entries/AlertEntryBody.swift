package import Base
import COSE

/// A signed statement that was accepted: an alert, one on the erasure of its content, or one on a
/// group.
package struct AlertEntryBody: Hashable, Sendable {
    /// How many alerts have been addressed to one agency, this one included.
    package struct Count: Hashable, Sendable {
        /// The agency, such as `MX:FGR`.
        package let agency: String
        /// The number.
        package let count: UInt64

        /// Makes a count.
        package init(agency: String, count: UInt64) {
            self.agency = agency
            self.count = count
        }
    }

    /// The signed statement, with an empty unprotected header.
    package let statement: ArraySlice<UInt8>
    /// When the broker took it from its author.
    package let accepted: WallTime
    /// One count for each recipient.
    package let counts: [Count]

    /// Makes a body.
    package init(statement: ArraySlice<UInt8>, accepted: WallTime, counts: [Count]) {
        self.statement = statement
        self.accepted = accepted
        self.counts = counts
    }

    init(_ fields: BodyFields) throws(LogEntryError) {
        statement = try fields.bytes("statement")
        accepted = WallTime(milliseconds: try fields.unsigned("accepted"))
        counts = try Self.counts(fields.map["counts"], fields)
    }

    static func counts(
        _ value: CBORValue?,
        _ fields: BodyFields
    ) throws(LogEntryError) -> [Count] {
        guard let map = value?.mapValue else { throw fields.missing("counts") }
        var counts: [Count] = []
        for pair in map.pairs {
            guard let agency = pair.key.textValue, let count = pair.value.unsignedValue else {
                throw fields.missing("counts")
            }
            counts.append(Count(agency: agency, count: count))
        }
        return counts
    }

    static func cbor(_ counts: [Count]) -> CBORValue {
        .map(CBORMap(counts.map { CBORMap.Pair(.text($0.agency), .unsigned($0.count)) }))
    }

    var cbor: CBORValue {
        var writer = BodyWriter()
        // In the order of deterministic CBOR, which saves the encoder the sorting.
        writer.set("counts", Self.cbor(counts))
        writer.set("accepted", accepted.milliseconds)
        writer.set("statement", .bytes(statement))
        return writer.cbor
    }
}
