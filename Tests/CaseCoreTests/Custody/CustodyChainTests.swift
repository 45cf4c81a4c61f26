import Alerts
import Base
import CaseCore
import Testing

/// Chains of custody, whole and forged.
@Suite struct CustodyChainTests {
    private static let item = "DIJIN-2026/S14"
    private static let holders = [
        "CO:PONAL", "MX:FGR", "US:DEA", "PE:DEVIDA", "CO:PONAL", "MX:FGR",
    ]

    /// A link as a test wants it.
    private struct Order {
        var author: String?
        var message = MessageType.alert
        var status = Status.actual
        var cited: UInt64?
        var digest: UInt64?
        var recipients = ["CO:PONAL", "MX:FGR", "PE:DEVIDA", "US:DEA"]
        var isVerified = true
        var content: CustodyLink.Content?
        var item = CustodyChainTests.item
        var giver: String?
        var taker: String?
        var minute: UInt64?
        var seals = [CustodyForm.Seal(number: "BAG-1", state: .intact)]
        var condition = "unchanged"
        var quantity: String? = "250 mL"
        var previous: UInt64?
    }

    /// A chain that grows.
    private struct Builder {
        var links: [CustodyLink] = []

        /// Adds a link that goes on from the last, but for what a test changes.
        mutating func add(_ change: (inout Order) -> Void = { _ in }) throws {
            let number = links.count
            var order = Order()
            if number > 0 {
                order.cited = UInt64(number - 1)
                order.digest = order.cited
                order.previous = order.cited
            }
            change(&order)
            let giver = order.giver ?? CustodyChainTests.holders[number]
            let form = CustodyForm(
                item: order.item,
                giver: .init(agency: giver, person: "Officer of \(giver)"),
                taker: Self.holder(order.taker ?? CustodyChainTests.holders[number + 1]),
                time: CaseSample.minute(order.minute ?? UInt64(number)),
                seals: order.seals,
                condition: order.condition,
                quantity: order.quantity,
                previous: order.previous.map { CaseSample.digest($0) }
            )
            let reference = order.cited.map { cited in
                AlertReference(
                    alert: CaseSample.uuid(cited),
                    statement: order.digest.map { CaseSample.digest($0) }
                )
            }
            let statement = CaseStatement(
                index: UInt64(number),
                time: CaseSample.minute(UInt64(number)),
                alert: CaseSample.uuid(UInt64(number)),
                author: try CaseSample.agency(order.author ?? giver),
                header: try AlertHeader(
                    kind: .custodyTransfer,
                    to: order.recipients.map { try CaseSample.agency($0) },
                    tlp: .amber,
                    status: order.status,
                    message: order.message,
                    references: reference.map { [$0] } ?? []
                ),
                issuedAt: CaseSample.minute(UInt64(number)),
                digest: CaseSample.digest(UInt64(number)),
                isVerified: order.isVerified
            )
            links.append(CustodyLink(statement, order.content ?? .form(form)))
        }

        private static func holder(_ agency: String) -> CustodyForm.Holder {
            .init(agency: agency, person: "Officer of \(agency)")
        }

        func chain() throws -> CustodyChain {
            let chains = CustodyChain.chains(of: CustodyChainTests.item, in: links)
            try #require(chains.count == 1)
            return chains[0]
        }
    }

    private func builder(_ count: Int) throws -> Builder {
        var builder = Builder()
        for _ in 0..<count { try builder.add() }
        return builder
    }

    @Test func fiveLinksHold() throws {
        let builder = try builder(5)
        let chain = try builder.chain()
        #expect(chain.steps.count == 5)
        #expect(chain.firstBreak == nil)
        #expect(chain.holder?.agency == "MX:FGR")
        // Found by a seal too, and in any order.
        let bySeal = CustodyChain.chains(of: "BAG-1", in: builder.links.reversed())
        #expect(bySeal == [chain])
        #expect(CustodyChain.chains(of: "S15", in: builder.links).isEmpty)
    }

