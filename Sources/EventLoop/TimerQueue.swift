internal import Base

/// Names a scheduled timer, for cancelling it.
package struct TimerToken: Hashable, Sendable {
    fileprivate let slot: Int
    fileprivate let sequence: UInt64
}

/// Timers in the order of their deadlines, equal ones in the order of scheduling.
///
/// An indexed binary heap: scheduling and cancelling take O(log n), and a cancelled timer is
/// gone at
/// once with all that its action holds.
struct TimerQueue {
    private struct Slot {
        var sequence: UInt64
        var heapPosition: Int
        var action: (() -> Void)?
    }

    private struct Entry {
        let deadline: MonotonicTime
        let sequence: UInt64
        let slot: Int

        static func < (left: Entry, right: Entry) -> Bool {
            left.deadline == right.deadline
                ? left.sequence < right.sequence : left.deadline < right.deadline
        }
    }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var nextSequence: UInt64 = 1

    /// The number of scheduled timers.
    var count: Int { heap.count }

    /// The deadline of the first timer.
    var nextDeadline: MonotonicTime? { heap.first?.deadline }

    mutating func schedule(at deadline: MonotonicTime, _ action: @escaping () -> Void) -> TimerToken
    {
        let sequence = nextSequence
        nextSequence += 1
        let filled = Slot(sequence: sequence, heapPosition: heap.count, action: action)
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            slots[slot] = filled
        } else {
            slot = slots.count
            slots.append(filled)
        }
        heap.append(Entry(deadline: deadline, sequence: sequence, slot: slot))
        siftUp(heap.count - 1)
        return TimerToken(slot: slot, sequence: sequence)
    }

    /// Removes a timer; does nothing if it has run or was cancelled before.
    mutating func cancel(_ token: TimerToken) {
        guard slots.indices.contains(token.slot), slots[token.slot].sequence == token.sequence
        else { return }
        _ = remove(at: slots[token.slot].heapPosition)
    }

    /// Takes the first timer out if its deadline has come.
    mutating func popDue(at now: MonotonicTime) -> (() -> Void)? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        return remove(at: 0)
    }

    private mutating func remove(at position: Int) -> (() -> Void)? {
        let slot = heap[position].slot
        let action = slots[slot].action
        slots[slot] = Slot(sequence: 0, heapPosition: -1, action: nil)
        freeSlots.append(slot)
        let last = heap.removeLast()
        if position < heap.count {
            place(last, at: position)
            siftUp(position)
            siftDown(slots[last.slot].heapPosition)
        }
        return action
    }

    private mutating func place(_ entry: Entry, at position: Int) {
        heap[position] = entry
        slots[entry.slot].heapPosition = position
    }

    private mutating func siftUp(_ start: Int) {
        var position = start
        let entry = heap[position]
        while position > 0 {
            let parent = (position - 1) / 2
            guard entry < heap[parent] else { break }
            place(heap[parent], at: position)
            position = parent
        }
        place(entry, at: position)
    }

    private mutating func siftDown(_ start: Int) {
        var position = start
        let entry = heap[position]
        while true {
            var child = 2 * position + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < entry else { break }
            place(heap[child], at: position)
            position = child
        }
        place(entry, at: position)
    }
}
