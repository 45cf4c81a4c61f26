import Alerts
import Base

/// What must hold for a link by itself, and between a link and the one before it.
enum CustodyRules {
    /// What needs no other link: signature, content, and who takes part.
    static func checkAlone(_ link: CustodyLink) -> [CustodyBreak] {
        let statement = link.statement
        guard statement.isVerified else {
            return [
                CustodyBreak(
                    .signature,
                    expected: "the signature of \(statement.author)",
                    found: "one that does not hold"
                )
            ]
        }
        switch link.content {
        case .invalid(let reason):
            return [
                CustodyBreak(.signature, expected: "the content that was signed", found: reason)
            ]
        case .unreadable(let reason):
            return [CustodyBreak(.unreadable, expected: "a content to read", found: reason)]
        case .form(let form):
            return checkParties(form, statement)
        }
    }

    private static func checkParties(
        _ form: CustodyForm,
        _ statement: CaseStatement
    ) -> [CustodyBreak] {
        let sides = [form.giver.agency, form.taker.agency]
        let author = statement.author.description
        guard sides.contains(author) else {
            return [
                CustodyBreak(
                    .party,
                    expected: "a statement of \(sides[0]) or \(sides[1])",
                    found: "one of \(author)"
                )
            ]
        }
        let told = Set(statement.header.to.map(\.description)).union([author])
        guard let untold = sides.first(where: { !told.contains($0) }) else { return [] }
        return [
            CustodyBreak(
                .party,
                expected: "\(untold) among those who can read it",
                found: told.sorted().joined(separator: ", ")
            )
        ]
    }

    /// Whether a link names the exact bytes of the one before it, in its header or its form.
    ///
    /// - Parameters:
    ///   - link: the link.
    ///   - before: the link before it.
    ///   - cited: the link that the header cites; another where that one was corrected since.
    /// - Returns: the digest that is wrong or missing.
    static func checkDigest(
        _ link: CustodyLink,
        of before: CustodyLink,
        cited: CustodyLink?
    ) -> [CustodyBreak] {
        let due = Set([before.statement.digest, cited?.statement.digest].compactMap(\.self))
        let named = link.statement.subjects
            .filter { $0.alert == (cited ?? before).statement.alert }.compactMap(\.statement)
        let found = named + [link.form?.previous].compactMap(\.self)
        guard let wrong = found.first(where: { !due.contains($0) }) else {
            guard found.isEmpty else { return [] }
            let expected = "the digest \(before.statement.digest)"
            return [CustodyBreak(.digest, expected: expected, found: "none")]
        }
        return [
            CustodyBreak(
                .digest,
                expected: "\(before.statement.digest)",
                found: "\(wrong)"
            )
        ]
    }

    /// Whether the form of a correction still names the link before the one that it corrects.
    static func checkForm(_ link: CustodyLink, names before: CustodyLink) -> [CustodyBreak] {
        guard let named = link.form?.previous, named != before.statement.digest else { return [] }
        let due = "\(before.statement.digest)"
        return [CustodyBreak(.digest, expected: due, found: "\(named)")]
    }

    /// What must not contradict between two links that could both be opened.
    ///
    /// - Parameters:
    ///   - link: the link.
    ///   - before: the one before it.
    ///   - old: what there was of the item by then, where a link has said it.
    /// - Returns: what contradicts.
    static func check(
        _ link: CustodyLink,
        after before: CustodyLink,
        quantity old: String?
    ) -> [CustodyBreak] {
        guard let form = link.form, let earlier = before.form else { return [] }
        var breaks: [CustodyBreak] = []
        if form.item != earlier.item {
            breaks.append(CustodyBreak(.item, expected: earlier.item, found: form.item))
        }
        if form.giver != earlier.taker {
            breaks.append(
                CustodyBreak(
                    .handOver,
                    expected: earlier.taker.description,
                    found: form.giver.description
                )
            )
        }
        if let problem = checkSeals(form.seals, earlier.seals) { breaks.append(problem) }
        if form.condition == "unchanged", let quantity = form.quantity,
            let old, quantity != old
        {
            breaks.append(CustodyBreak(.quantity, expected: old, found: quantity))
        }
        if form.time < earlier.time {
            breaks.append(
                CustodyBreak(
                    .time,
                    expected: "\(RFC3339.format(earlier.time)) or later",
                    found: RFC3339.format(form.time)
                )
            )
        }
        return breaks
    }

    // A seal that was on the item is found again, intact or broken, or has one put in its place;
    // one that is new is said to replace another; a broken one does not become whole.
    private static func checkSeals(
        _ seals: [CustodyForm.Seal],
        _ earlier: [CustodyForm.Seal]
    ) -> CustodyBreak? {
        let whole = Set(earlier.filter { $0.state != .broken }.map(\.number))
        let old = Set(earlier.map(\.number))
        let found = Set(seals.map(\.number))
        // By its number, since a seal that is listed twice is one.
        let fresh = Set(seals.filter { $0.state == .replaced }.map(\.number)).subtracting(old)
        for seal in seals where seal.state == .intact && !whole.contains(seal.number) {
            return CustodyBreak(
                .seals,
                expected: whole.sorted().joined(separator: ", "),
                found: "\(seal.number), which was not on the item before, or was broken"
            )
        }
        for seal in seals where seal.state == .broken && !old.contains(seal.number) {
            return CustodyBreak(
                .seals,
                expected: old.sorted().joined(separator: ", "),
                found: "\(seal.number), which was not on the item before"
            )
        }
        let gone = whole.subtracting(found)
        guard gone.count > fresh.count else { return nil }
        return CustodyBreak(
            .seals,
            expected: gone.sorted().joined(separator: ", "),
            found: found.isEmpty ? "no seal" : found.sorted().joined(separator: ", ")
        )
    }
}
