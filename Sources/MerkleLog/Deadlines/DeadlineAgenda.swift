import Base

/// When something is to be said of which deadline, the earliest first.
struct DeadlineAgenda: Sendable {
    /// One thing that may have to be said.
    struct Item: Comparable, Sendable {
        let time: WallTime
        let index: UInt64
        let subject: DeadlineBody.Subject
        let event: DeadlineBody.Event

        init(
            _ record: DeadlineRecord,
            _ subject: DeadlineBody.Subject,
            _ event: DeadlineBody.Event,
            at time: WallTime
        ) {
            self.time = time
            index = record.index
            self.subject = subject
            self.event = event
        }

        static func < (left: Item, right: Item) -> Bool {
            (left.time, left.index, left.order) < (right.time, right.index, right.order)
        }

        private var order: Int { (subject == .reply ? 0 : 2) + (event == .reminder ? 0 : 1) }
    }

    private let reminders: DeadlineBook.Reminders
    private var items = MinimumHeap<Item>()

    init(reminders: DeadlineBook.Reminders) {
        self.reminders = reminders
    }

    /// Adds what the open deadlines of a record ask for.
    mutating func insert(_ record: DeadlineRecord) {
        for subject in DeadlineBody.Subject.allCases {
            guard let deadline = record[subject], deadline.openCount > 0 else { continue }
            if !deadline.isReminded, let time = reminder(of: deadline, record) {
                items.insert(Item(record, subject, .reminder, at: time))
            }
            items.insert(Item(record, subject, .passed, at: deadline.due))
        }
    }

    private func reminder(of deadline: Deadline, _ record: DeadlineRecord) -> WallTime? {
        guard reminders.percent > 0, deadline.due > record.acceptedAt else { return nil }
        let span = deadline.due.milliseconds - record.acceptedAt.milliseconds
        let share = span / 100 * UInt64(reminders.percent)
        return deadline.due.subtracting(
            milliseconds: min(share, UInt64(reminders.secondsMax) * 1000)
        )
    }

    /// The first thing that is still to be said; what is not any more is dropped.
    mutating func first(_ records: [UInt64: DeadlineRecord]) -> Item? {
        while let item = items.first {
            if records[item.index]?.body(item.event, of: item.subject) != nil { return item }
            items.removeFirst()
        }
        return nil
    }

    mutating func removeFirst() { items.removeFirst() }

    /// Drops what is not to be said any more once that is most of it, so that alerts which are
    /// cancelled at once cost nothing until their far deadlines.
    mutating func compact(_ records: [UInt64: DeadlineRecord]) {
        guard items.count > 4 * records.count + 64 else { return }
        items = MinimumHeap()
        for record in records.values { insert(record) }
    }
}

/// A binary heap whose least element is at hand.
struct MinimumHeap<Element: Comparable & Sendable>: Sendable {
    private var elements: [Element] = []

    var count: Int { elements.count }
    var first: Element? { elements.first }

    mutating func insert(_ element: Element) {
        elements.append(element)
        var place = elements.count - 1
        while place > 0, elements[place] < elements[(place - 1) / 2] {
            elements.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    @discardableResult
    mutating func popFirst() -> Element? {
        guard let first = elements.first else { return nil }
        elements.swapAt(0, elements.count - 1)
        elements.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < elements.count && elements[child] < elements[least] {
                least = child
            }
            guard least != place else { return first }
            elements.swapAt(place, least)
            place = least
        }
    }

    mutating func removeFirst() { popFirst() }
}
