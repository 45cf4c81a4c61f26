import Alerts
import Base

/// The chain of custody of one item, checked from its first link on.
///
/// The broker opens nothing: it knows that a link cites an earlier statement, and that its digest
/// is true. Whether who gives an item is who took it, only those who can read the links can tell.
package struct CustodyChain: Hashable, Sendable {
    /// A link with what it breaks.
    package struct Step: Hashable, Sendable {
        /// The link.
        package let link: CustodyLink
        /// The rules that it breaks, the gravest first; none for a link that holds.
        package let breaks: [CustodyBreak]
        /// Whether its author has cancelled it, or replaced it by a later one.
        package let isWithdrawn: Bool
    }

    /// The links, in the order of the log.
    package let steps: [Step]

    /// The first link that breaks a rule.
    package var firstBreak: Step? { steps.first { !$0.breaks.isEmpty } }

    /// Who holds the item by the last link that holds.
    package var holder: CustodyForm.Holder? {
        steps.last { $0.breaks.isEmpty && !$0.isWithdrawn }?.link.form?.taker
    }

    /// The chains of an item: one for what is meant, one each for exercises and tests.
    ///
    /// - Parameters:
    ///   - item: the item, by its identifier or the number of one of its seals.
    ///   - links: every custody transfer that the agency knows, its cancels included.
    /// - Returns: the chains; none if no link is about the item.
    package static func chains(of item: String, in links: [CustodyLink]) -> [CustodyChain] {
        Status.allCases.compactMap { status in
            let ordered = links.filter { $0.statement.header.status == status }
                .sorted { $0.statement.index < $1.statement.index }
            let chosen = select(item, ordered)
            return chosen.isEmpty ? nil : CustodyChain(checking: chosen)
        }
    }

    // The links about the item or one of its seals, and all that are tied to them by citations:
    // what cannot be opened, or speaks of another item, is not left out.
    private static func select(_ item: String, _ links: [CustodyLink]) -> [CustodyLink] {
        let named = links.filter { link in
            guard let form = link.form else { return false }
            return form.item == item || form.seals.contains { $0.number == item }
        }
        let items = Set(named.compactMap { $0.form?.item })
        let threads = CaseThread.threads(of: links.map(\.statement))
        var chosen: Set<UUID> = []
        for thread in threads {
            let alerts = Set(thread.statements.map(\.alert))
            let isTied = links.contains { link in
                alerts.contains(link.statement.alert)
                    && link.form.map { items.contains($0.item) } == true
            }
            if isTied { chosen.formUnion(alerts) }
        }
        return links.filter { chosen.contains($0.statement.alert) }
    }

    private init(checking links: [CustodyLink]) {
        var checker = CustodyChecker()
        for link in links {
            switch link.statement.header.message {
            case .alert, .request, .update: checker.take(link)
            case .cancel: checker.withdraw(link)
            case .acknowledgement, .answer, .consentRequest, .consentGrant, .consentRefusal:
                break
            }
        }
        steps = checker.steps
    }
}
