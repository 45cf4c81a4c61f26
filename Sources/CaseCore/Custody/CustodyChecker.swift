import Alerts
import Base

/// Takes the links of an item in the order of the log, and holds each against the one it cites.
struct CustodyChecker {
    private(set) var steps: [CustodyChain.Step] = []
    private var places: [UUID: Int] = [:]
    // The link that goes on from another, once one does that breaks nothing.
    private var successors: [UUID: UUID] = [:]
    // What a link goes on from, for updates of it.
    private var origins: [UUID: UUID] = [:]
    // The update that stands in the place of a link.
    private var replacements: [UUID: UUID] = [:]

    /// Takes a hand-over, or its author's correction of one.
    mutating func take(_ link: CustodyLink) {
        let statement = link.statement
        // The log has each alert once; what is shown twice is the same link.
        guard places[statement.alert] == nil else { return }
        var breaks = CustodyRules.checkAlone(link)
        let corrected = statement.header.message == .update ? step(cited(by: link)) : nil
        if let corrected {
            breaks += checkCorrection(link, of: corrected)
            if let before = step(origins[corrected.link.statement.alert]) {
                breaks += CustodyRules.checkForm(link, names: before.link)
                breaks += CustodyRules.check(link, after: before.link)
            }
        } else {
            breaks += checkPlace(link)
        }
        places[statement.alert] = steps.count
        steps.append(CustodyChain.Step(link: link, breaks: breaks, isWithdrawn: false))
        guard breaks.isEmpty else { return }
        if let corrected {
            let old = corrected.link.statement.alert
            replacements[old] = statement.alert
            origins[statement.alert] = origins[old]
            if let origin = origins[old] { successors[origin] = statement.alert }
            markWithdrawn(old)
        } else if let before = cited(by: link).map({ current($0) }), places[before] != nil {
            successors[before] = statement.alert
            origins[statement.alert] = before
        }
    }

    /// Takes a cancel: its author withdraws what it cites.
    mutating func withdraw(_ cancel: CustodyLink) {
        guard cancel.statement.isVerified else { return }
        for subject in cancel.statement.subjects {
            guard let step = step(subject.alert),
                step.link.statement.author == cancel.statement.author
            else { continue }
            // What others have built on cannot be taken away without a gap.
            if let successor = successors[subject.alert] {
                add(
                    CustodyBreak(
                        .missing,
                        expected: "a link that stands, since \(successor.urn) goes on from it",
                        found: "a cancel by its author: \(cancel.statement.alert.urn)"
                    ),
                    to: subject.alert
                )
            } else if let origin = origins[subject.alert], successors[origin] == subject.alert {
                successors[origin] = nil
            }
            markWithdrawn(subject.alert)
        }
    }

    // Whether a link stands where it says: behind one that is there, stands, and has no other
    // behind it.
    private func checkPlace(_ link: CustodyLink) -> [CustodyBreak] {
        guard let cited = cited(by: link) else {
            if let previous = link.form?.previous {
                let due = "a reference to the statement \(previous)"
                return [CustodyBreak(.missing, expected: due, found: "no reference")]
            }
            guard let last = steps.last(where: { $0.breaks.isEmpty && !$0.isWithdrawn }) else {
                return []
            }
            let due = "a reference to \(last.link.statement.alert.urn)"
            return [CustodyBreak(.missing, expected: due, found: "no reference")]
        }
        guard let before = step(current(cited)) else {
            return [
                CustodyBreak(.missing, expected: "the link \(cited.urn)", found: "no such link")
            ]
        }
        guard !before.isWithdrawn else {
            return [
                CustodyBreak(
                    .missing,
                    expected: "a link that stands",
                    found: "\(cited.urn), which its author has withdrawn"
                )
            ]
        }
        var breaks = CustodyRules.checkDigest(link, of: before.link, cited: step(cited)?.link)
        if let broken = before.breaks.first(where: { $0.kind != .unreadable }) {
            breaks.append(
                CustodyBreak(
                    .behind,
                    expected: "a link that holds before it",
                    found:
                        "\(before.link.statement.alert.urn), which breaks \(broken.kind.rawValue)"
                )
            )
        }
        if let other = successors[before.link.statement.alert] {
            breaks.append(
                CustodyBreak(
                    .fork,
                    expected: "one link behind \(before.link.statement.alert.urn)",
                    found: "a second one: \(other.urn) goes on from there already"
                )
            )
        }
        return breaks + CustodyRules.check(link, after: before.link)
    }

    // Only its author corrects a link, and not once another has built on it.
    private func checkCorrection(
        _ link: CustodyLink,
        of corrected: CustodyChain.Step
    ) -> [CustodyBreak] {
        let old = corrected.link.statement
        var breaks: [CustodyBreak] = []
        if old.author != link.statement.author {
            breaks.append(
                CustodyBreak(
                    .party,
                    expected: "a correction by \(old.author)",
                    found: "\(link.statement.author)"
                )
            )
        }
        if let successor = successors[old.alert] {
            breaks.append(
                CustodyBreak(
                    .fork,
                    expected: "no change of a link that another goes on from",
                    found: "a correction behind \(successor.urn)"
                )
            )
        }
        return breaks
    }

    private func cited(by link: CustodyLink) -> UUID? {
        let subjects = link.statement.subjects.map(\.alert)
        return subjects.first { places[$0] != nil } ?? subjects.first
    }

    private func current(_ alert: UUID) -> UUID {
        var alert = alert
        while let next = replacements[alert] { alert = next }
        return alert
    }

    private func step(_ alert: UUID?) -> CustodyChain.Step? {
        alert.flatMap { places[$0] }.map { steps[$0] }
    }

    private mutating func add(_ problem: CustodyBreak, to alert: UUID) {
        guard let place = places[alert] else { return }
        let step = steps[place]
        steps[place] = CustodyChain.Step(
            link: step.link,
            breaks: step.breaks + [problem],
            isWithdrawn: step.isWithdrawn
        )
    }

    private mutating func markWithdrawn(_ alert: UUID) {
        guard let place = places[alert] else { return }
        let step = steps[place]
        steps[place] = CustodyChain.Step(link: step.link, breaks: step.breaks, isWithdrawn: true)
    }
}
