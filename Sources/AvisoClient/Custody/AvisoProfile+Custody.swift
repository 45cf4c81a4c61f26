import Alerts
import Base
import CaseCore

extension AvisoProfile {
    /// Verifies the chain of custody of an item.
    ///
    /// Signatures, digests and places in the log of all its links are verified, and what one says
    /// is held against what the one before it says. Links that this agency cannot read are breaks:
    /// nothing of them is known.
    ///
    /// - Parameter item: the item's identifier, or the number of a seal on it.
    /// - Returns: the chain; a broken rule is no error here.
    /// - Throws: ``AvisoError``: no answer, ``AvisoError/Code/refused`` if no transfer is about it.
    public func custody(of item: String) async throws -> CustodyReport {
        let server = try LogServer(profile: self)
        let collection = try StatementCollection(server, self) {
            $0.header.kind == .custodyTransfer
        }
        let transfers = collection.statements.filter { $0.header.kind == .custodyTransfer }
        let handOvers = transfers.filter { $0.isHandOver }
        let readable = handOvers.filter {
            $0.header.to.contains(identity.agency) && !collection.erased.contains($0.alert)
        }
        let alerts = try await ContentReplay.alerts(
            at: readable.map(\.index),
            filter: AlertTopic(kind: .custodyTransfer).name,
            profile: self
        )
        let links = transfers.map { statement in
            CustodyLink(
                statement,
                content(of: statement, alerts[statement.index], collection.erased)
            )
        }
        let chains = try chains(of: item, links)
        try collection.prove(
            chains.flatMap { $0.steps.map(\.link.statement) },
            EntryInclusion(server, self)
        )
        return CustodyReport(item: item, chains: chains.map { CustodyReport.Chain($0) })
    }

    /// The chains of an item, of which there is one at least.
    func chains(
        of item: String,
        _ links: [CustodyLink]
    ) throws(AvisoError) -> [CustodyChain] {
        let chains = CustodyChain.chains(of: item, in: links)
        guard !chains.isEmpty else {
            throw AvisoError(
                .refused,
                "no custody transfer that \(member) can read is about item or seal \(item)"
            )
        }
        return chains
    }

    private func content(
        of statement: CaseStatement,
        _ alert: Result<ReceivedAlert, AvisoError>?,
        _ erased: Set<Base.UUID>
    ) -> CustodyLink.Content {
        guard !erased.contains(statement.alert) else {
            return .unreadable("the content was erased by order of the operator")
        }
        guard statement.header.to.contains(identity.agency) else {
            return .unreadable("the content is not addressed to \(member)")
        }
        switch alert {
        case nil:
            return .unreadable("the broker did not deliver the content")
        case .failure(let error)?:
            return .invalid(error.message)
        case .success(let alert)?:
            guard alert.alert == statement.alert.urn else {
                return .invalid("the broker delivers \(alert.alert) in its place")
            }
            guard !alert.isRedacted else {
                return .unreadable("the broker shows no content, and no order to erase it")
            }
            return form(alert.form, statement.header)
        }
    }

    /// The form of a transfer, checked again as its author checked it.
    func form(_ bytes: [UInt8], _ header: AlertHeader) -> CustodyLink.Content {
        do throws(AlertForm.Failure) {
            let form = try AlertForm.read(bytes[...], header: header, reference: reference)
            return CustodyForm(form).map { .form($0) }
                ?? .invalid("the form is no custody transfer")
        } catch {
            return .invalid(error.messages.joined(separator: "; "))
        }
    }
}

extension CaseStatement {
    // What carries the form of a transfer, rather than a word about one.
    fileprivate var isHandOver: Bool { [.alert, .request, .update].contains(header.message) }
}

extension CustodyReport.Chain {
    init(_ chain: CustodyChain) {
        status = chain.steps.first?.link.statement.header.status.rawValue ?? ""
        item = chain.item
        links = chain.steps.map { CustodyReport.Link($0) }
        holder = chain.holder?.description
    }
}

extension CustodyReport.Link {
    fileprivate init(_ step: CustodyChain.Step) {
        let statement = step.link.statement
        let form = step.link.form
        index = statement.index
        alert = statement.alert.urn
        author = statement.author.description
        logged = RFC3339.format(statement.time)
        digest = statement.digest.description
        item = form?.item
        giver = form?.giver.description
        taker = form?.taker.description
        time = form.map { RFC3339.format($0.time) }
        seals = (form?.seals ?? []).map {
            ReceivedAlert.Label(name: $0.number, value: $0.state.rawValue)
        }
        condition = form?.condition
        isWithdrawn = step.isWithdrawn
        breaks = step.breaks.map {
            CustodyReport.Finding(
                kind: $0.kind.rawValue,
                expected: $0.expected,
                found: $0.found
            )
        }
    }
}
