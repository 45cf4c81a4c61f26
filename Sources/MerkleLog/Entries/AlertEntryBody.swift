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
            counts.append(Count(agency: try fields.agency(agency, in: "counts"), count: count))
        }
        return counts
    }

    // In the order in which deterministic CBOR has the keys (RFC 8949 4.2.1): the shorter first.
    static func write(_ counts: [Count], to writer: inout CBORWriter) {
        let isInOrder = zip(counts, counts.dropFirst()).allSatisfy { $0.precedes($1) }
        writer.map(counts.count)
        for count in isInOrder ? counts : counts.sorted(by: { $0.precedes($1) }) {
            writer.text(count.agency)
            writer.unsigned(count.count)
        }
    }

    func write(to writer: inout CBORWriter) {
        writer.map(3)
        writer.text("counts")
        Self.write(counts, to: &writer)
        writer.text("accepted")
        writer.unsigned(accepted.milliseconds)
        writer.text("statement")
        writer.byteString(statement)
    }
}

extension AlertEntryBody.Count {
    fileprivate func precedes(_ other: Self) -> Bool {
        let (mine, others) = (agency.utf8, other.agency.utf8)
        return mine.count == others.count
            ? mine.lexicographicallyPrecedes(others) : mine.count < others.count
    }
}