    @Test(arguments: [
        "signature", "content", "unreadable", "missing", "no reference", "digest", "form digest",
        "no digest", "item", "author", "untold", "hand-over", "person", "new seal", "lost seal",
        "mended seal", "quantity", "time",
    ])
    func eachForgeryIsFoundAtTheFifthLink(name: String) throws {
        var builder = try builder(4)
        let kind = try addForgery(name, &builder)
        let chain = try builder.chain()
        let broken = try #require(chain.firstBreak)
        #expect(broken.link.statement.index == 4)
        #expect(broken.breaks.first?.kind == kind, "\(broken.breaks)")
        #expect(chain.steps.dropLast().allSatisfy { $0.breaks.isEmpty })
        #expect(chain.holder?.agency == "CO:PONAL")
    }

    private func addForgery(
        _ name: String,
        _ builder: inout Builder
    ) throws -> CustodyBreak.Kind {
        typealias Forgery = (CustodyBreak.Kind, (inout Order) -> Void)
        let stranger = CustodyForm.Seal(number: "BAG-9", state: .intact)
        let forgeries: [String: Forgery] = [
            "signature": (.signature, { $0.isVerified = false }),
            "content": (.signature, { $0.content = .invalid("its digest is another") }),
            "unreadable": (.unreadable, { $0.content = .unreadable("not addressed") }),
            "missing": (.missing, { $0.cited = 77 }),
            "no reference": (.missing, { $0.cited = nil }),
            "digest": (.digest, { $0.digest = 2 }),
            "form digest": (.digest, { $0.previous = 2 }),
            "no digest": (.digest, { order in (order.digest, order.previous) = (nil, nil) }),
            "item": (.item, { $0.item = "DIJIN-2026/S15" }),
            "author": (.party, { $0.author = "US:DEA" }),
            "untold": (.party, { $0.recipients = ["CO:PONAL"] }),
            "hand-over": (.handOver, { $0.giver = "US:DEA" }),
            "new seal": (.seals, { $0.seals.append(stranger) }),
            "lost seal": (.seals, { $0.seals = [] }),
            "quantity": (.quantity, { $0.quantity = "200 mL" }),
            "time": (.time, { $0.minute = 1 }),
        ]
        if let (kind, change) = forgeries[name] {
            try builder.add(change)
            return kind
        }
        guard name != "person" else {
            let order = try #require(builder.links.last?.form)
            try builder.add { order in order.content = nil }
            let last = builder.links.removeLast()
            let giver = CustodyForm.Holder(agency: "CO:PONAL", person: "Somebody else")
            let form = CustodyForm(
                item: order.item,
                giver: giver,
                taker: .init(agency: "MX:FGR", person: "Officer of MX:FGR"),
                time: CaseSample.minute(4),
                seals: order.seals,
                previous: CaseSample.digest(3)
            )
            builder.links.append(CustodyLink(last.statement, .form(form)))
            return .handOver
        }
        // A seal that was broken before is found whole.
        builder.links.removeLast()
        try builder.add { $0.seals = [.init(number: "BAG-1", state: .broken)] }
        try builder.add()
        return .seals
    }

    @Test func aSealIsReplacedAndABrokenOneMayGo() throws {
        var builder = try builder(2)
        try builder.add { $0.seals = [.init(number: "BAG-2", state: .replaced)] }
        try builder.add { $0.seals = [.init(number: "BAG-2", state: .broken)] }
        try builder.add { $0.seals = [.init(number: "BAG-3", state: .replaced)] }
        #expect(try builder.chain().firstBreak == nil)
    }

