import Alerts
import Base

/// Takes the links of an item in the order of the log, and holds each against the one it cites.
struct CustodyChecker {
    private(set) var steps: [CustodyChain.Step] = []
    private var places: [UUID: Int] = [:]
    // The link that goes on from another, once one does that breaks nothing.
    private var successors: [UUID: UUID] = [:]
    // What each link goes on from, broken ones included, for updates of it.
    private var origins: [UUID: UUID] = [:]
    // How much of the item there was after a link, as far as anybody has said it: a link that
    // leaves it out does not make less of it.
    private var quantities: [UUID: String] = [:]
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
            // What it goes on from may have been corrected since, where nothing held behind it.
            origins[statement.alert] = origins[corrected.link.statement.alert].map { current($0) }
        } else {
            breaks += checkPlace(link)
            origins[statement.alert] = cited(by: link).map { current($0) }
        }
        quantities[statement.alert] = quantity(after: link)
        places[statement.alert] = steps.count
        steps.append(CustodyChain.Step(link: link, breaks: breaks, isWithdrawn: false))
        guard breaks.isEmpty else { return }
        if let corrected {
            let old = corrected.link.statement.alert
            replacements[old] = statement.alert
            markWithdrawn(old)
        }
        if let origin = origins[statement.alert], places[origin] != nil {
            successors[origin] = statement.alert
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
            return checkFirst(besides: nil)
        }
        guard let before = step(current(cited)) else { return [Self.missing(cited)] }
        guard !before.isWithdrawn else { return [Self.withdrawn(cited)] }
        return CustodyRules.checkDigest(link, of: before.link, cited: step(cited)?.link)
            + check(link, behind: before, inPlaceOf: nil)
    }

    // Whether a link can be the one that goes on from another.
    private func check(
        _ link: CustodyLink,
        behind before: CustodyChain.Step,
        inPlaceOf old: UUID?
    ) -> [CustodyBreak] {
        let name = before.link.statement.alert
        var breaks: [CustodyBreak] = []
        if let broken = before.breaks.first(where: { $0.kind != .unreadable }) {
            breaks.append(
                CustodyBreak(
                    .behind,
                    expected: "a link that holds before it",
                    found: "\(name.urn), which breaks \(broken.kind.rawValue)"
                )
            )
        }
        if let other = successors[name], other != old {
            breaks.append(
                CustodyBreak(
                    .fork,
                    expected: "one link behind \(name.urn)",
                    found: "a second one: \(other.urn) goes on from there already"
                )
            )
        }
        return breaks
            + CustodyRules.check(link, after: before.link, quantity: quantities[name])
    }

    private func quantity(after link: CustodyLink) -> String? {
        if let quantity = link.form?.quantity { return quantity }
        // Nobody but its recipients knows what a link says that cannot be opened.
        guard link.form?.condition == "unchanged" else { return nil }
        return origins[link.statement.alert].flatMap { quantities[$0] }
    }

    // Only its author corrects a link, while it stands, and not once another has built on it. What
    // was corrected or cancelled is past: others go on from what has come in its place.
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
        if corrected.isWithdrawn {
            let change = replacements[old.alert].map { "replaced by \($0.urn)" } ?? "withdrawn"
            breaks.append(
                CustodyBreak(
                    .missing,
                    expected: "a link that stands",
                    found: "\(old.alert.urn), which its author has \(change)"
                )
            )
        }
        return breaks + checkPlace(ofCorrection: link, of: old.alert)
    }

    // A correction stands where the corrected link does, or was to stand.
    private func checkPlace(ofCorrection link: CustodyLink, of old: UUID) -> [CustodyBreak] {
        guard let origin = origins[old] else { return checkFirst(besides: old) }
        guard let before = step(current(origin)) else { return [Self.missing(origin)] }
        guard !before.isWithdrawn else { return [Self.withdrawn(origin)] }
        return CustodyRules.checkForm(link, names: before.link)
            + check(link, behind: before, inPlaceOf: old)
    }

    // The first link alone goes on from none.
    private func checkFirst(besides old: UUID?) -> [CustodyBreak] {
        let standing = steps.last {
            $0.breaks.isEmpty && !$0.isWithdrawn && $0.link.statement.alert != old
        }
        guard let name = standing?.link.statement.alert else { return [] }
        let due = "a reference to \(name.urn)"
        return [CustodyBreak(.missing, expected: due, found: "no reference")]
    }

    private static func missing(_ link: UUID) -> CustodyBreak {
        CustodyBreak(.missing, expected: "the link \(link.urn)", found: "no such link")
    }

    private static func withdrawn(_ link: UUID) -> CustodyBreak {
        CustodyBreak(
            .missing,
            expected: "a link that stands",
            found: "\(link.urn), which its author has withdrawn"
        )
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
