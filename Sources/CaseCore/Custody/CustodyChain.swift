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

    /// The item, as the first link that could be opened has it.
    package var item: String? { steps.lazy.compactMap { $0.link.form?.item }.first }

    /// The chains of an item: one for what is meant, one each for exercises and tests; of a seal,
    /// such of each item that it was put on.
    ///
    /// - Parameters:
    ///   - item: the item, by its identifier or the number of one of its seals.
    ///   - links: every custody transfer that the agency knows, its cancels included.
    /// - Returns: the chains; none if no link is about the item.
    package static func chains(of item: String, in links: [CustodyLink]) -> [CustodyChain] {
        Status.allCases.flatMap { status in
            let ordered = links.filter { $0.statement.header.status == status }
                .sorted { $0.statement.index < $1.statement.index }
            return select(item, ordered).map { CustodyChain(checking: $0) }
        }
    }

    // The links about an item, and all that are tied to them by citations: what cannot be opened,
    // or speaks of another item, is not left out. No link stands in two chains.
    private static func select(_ name: String, _ links: [CustodyLink]) -> [[CustodyLink]] {
        var threads = CaseThread.threads(of: links.map(\.statement)).map { thread in
            Set(thread.statements.map(\.alert))
        }
        var seen: Set<String> = []
        var chains: [[CustodyLink]] = []
        for link in links {
            guard let form = link.form,
                form.item == name || form.seals.contains(where: { $0.number == name }),
                seen.insert(form.item).inserted
            else { continue }
            let about = links.filter { $0.form?.item == form.item }.map(\.statement.alert)
            let tied = threads.filter { !$0.isDisjoint(with: about) }
            threads.removeAll { !$0.isDisjoint(with: about) }
            let chosen = tied.reduce(into: Set<UUID>()) { $0.formUnion($1) }
            if !chosen.isEmpty {
                chains.append(links.filter { chosen.contains($0.statement.alert) })
            }
        }
        return chains
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
