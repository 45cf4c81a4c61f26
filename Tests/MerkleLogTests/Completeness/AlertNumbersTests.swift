import Testing

@testable import MerkleLog

@Suite struct AlertNumbersTests {
    @Test func holdingAllIsComplete() {
        var numbers = AlertNumbers()
        for number in [3, 1, 2] as [UInt64] {
            #expect(!numbers.covers(3))
            numbers.take(number: number, index: number * 10, name: "urn:\(number)")
        }
        // The same delivery again.
        numbers.take(number: 2, index: 20, name: "urn:2")
        #expect(numbers.covers(3))
        let outcome = conclude(numbers, count: 3)
        #expect(outcome.isComplete)
        #expect(outcome.heldCount == 3)
        #expect(conclude(AlertNumbers(), count: 0).isComplete)
    }

    @Test func missingNumbersAreNamed() {
        var numbers = AlertNumbers()
        for number in [2, 3, 6, 8] as [UInt64] {
            numbers.take(number: number, index: number, name: "urn:\(number)")
        }
        let outcome = conclude(numbers, count: 10)
        #expect(outcome.missing == [1...1, 4...5, 7...7, 9...10])
        #expect(outcome.heldCount == 4)
        #expect(outcome.problems.isEmpty)
        #expect(!outcome.isComplete)
        #expect(conclude(AlertNumbers(), count: .max).missing == [1...UInt64.max])
        numbers.take(number: .max, index: 40, name: "urn:last")
        let last = conclude(numbers, count: .max).missing.last
        #expect(last == 9...(UInt64.max - 1))
    }

    @Test func oneAlertCannotFillTwoPlaces() {
        var numbers = AlertNumbers()
        numbers.take(number: 1, index: 5, name: "urn:a")
        numbers.take(number: 2, index: 6, name: "urn:a")
        let outcome = conclude(numbers, count: 2)
        #expect(outcome.missing == [2...2])
        #expect(outcome.problems == ["urn:a was given the numbers 1 and 2"])
    }

    @Test func onePlaceCannotHoldTwoAlerts() {
        var numbers = AlertNumbers()
        numbers.take(number: 1, index: 5, name: "urn:a")
        numbers.take(number: 1, index: 6, name: "urn:b")
        #expect(
            conclude(numbers, count: 1).problems == ["number 1 was given to urn:a and to urn:b"]
        )
    }

    @Test func anAlertBeyondTheSignedCountContradictsIt() {
        var numbers = AlertNumbers()
        numbers.take(number: 1, index: 5, name: "urn:a")
        numbers.take(number: 2, index: 6, name: "urn:b")
        // Later than the checkpoint, as comes when alerts go on arriving.
        numbers.take(number: 3, index: 100, name: "urn:c")
        let outcome = conclude(numbers, count: 1)
        #expect(outcome.problems.count == 1)
        #expect(outcome.problems[0].hasPrefix("number 2, urn:b at index 6, stands in the log"))
        #expect(conclude(numbers, count: 2).isComplete)
    }

    @Test func aCheckpointOlderThanWhatIsHeldIsNoAnswer() {
        var numbers = AlertNumbers()
        numbers.take(number: 1, index: 5, name: "urn:a")
        numbers.take(number: 2, index: 100, name: "urn:b")
        #expect(conclude(numbers, count: 1).isComplete)
        let stale = conclude(numbers, count: 1, wereEarlier: true)
        #expect(stale.missing.isEmpty)
        #expect(stale.problems.count == 1)
        // A number that the tally counts cannot stand behind its tree.
        #expect(!conclude(numbers, count: 2).isComplete)
    }

    @Test func numbersFollowTheOrderOfTheLog() {
        var numbers = AlertNumbers()
        numbers.take(number: 1, index: 7, name: "urn:a")
        numbers.take(number: 2, index: 6, name: "urn:b")
        numbers.take(number: 0, index: 4, name: "urn:c")
        let outcome = conclude(numbers, count: 2)
        #expect(outcome.missing.isEmpty)
        #expect(outcome.problems.count == 2)
    }

    @Test func problemsAreBounded() {
        var numbers = AlertNumbers()
        for number in 1...1000 as ClosedRange<UInt64> {
            numbers.take(number: number, index: number, name: "urn:\(number)")
            numbers.report("again")
        }
        let outcome = conclude(numbers, count: 1)
        #expect(outcome.problems.count == AlertNumbers.problemCountMax)
    }

    private func conclude(
        _ numbers: AlertNumbers,
        count: UInt64,
        wereEarlier: Bool = false
    ) -> AlertNumbers.Outcome {
        numbers.conclude(count: count, treeSize: 50, wereEarlier: wereEarlier)
    }
}