    @Test func aNewSealStandsInThePlaceOfOne() throws {
        // Two seals were on the item; one is found again, and one new seal is listed twice.
        let both = ["BAG-1", "BAG-2"].map { CustodyForm.Seal(number: $0, state: .intact) }
        let new = CustodyForm.Seal(number: "BAG-3", state: .replaced)
        for (seals, holds) in [([new, new], false), ([new, both[1]], true)] {
            var builder = Builder()
            for _ in 0..<2 { try builder.add { $0.seals = both } }
            try builder.add { $0.seals = seals }
            let kinds = try builder.chain().firstBreak?.breaks.map(\.kind)
            #expect(kinds == (holds ? nil : [.seals]))
        }
    }

    @Test func aQuantityThatIsLeftOutIsNotForgotten() throws {
        for (quantity, holds) in [("200 mL", false), ("250 mL", true)] {
            var builder = try builder(2)
            try builder.add { $0.quantity = nil }
            try builder.add { $0.quantity = quantity }
            let kinds = try builder.chain().firstBreak?.breaks.map(\.kind)
            #expect(kinds == (holds ? nil : [.quantity]))
        }
        // Where the item changed and nobody said how much is left, nothing is known.
        var changed = try builder(2)
        try changed.add { order in (order.quantity, order.condition) = (nil, "changed") }
        try changed.add { $0.quantity = "200 mL" }
        #expect(try changed.chain().firstBreak == nil)
    }

    @Test func aQuantityMayChangeWithTheCondition() throws {
        var builder = try builder(2)
        try builder.add { order in (order.quantity, order.condition) = ("240 mL", "changed") }
        #expect(try builder.chain().firstBreak == nil)
    }

    @Test func aForgedLinkIsPassedOverByTheTrueOne() throws {
        var builder = try builder(4)
        try builder.add { order in (order.giver, order.taker) = ("US:DEA", "MX:FGR") }
        try builder.add { order in
            (order.cited, order.digest, order.previous) = (3, 3, 3)
            (order.giver, order.taker) = ("CO:PONAL", "MX:FGR")
        }
        let chain = try builder.chain()
        #expect(chain.steps.map(\.breaks.isEmpty) == [true, true, true, true, false, true])
        #expect(chain.holder?.agency == "MX:FGR")
    }

    @Test func twoLinksBehindOneAreAFork() throws {
        var builder = try builder(4)
        try builder.add { order in
            (order.cited, order.digest, order.previous) = (2, 2, 2)
            (order.giver, order.taker) = ("PE:DEVIDA", "MX:FGR")
        }
        #expect(try builder.chain().firstBreak?.breaks.first?.kind == .fork)
    }

    @Test func anAuthorCorrectsItsLastLinkAlone() throws {
        var builder = try builder(3)
        try builder.add { order in
            order.message = .update
            (order.cited, order.digest, order.previous) = (2, 2, 1)
            (order.giver, order.taker) = ("US:DEA", "CO:PONAL")
        }
        var chain = try builder.chain()
        #expect(chain.firstBreak == nil, "\(String(describing: chain.firstBreak))")
        #expect(chain.steps.map(\.isWithdrawn) == [false, false, true, false])
        #expect(chain.holder?.agency == "CO:PONAL")
        // What others built on is not corrected any more.
        try builder.add { order in
            order.message = .update
            (order.cited, order.digest, order.previous) = (1, 1, 0)
            (order.giver, order.taker) = ("MX:FGR", "PE:DEVIDA")
        }
        chain = try builder.chain()
        #expect(chain.firstBreak?.breaks.contains { $0.kind == .fork } == true)
    }

    /// CO:PONAL to MX:FGR to US:DEA, whose author corrects the second link.
    private func corrected() throws -> Builder {
        var builder = try builder(2)
        try builder.add { order in
            order.message = .update
            (order.cited, order.digest, order.previous) = (1, 1, 0)
            (order.giver, order.taker) = ("MX:FGR", "US:DEA")
        }
        return builder
    }

