package import Alerts
package import Base
package import COSE
package import MerkleLog

/// What one reader may learn of the log's entries: a pure function of each entry.
///
/// An author follows an alert of its own; an agency collects the statements that it wrote or is
/// named in. Auditors and operators, who may read every entry, ask the same of everybody's.
package struct LogInquiry: Sendable {
    /// The alert that an author follows.
    package struct Subject: Hashable, Sendable {
        /// Its entry.
        package let index: UInt64
        /// Its identifier.
        package let alert: UUID
        /// Its author.
        package let author: AgencyID
        /// The agencies that can open it.
        package let recipients: [AgencyID]
    }

    /// What is asked.
    package enum Question: Hashable, Sendable {
        /// What became of an alert.
        case track(Subject)
        /// The statements of and to an agency, and the orders to erase what they are about; nil
        /// for those of everybody.
        case statements(of: AgencyID?)
    }

    private let question: Question
    private let coding: any CBORCoding
    // What the bytes of an entry hold that concerns the reader, as text.
    private let needle: [UInt8]

    /// Begins to ask.
    ///
    /// - Parameters:
    ///   - question: what is asked.
    ///   - coding: the CBOR engine.
    package init(_ question: Question, coding: any CBORCoding) {
        self.question = question
        self.coding = coding
        needle =
            switch question {
            case .track(let subject): Array(subject.alert.urn.utf8)
            case .statements(let agency): Array((agency?.description ?? "").utf8)
            }
    }

    /// What an entry says to the reader.
    ///
    /// - Parameters:
    ///   - bytes: the entry's encoding.
    ///   - index: its index.
    /// - Returns: the items, in the order in which they stand in an extract.
    package func items(in bytes: [UInt8], index: UInt64) -> [LogExtract.Item] {
        // Most entries concern somebody else, which their bytes show before they are decoded.
        let type = EntryType(ofEntry: bytes)
        switch (type, question) {
        case (.delivery, .track(let subject)):
            return reports(bytes, index, subject)
        case (.alert, _), (.redaction, _):
            guard bytes.holds(needle), let entry = decode(bytes) else { return [] }
            return concerns(entry) ? [.entry(index: index, bytes)] : []
        default:
            return []
        }
    }

    /// The subject of an inquiry into an alert; nil for an entry that is no alert.
    ///
    /// - Parameters:
    ///   - bytes: the entry's encoding.
    ///   - index: its index.
    ///   - coding: the CBOR engine.
    /// - Returns: the alert with its author and recipients.
    package static func subject(
        _ bytes: [UInt8],
        index: UInt64,
        coding: any CBORCoding
    ) -> Subject? {
        guard let entry = try? LogEntry(decoding: bytes[...], using: coding),
            case .alert(let body) = entry.body,
            let statement = try? AlertStatement(decoding: body.statement, using: coding)
        else { return nil }
        return Subject(
            index: index,
            alert: statement.alert,
            author: statement.issuer,
            recipients: statement.header.to
        )
    }

    private func decode(_ bytes: [UInt8]) -> LogEntry? {
        try? LogEntry(decoding: bytes[...], using: coding)
    }

    private func reports(
        _ bytes: [UInt8],
        _ index: UInt64,
        _ subject: Subject
    ) -> [LogExtract.Item] {
        guard let entry = decode(bytes), case .delivery(let body) = entry.body else { return [] }
        var acts: [DeliveryReport.Act] = []
        if body.acknowledged.contains(subject.index) { acts.append(.delivered) }
        if body.skipped.contains(subject.index) { acts.append(.skipped) }
        return acts.map { act in
            .report(
                DeliveryReport(index: index, time: entry.time, act: act, station: body.station)
            )
        }
    }

    private func concerns(_ entry: LogEntry) -> Bool {
        switch (entry.body, question) {
        case (.alert(let body), .track(let subject)):
            guard let statement = try? AlertStatement(decoding: body.statement, using: coding)
            else { return false }
            return tells(statement, of: subject)
        case (.alert(let body), .statements(let agency)):
            guard let agency, !names(body, agency) else { return true }
            let statement = try? AlertStatement(decoding: body.statement, using: coding)
            return statement?.issuer == agency
        case (.redaction(let body), .track(let subject)):
            let statement = try? RedactionStatement(decoding: body.statement, using: coding)
            return statement?.draft.alert == subject.alert
        case (.redaction(let body), .statements(let agency)):
            return agency.map { names(body, $0) } ?? true
        default:
            return false
        }
    }

    private func names(_ body: AlertEntryBody, _ agency: AgencyID) -> Bool {
        body.counts.contains { $0.agency == agency.description }
    }

    // Who cites an alert without naming its author says nothing to that author.
    private func tells(_ statement: AlertStatement, of subject: Subject) -> Bool {
        let header = statement.header
        guard
            header.references.contains(where: { $0.alert == subject.alert && $0.role == nil })
        else { return false }
        switch header.message {
        case .acknowledgement, .answer: return header.to.contains(subject.author)
        case .update, .cancel: return statement.issuer == subject.author
        case .alert, .request, .consentRequest, .consentGrant, .consentRefusal: return false
        }
    }
}

extension EntryType {
    // An array of four, version 1, and a text of up to 23 bytes.
    private static let head: [UInt8] = [0x84, 0x01]
    private static let textMark: UInt8 = 0x60

    /// The type of an entry that the log has made, read from its first bytes.
    init?(ofEntry bytes: [UInt8]) {
        guard bytes.starts(with: Self.head), bytes.count > 2,
            (Self.textMark..<Self.textMark + 24).contains(bytes[2])
        else { return nil }
        let name = bytes.dropFirst(3).prefix(Int(bytes[2] - Self.textMark))
        self.init(rawValue: String(decoding: name, as: UTF8.self))
    }
}

extension [UInt8] {
    // Identifiers may be written in either case: this bit is all that tells letters apart.
    private static let caseBit: UInt8 = 0x20

    /// Whether some text stands in the array, in capital or small letters.
    fileprivate func holds(_ needle: [UInt8]) -> Bool {
        guard let first = needle.first.map({ $0 | Self.caseBit }) else { return true }
        var place = 0
        while place + needle.count <= count {
            if self[place] | Self.caseBit == first,
                zip(self[place...], needle).allSatisfy({ ($0 ^ $1) & ~Self.caseBit == 0 })
            {
                return true
            }
            place += 1
        }
        return false
    }
}
