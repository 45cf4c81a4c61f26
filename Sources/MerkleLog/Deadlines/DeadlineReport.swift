package import Base
package import COSE

/// How the deadlines of one alert stand in the first n entries of a log.
package struct DeadlineReport: Hashable, Sendable {
    /// One deadline.
    package struct Part: Hashable, Sendable {
        /// When it is due.
        package let due: WallTime
        /// How it stands.
        package let state: Deadline.State
        /// The entry that changed the state.
        package let changedBy: UInt64?
        /// What each recipient has said, sorted by recipient.
        package let agencies: [Fact]
    }

    /// What one recipient has said.
    package struct Fact: Hashable, Sendable {
        /// The recipient.
        package let agency: String
        /// The entry of its answer or acknowledgement; nil for silence.
        package let index: UInt64?
        /// The entry of its first interim answer.
        package let interim: UInt64?
        /// Whether it came when the deadline had passed.
        package let isLate: Bool
    }

    /// The log's name.
    package let origin: String
    /// How many entries it speaks of.
    package let treeSize: UInt64
    /// The root of these entries.
    package let rootHash: Digest
    /// The time of the last of them.
    package let time: WallTime
    /// The alert, `urn:uuid:…`.
    package let alert: String
    /// Its place.
    package let index: UInt64
    /// Its author.
    package let author: String
    /// `actual`, `exercise` or `test`.
    package let status: String
    /// The answers.
    package let reply: Part?
    /// The acknowledgements.
    package let acknowledgement: Part?

    /// Takes the state of a record.
    package init(
        _ record: DeadlineRecord,
        origin: String,
        treeSize: UInt64,
        rootHash: Digest,
        time: WallTime
    ) {
        self.origin = origin
        self.treeSize = treeSize
        self.rootHash = rootHash
        self.time = time
        alert = "urn:uuid:\(record.alert)"
        index = record.index
        author = record.author
        status = record.status
        reply = record.reply.map { Part($0, record.recipients) }
        acknowledgement = record.acknowledgement.map { Part($0, record.recipients) }
    }
}

extension DeadlineReport.Part {
    fileprivate init(_ deadline: Deadline, _ recipients: [String]) {
        due = deadline.due
        state = deadline.state
        changedBy = deadline.changedBy
        agencies = zip(recipients, deadline.replies).map { agency, reply in
            DeadlineReport.Fact(
                agency: agency,
                index: reply.index,
                interim: reply.interim,
                isLate: reply.isLate
            )
        }
    }
}

// MARK: - CBOR

extension DeadlineReport {
    /// The map that a statement carries.
    package var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("origin", origin)
        writer.set("size", treeSize)
        writer.set("root", rootHash.bytes)
        writer.set("time", time.milliseconds)
        writer.set("alert", alert)
        writer.set("index", index)
        writer.set("from", author)
        writer.set("status", status)
        writer.set("reply", reply?.cbor)
        writer.set("acknowledgement", acknowledgement?.cbor)
        return writer.cbor
    }

    /// Reads such a map.
    ///
    /// - Throws: ``ReceiptError`` naming the field that is missing or wrong.
    package init(cbor: CBORValue) throws(ReceiptError) {
        guard let map = cbor.mapValue else {
            throw ReceiptError(message: "the report is no map")
        }
        let fields = BodyFields(map)
        do throws(LogEntryError) {
            origin = try fields.text("origin")
            treeSize = try fields.unsigned("size")
            guard let root = Digest(try fields.bytes("root")) else { throw fields.missing("root") }
            rootHash = root
            time = WallTime(milliseconds: try fields.unsigned("time"))
            alert = try fields.text("alert")
            index = try fields.unsigned("index")
            author = try fields.text("from")
            status = try fields.text("status")
            reply = try map["reply"].map { value throws(LogEntryError) in try Part(value) }
            acknowledgement = try map["acknowledgement"].map { value throws(LogEntryError) in
                try Part(value)
            }
        } catch {
            throw ReceiptError(message: error.message)
        }
    }
}

extension DeadlineReport.Part {
    fileprivate var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("due", due.seconds)
        writer.set("state", state.rawValue)
        writer.set("changed-by", changedBy)
        writer.set("agencies", .map(CBORMap(agencies.map { .init(.text($0.agency), $0.cbor) })))
        return writer.cbor
    }

    fileprivate init(_ value: CBORValue) throws(LogEntryError) {
        let fields = BodyFields(value.mapValue ?? CBORMap())
        due = WallTime(seconds: try fields.unsigned("due"))
        guard let state = Deadline.State(rawValue: try fields.text("state")) else {
            throw fields.missing("state")
        }
        self.state = state
        changedBy = try fields.optionalUnsigned("changed-by")
        guard let map = fields.map["agencies"]?.mapValue else { throw fields.missing("agencies") }
        let facts = map.pairs.compactMap { DeadlineReport.Fact($0) }
        guard facts.count == map.pairs.count else { throw fields.missing("agencies") }
        agencies = facts.sorted { $0.agency < $1.agency }
    }
}

extension DeadlineReport.Fact {
    // Nothing at all is said of who is silent.
    fileprivate var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("index", index)
        writer.set("interim", interim)
        if isLate { writer.set("late", .boolean(true)) }
        return writer.cbor
    }

    fileprivate init?(_ pair: CBORMap.Pair) {
        guard let agency = pair.key.textValue, let map = pair.value.mapValue else { return nil }
        let (index, interim) = (map["index"], map["interim"])
        // What is there must be right.
        guard index == nil || index?.unsignedValue != nil,
            interim == nil || interim?.unsignedValue != nil,
            map["late"] == nil || map["late"] == .boolean(true)
        else { return nil }
        self.agency = agency
        self.index = index?.unsignedValue
        self.interim = interim?.unsignedValue
        isLate = map["late"] != nil
    }
}