    @Test func aLinkIsCorrectedOnceAndThenItsCorrectionIs() throws {
        var builder = try corrected()
        // US:DEA goes on from the correction; the first link's author names another taker.
        try builder.add { order in
            (order.cited, order.digest, order.previous) = (2, 2, 2)
            (order.giver, order.taker) = ("US:DEA", "PE:DEVIDA")
        }
        try builder.add { order in
            order.message = .update
            (order.cited, order.digest, order.previous) = (1, 1, 0)
            (order.giver, order.taker) = ("MX:FGR", "CO:PONAL")
        }
        var chain = try builder.chain()
        #expect(chain.firstBreak?.link.statement.index == 4)
        #expect(chain.firstBreak?.breaks.map(\.kind) == [.missing, .fork])
        #expect(chain.holder?.agency == "PE:DEVIDA")

        builder = try corrected()
        try builder.add { order in
            order.message = .update
            (order.cited, order.digest, order.previous) = (2, 2, 0)
            (order.giver, order.taker) = ("MX:FGR", "CO:PONAL")
        }
        chain = try builder.chain()
        #expect(chain.firstBreak == nil)
        #expect(chain.holder?.agency == "CO:PONAL")
    }

    @Test func whatWasCancelledIsNotCorrected() throws {
        var builder = try builder(2)
        try builder.add { order in
            order.message = .cancel
            (order.author, order.cited) = ("MX:FGR", 1)
            order.content = .unreadable("a cancel")
        }
        // Another hand-over comes in its place, and the cancelled one is brought back.
        try builder.add { order in
            (order.cited, order.digest, order.previous) = (0, 0, 0)
            (order.giver, order.taker) = ("MX:FGR", "PE:DEVIDA")
        }
        try builder.add { order in
            order.message = .update
            (order.cited, order.digest, order.previous) = (1, 1, 0)
            (order.giver, order.taker) = ("MX:FGR", "CO:PONAL")
        }
        let chain = try builder.chain()
        #expect(chain.firstBreak?.link.statement.index == 4)
        #expect(chain.holder?.agency == "PE:DEVIDA")
    }

    @Test func theCorrectionOfABrokenLinkTakesNoOthersPlace() throws {
        // A second link behind the first one is a fork, and an update of it is one too.
        var builder = try builder(3)
        for message in [MessageType.alert, .update] {
            try builder.add { order in
                order.message = message
                order.cited = message == .update ? 3 : 0
                (order.digest, order.previous) = (order.cited, 0)
                (order.giver, order.taker) = ("MX:FGR", "CO:PONAL")
            }
        }
        let chain = try builder.chain()
        #expect(chain.steps[3].breaks.map(\.kind) == [.fork])
        #expect(chain.steps[4].breaks.map(\.kind) == [.fork])
        #expect(chain.holder?.agency == "PE:DEVIDA")
        // The same of a first link.
        builder = try self.builder(2)
        for message in [MessageType.alert, .update] {
            try builder.add { order in
                order.message = message
                order.cited = message == .update ? 2 : nil
                (order.digest, order.previous) = (order.cited, nil)
                (order.giver, order.taker) = ("US:DEA", "CO:PONAL")
            }
        }
        let other = CustodyChain.chains(of: Self.item, in: builder.links)
        #expect(other.first?.holder?.agency == "US:DEA")
    }

    @Test func aCorrectionGoesOnFromWhatItsOriginHasBecome() throws {
        // The second link is broken, the first is corrected meanwhile, then the second.
        var builder = try builder(1)
        try builder.add { $0.quantity = "200 mL" }
        try builder.add { order in
            order.message = .update
            (order.cited, order.digest, order.previous) = (0, 0, nil)
            (order.giver, order.taker) = ("CO:PONAL", "MX:FGR")
        }
        try builder.add { order in
            order.message = .update
            (order.cited, order.digest, order.previous) = (1, 1, nil)
            (order.giver, order.taker) = ("MX:FGR", "US:DEA")
        }
        var chain = try builder.chain()
        #expect(chain.steps.map(\.breaks.isEmpty) == [true, false, true, true])
        #expect(chain.holder?.agency == "US:DEA")
        // A second link behind the corrected first one is a fork.
        try builder.add { order in
            (order.cited, order.digest, order.previous) = (2, 2, 2)
            (order.giver, order.taker) = ("MX:FGR", "CO:PONAL")
        }
        chain = try builder.chain()
        #expect(chain.steps[4].breaks.map(\.kind) == [.fork])
        #expect(chain.holder?.agency == "US:DEA")
    }

