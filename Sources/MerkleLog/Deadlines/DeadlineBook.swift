package import Base

/// The deadlines of the log's alerts: which are open, who has spoken, and what is to be said next.
///
/// A fold over alerts and deadline entries alone, so that the broker, a start from a snapshot, and
/// an auditor with nothing but the entries come to the same book. What is to be said next is
/// offered until an entry says it: a crash in between loses nothing and repeats nothing.
package struct DeadlineBook: Sendable {
    /// The answers and acknowledgements, given or not, that are kept of deadlines which are closed;
    /// beyond them the oldest alert is forgotten.
    package static let closedCountMax = 65_536

    private var recordsByIndex: [UInt64: DeadlineRecord] = [:]
    private var indexes: [UUID: UInt64] = [:]
    // The indexes of the records, ascending, some of them forgotten.
    private var order: [UInt64] = []
    private var openCounts: [String: Int] = [:]
    private var agenda: DeadlineAgenda
    // The alerts that nobody can answer in time any more, the oldest first out.
    private var closed = MinimumHeap<UInt64>()
    private var closedCount = 0
    // Late answers that no entry tells yet, in the order of the log.
    private var late: [DeadlineAgenda.Item] = []

    /// Makes the book of an empty log.
    package init(reminders: Reminders) {
        agenda = DeadlineAgenda(reminders: reminders)
    }

    /// Makes the book that held these records.
    package init(records: [DeadlineRecord], reminders: Reminders) {
        self.init(reminders: reminders)
        var waiting: [(answer: UInt64, item: DeadlineAgenda.Item)] = []
        for record in records.sorted(by: { $0.index < $1.index }) where !record.recipients.isEmpty {
            insert(record)
            for subject in DeadlineBody.Subject.allCases {
                for reply in record[subject]?.replies ?? [] where reply.isLate && !reply.isNoted {
                    let item = DeadlineAgenda.Item(record, subject, .late, at: record.acceptedAt)
                    waiting.append((reply.index ?? 0, item))
                }
            }
        }
        late = waiting.sorted { ($0.answer, $0.item) < ($1.answer, $1.item) }.map(\.item)
    }

    /// All records, in the order of the log.
    package var records: [DeadlineRecord] {
        recordsByIndex.values.sorted { $0.index < $1.index }
    }

    /// The latest records that somebody wants, the latest first.
    ///
    /// - Parameters:
    ///   - countMax: how many to return at most.
    ///   - scanMax: how many of the latest records to look at.
    ///   - isWanted: whether a record is wanted.
    /// - Returns: the records.
    package func latest(
        _ countMax: Int,
        of scanMax: Int,
        where isWanted: (DeadlineRecord) -> Bool
    ) -> [DeadlineRecord] {
        var found: [DeadlineRecord] = []
        for index in order.suffix(scanMax).reversed() where found.count < countMax {
            if let record = recordsByIndex[index], isWanted(record) { found.append(record) }
        }
        return found
    }

    /// The record of the alert at an index; nil if it had no deadline, or was forgotten.
    package subscript(index: UInt64) -> DeadlineRecord? { recordsByIndex[index] }

    /// How many answers and acknowledgements an author waits for that can still come in time.
    package func openCount(of author: String) -> Int { openCounts[author, default: 0] }

    // MARK: - Folding

    /// Takes an alert.
    ///
    /// - Parameters:
    ///   - alert: what of it concerns deadlines.
    ///   - index: its place in the log.
    ///   - time: the time of its entry.
    package mutating func take(_ alert: Alert, index: UInt64, time: WallTime) {
        let places = Set(alert.cited.compactMap { indexes[$0] })
        late += places.flatMap { take(alert, about: $0, index) }.sorted()
        guard alert.askedCount > 0 else { return }
        let count = alert.recipients.count
        insert(
            DeadlineRecord(
                index: index,
                alert: alert.alert,
                author: alert.author,
                channel: alert.channel,
                status: alert.status,
                acceptedAt: time,
                recipients: alert.recipients,
                reply: alert.replyBy.map { Deadline(due: $0, recipientCount: count) },
                acknowledgement: alert.acknowledgeBy.map {
                    Deadline(due: $0, recipientCount: count)
                }
            )
        )
        agenda.compact(recordsByIndex)
    }

    // What an alert means for one that it cites, and what of that is late.
    private mutating func take(
        _ alert: Alert,
        about place: UInt64,
        _ index: UInt64
    ) -> [DeadlineAgenda.Item] {
        var lateSubjects: [DeadlineBody.Subject] = []
        change(place) { record in
            switch alert.message {
            case "cancel" where record.author == alert.author:
                record.reply?.close(.cancelled, by: index)
                record.acknowledgement?.close(.cancelled, by: index)
            case "update" where record.author == alert.author:
                if alert.replyBy != nil { record.reply?.close(.replaced, by: index) }
                if alert.acknowledgeBy != nil {
                    record.acknowledgement?.close(.replaced, by: index)
                }
            case "answer":
                if record.take(.reply, from: alert.author, index, isInterim: alert.isInterim) {
                    lateSubjects.append(.reply)
                }
                // Who answers has taken note.
                fallthrough
            case "acknowledgement":
                if record.take(.acknowledgement, from: alert.author, index) {
                    lateSubjects.append(.acknowledgement)
                }
            default: break
            }
        }
        guard let record = recordsByIndex[place] else { return [] }
        return lateSubjects.map { .init(record, $0, .late, at: record.acceptedAt) }
    }

    /// Whether an entry says what is to be said of a deadline, as far as the alerts tell; the time
    /// is not looked at.
    package func expects(_ body: DeadlineBody) -> Bool {
        let due = recordsByIndex[body.index]?.body(body.event, of: body.subject)
        return due == body || isOfBefore(body, due)
    }

    // An author that named itself was asked itself in logs of before: it stands in the notice
    // beside those who are silent, or alone where no other is, and nothing follows from it.
    private func isOfBefore(_ body: DeadlineBody, _ due: DeadlineBody?) -> Bool {
        guard body.agencies.contains(body.author) else { return false }
        let others = body.agencies.filter { $0 != body.author }
        guard others.isEmpty else { return due == body.naming(others) }
        return due == nil || body.event == .late
    }

    /// Takes an entry that ``expects(_:)`` has let pass.
    ///
    /// - Parameters:
    ///   - body: what it says.
    ///   - index: its place in the log.
    package mutating func take(_ body: DeadlineBody, index: UInt64) {
        change(body.index) { record in
            guard var deadline = record[body.subject] else { return }
            switch body.event {
            case .reminder: deadline.isReminded = true
            case .passed: deadline.close(.passed, by: index)
            case .late:
                let place = deadline.replies.firstIndex { $0.index == body.answer }
                if let place { deadline.replies[place].isNoted = true }
            }
            record[body.subject] = deadline
        }
    }

    private mutating func change(_ index: UInt64, _ body: (inout DeadlineRecord) -> Void) {
        guard var record = recordsByIndex[index] else { return }
        let before = record.openCount
        body(&record)
        recordsByIndex[index] = record
        let after = record.openCount
        guard before != after else { return }
        count(record, after - before)
        if after == 0 { close(record) }
    }

    private mutating func insert(_ record: DeadlineRecord) {
        recordsByIndex[record.index] = record
        indexes[record.alert] = record.index
        order.append(record.index)
        if order.count > 2 * recordsByIndex.count + 64 {
            order.removeAll { recordsByIndex[$0] == nil }
        }
        agenda.insert(record)
        if record.openCount > 0 {
            count(record, record.openCount)
        } else {
            close(record)
        }
    }

    private mutating func count(_ record: DeadlineRecord, _ difference: Int) {
        let count = openCounts[record.author, default: 0] + difference
        openCounts[record.author] = count == 0 ? nil : count
    }

    private mutating func close(_ record: DeadlineRecord) {
        closed.insert(record.index)
        closedCount += record.keptCount
        while closedCount > Self.closedCountMax, let oldest = closed.popFirst() {
            guard let record = recordsByIndex.removeValue(forKey: oldest) else { continue }
            if indexes[record.alert] == oldest { indexes[record.alert] = nil }
            closedCount -= record.keptCount
        }
    }

    // MARK: - What is to be said

    /// When something is to be said next; nil if nothing is open.
    package mutating func nextTime() -> WallTime? {
        if nextLate() != nil { return WallTime(milliseconds: 0) }
        return agenda.first(recordsByIndex)?.time
    }

    /// What is to be said by now, the earliest first; the same again until an entry says it.
    ///
    /// - Parameter now: the time of the entry.
    /// - Returns: the entry's body; nil if there is nothing.
    package mutating func next(upTo now: WallTime) -> DeadlineBody? {
        if let body = nextLate() { return body }
        while let item = agenda.first(recordsByIndex), item.time <= now {
            guard let record = recordsByIndex[item.index],
                let body = record.body(item.event, of: item.subject)
            else { return nil }
            // Whoever comes too late to remind says only what has become of it.
            guard item.event == .reminder, body.due <= now else { return body }
            agenda.removeFirst()
        }
        return nil
    }

    /// The deadline that passed first by a time and of which no entry tells.
    package mutating func firstPassed(by time: WallTime) -> DeadlineBody? {
        guard let item = agenda.first(recordsByIndex), item.event == .passed, item.time <= time
        else { return nil }
        return recordsByIndex[item.index]?.body(.passed, of: item.subject)
    }

    private mutating func nextLate() -> DeadlineBody? {
        while let item = late.first {
            if let body = recordsByIndex[item.index]?.body(.late, of: item.subject) { return body }
            late.removeFirst()
        }
        return nil
    }
}

extension DeadlineBook: Equatable {
    /// Books are equal if they hold the same records: everything else follows from them.
    package static func == (left: DeadlineBook, right: DeadlineBook) -> Bool {
        left.recordsByIndex == right.recordsByIndex && left.openCounts == right.openCounts
    }
}

extension DeadlineRecord {
    fileprivate var keptCount: Int {
        (reply?.replies.count ?? 0) + (acknowledgement?.replies.count ?? 0)
    }
}
