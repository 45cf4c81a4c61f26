package import Alerts
package import Base

/// What a custody transfer says, as far as the chain is checked.
package struct CustodyForm: Hashable, Sendable {
    /// Who holds the item.
    package struct Holder: Hashable, Sendable, CustomStringConvertible {
        /// The agency.
        package let agency: String
        /// The person there.
        package let person: String

        /// Names a holder.
        package init(agency: String, person: String) {
            self.agency = agency
            self.person = person
        }

        /// Agency and person.
        package var description: String { "\(agency), \(person)" }
    }

    /// A seal on the item.
    package struct Seal: Hashable, Sendable {
        /// How it was found.
        package enum State: String, Hashable, Sendable {
            /// It is the one of before, and whole.
            case intact
            /// It is the one of before, and broken.
            case broken
            /// It was put on at this hand-over, in the place of another.
            case replaced
        }

        /// Its number.
        package let number: String
        /// How it was found.
        package let state: State

        /// Makes a seal.
        package init(number: String, state: State) {
            self.number = number
            self.state = state
        }
    }

    /// The item.
    package let item: String
    /// Who gives it.
    package let giver: Holder
    /// Who takes it.
    package let taker: Holder
    /// When.
    package let time: WallTime
    /// The seals.
    package let seals: [Seal]
    /// `unchanged`, `changed` or `damaged`.
    package let condition: String
    /// How much of it there is, as number and unit.
    package let quantity: String?
    /// The digest of the statement before it in the chain.
    package let previous: Digest?

    /// Makes a form of its parts.
    package init(
        item: String,
        giver: Holder,
        taker: Holder,
        time: WallTime,
        seals: [Seal],
        condition: String = "unchanged",
        quantity: String? = nil,
        previous: Digest? = nil
    ) {
        self.item = item
        self.giver = giver
        self.taker = taker
        self.time = time
        self.seals = seals
        self.condition = condition
        self.quantity = quantity
        self.previous = previous
    }

    /// Reads a form that its rules hold for; nil for any other.
    ///
    /// - Parameter form: the form.
    package init?(_ form: JSONValue) {
        guard let form = form.objectValue, let item = form["item"]?.stringValue,
            let giver = Self.holder(form["from"]), let taker = Self.holder(form["to"]),
            let time = form["at"]?.stringValue.flatMap({ RFC3339.parse($0) }),
            let condition = form["condition"]?.stringValue,
            let seals = form["seals"]?.arrayValue
        else { return nil }
        let quantity = form["quantity"]?.objectValue.map { quantity in
            "\(quantity["value"]?.text ?? "") \(quantity["unit"]?.stringValue ?? "")"
        }
        self.init(
            item: item,
            giver: giver,
            taker: taker,
            time: time,
            seals: seals.compactMap { Self.seal($0) },
            condition: condition,
            quantity: quantity,
            previous: form["previous"]?.stringValue.flatMap { Hex.decode($0) }
                .flatMap { Digest($0) }
        )
        guard self.seals.count == seals.count else { return nil }
    }

    private static func holder(_ value: JSONValue?) -> Holder? {
        guard let value = value?.objectValue, let agency = value["agency"]?.stringValue,
            let person = value["person"]?.stringValue
        else { return nil }
        return Holder(agency: agency, person: person)
    }

    private static func seal(_ value: JSONValue) -> Seal? {
        guard let value = value.objectValue, let number = value["number"]?.stringValue,
            let state = value["state"]?.stringValue.flatMap(Seal.State.init)
        else { return nil }
        return Seal(number: number, state: state)
    }
}