    @Test func aWithdrawnLinkCarriesNothing() throws {
        var builder = try builder(3)
        try builder.add { order in
            order.message = .cancel
            (order.author, order.cited) = ("US:DEA", 2)
            order.content = .unreadable("a cancel")
        }
        #expect(try builder.chain().holder?.agency == "US:DEA")
        try builder.add { order in (order.cited, order.digest) = (2, 2) }
        #expect(try builder.chain().firstBreak?.breaks.first?.kind == .missing)
    }

    @Test func aLinkThatOthersBuiltOnIsNotWithdrawn() throws {
        var builder = try builder(4)
        try builder.add { order in
            order.message = .cancel
            (order.author, order.cited, order.digest) = ("MX:FGR", 1, nil)
            order.content = .unreadable("a cancel")
        }
        let broken = try builder.chain().firstBreak
        #expect(broken?.link.statement.index == 1)
        #expect(broken?.breaks.map(\.kind) == [.missing])
    }

    @Test func nothingHoldsBehindAForgedLink() throws {
        var builder = try builder(3)
        try builder.add { $0.giver = "CO:PONAL" }
        try builder.add { order in (order.giver, order.taker) = ("CO:PONAL", "MX:FGR") }
        let chain = try builder.chain()
        #expect(chain.firstBreak?.link.statement.index == 3)
        #expect(chain.steps[4].breaks.first?.kind == .behind)
        #expect(chain.holder?.agency == "PE:DEVIDA")
    }

    @Test func aSealOnTwoItemsLeadsToBothChains() throws {
        var builder = try builder(2)
        try builder.add { order in
            (order.item, order.cited, order.previous) = ("another", nil, nil)
        }
        let chains = CustodyChain.chains(of: "BAG-1", in: builder.links)
        #expect(chains.map(\.item) == [Self.item, "another"])
        #expect(chains.map(\.steps.count) == [2, 1])
        #expect(chains.allSatisfy { $0.firstBreak == nil })
    }

    @Test func exercisesHaveAChainOfTheirOwn() throws {
        var builder = try builder(2)
        try builder.add { order in
            (order.status, order.cited, order.previous) = (.exercise, nil, nil)
        }
        let chains = CustodyChain.chains(of: Self.item, in: builder.links)
        #expect(chains.map(\.steps.count) == [2, 1])
        #expect(chains.allSatisfy { $0.firstBreak == nil })
    }

    @Test func theFormIsReadAsItsSchemaHasIt() throws {
        let text = """
            {"item": "S14", "from": {"agency": "CO:PONAL", "person": "a"},
             "to": {"agency": "US:DEA", "person": "b"}, "at": "2026-11-22T15:05:00Z",
             "seals": [{"number": "1", "state": "replaced"}], "condition": "damaged",
             "quantity": {"value": 250, "unit": "mL"},
             "previous": "\(String(repeating: "00", count: 32))"}
            """
        let form = try #require(CustodyForm(JSONValue(parsing: Array(text.utf8)[...])))
        #expect(form.giver == .init(agency: "CO:PONAL", person: "a"))
        #expect(form.quantity == "250 mL")
        #expect(form.previous == .zero)
        #expect(form.seals == [.init(number: "1", state: .replaced)])
        for (good, bad) in [("replaced", "melted"), ("\"item\"", "\"thing\""), ("22T", "22X")] {
            let wrong = try JSONValue(parsing: Array(text.replacing(good, with: bad).utf8)[...])
            #expect(CustodyForm(wrong) == nil)
        }
    }
}
