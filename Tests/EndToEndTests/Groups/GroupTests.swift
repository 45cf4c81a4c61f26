import Foundation
import MQTTCodec
import Testing

/// A closed group that loses a member, as its agencies live through it.
@Suite struct GroupTests {
    private let all = ["CO:PONAL", "MX:FGR", "US:DEA"]

    private func makeNetwork() throws -> TestNetwork {
        let network = try TestNetwork()
        try network.start()
        return network
    }

    /// A network whose CO:PONAL owns the closed group of MX:FGR, US:DEA and itself.
    private func makeGroup() throws -> TestNetwork {
        let network = try makeNetwork()
        let group = try network.grouped(
            "CO-PONAL",
            "define",
            "andean",
            "--members",
            "US:DEA,MX:FGR",
            "--title",
            "Andean precursors"
        )
        #expect(group["owner"] as? String == "CO:PONAL")
        #expect(group["form"] as? String == "closed")
        #expect(group["version"] as? Int == 1)
        #expect(group["members"] as? [String] == all)
        #expect(group["verified"] as? Bool == true)
        #expect((group["receipt"] as? String)?.isEmpty == false)
        return network
    }

    /// For an agency outside a group is as if it did not exist, to the byte.
    private func expectNothing(_ network: TestNetwork, of group: String, for agency: String) throws
    {
        let shown = try network.group(agency, "show", group)
        let unknown = try network.group(agency, "show", "nowhere")
        #expect(shown.status == 1)
        #expect(shown.error == unknown.error.replacing("nowhere", with: group))
        #expect(try network.group(agency, "list").objects.isEmpty)
        let member = "agencies/\(agency)"
        let answers = try [group, "nowhere"].map { name in
            try network.request("/groups/\(name)", as: member)
        }
        #expect(answers.map(\.status) == [404, 404])
        #expect(answers[0].body == answers[1].body)
        let fields = answers.map { answer in
            answer.header.split(separator: "\r\n").filter { !$0.hasPrefix("Date:") }
        }
        #expect(fields[0] == fields[1])
        let refused = try network.publish(agency, group: group)
        #expect(refused.status == 1)
        #expect(refused.error.contains("there is no group \(group)"))
    }

    @Test func onlyItsMembersSeeAGroupAndGetItsAlerts() throws {
        let network = try makeGroup()
        for (author, recipients) in [
            ("CO-PONAL", ["MX:FGR", "US:DEA"]), ("US-DEA", ["CO:PONAL", "MX:FGR"]),
        ] {
            let published = try network.publish(author, group: "andean")
            #expect(published.status == 0, "\(published.error)")
            #expect(published.recipients == recipients)
        }
        for agency in ["CO-PONAL", "MX-FGR", "US-DEA"] {
            let group = try network.grouped(agency, "show", "andean")
            #expect(group["members"] as? [String] == all)
            #expect(group["title"] as? String == "Andean precursors")
            #expect(group["verified"] as? Bool == true)
            let listed = try network.group(agency, "list").objects
            #expect(listed.map { $0["group"] as? String } == ["andean"])
        }
        try expectNothing(network, of: "andean", for: "PE-DEVIDA")
        for reader in ["auditor", "operator"] {
            let shown = try network.aviso(reader, "group", "show", "andean", "--json")
            #expect(shown.objects.first?["members"] as? [String] == all, "\(shown.error)")
        }
        let received = try network.received(by: "MX:FGR", count: 2)
        let labels = received.objects.compactMap { $0["labels"] as? [String: Any] }
        #expect(labels.map { $0["group"] as? [String] } == [["andean"], ["andean"]])
        let none = try network.aviso("agencies/PE-DEVIDA", "prove-complete", "--json")
        #expect(none.objects.first?["count"] as? Int == 0, "\(none.output)")
    }

    @Test func aClosedGroupLosesAMember() throws {
        let network = try makeGroup()
        #expect(
            try network.publish("CO-PONAL", group: "andean").recipients == ["MX:FGR", "US:DEA"]
        )
        let late = network.path("late.cbor")
        let sealed = try TestNetwork.run(
            TestNetwork.program("aviso").path,
            ["--profile", network.path("agencies/CO-PONAL")]
                + TestNetwork.incident("seal", "andean")
                + ["--out", late, TestNetwork.sample("diversion-incident")]
        )
        #expect(sealed.status == 0, "\(sealed.error)")

        let smaller = try network.grouped("CO-PONAL", "remove", "andean", "US:DEA")
        #expect(smaller["version"] as? Int == 2)
        #expect(smaller["members"] as? [String] == ["CO:PONAL", "MX:FGR"])
        let text =
            "`to` names US:DEA, which is no member of the closed group andean: if the membership "
            + "has changed, seal the alert anew; else leave US:DEA out or name no group"
        try expectRefusal(of: late, text, in: network)
        #expect(try network.publish("CO-PONAL", group: "andean").recipients == ["MX:FGR"])
        #expect(try network.publish("MX-FGR", group: "andean").recipients == ["CO:PONAL"])
        try expectNothing(network, of: "andean", for: "US-DEA")
        #expect(try network.grouped("MX-FGR", "show", "andean")["version"] as? Int == 2)
        // What it got while it was a member is all that it has.
        let complete = try network.aviso("agencies/US-DEA", "prove-complete", "--json")
        #expect(complete.objects.first?["count"] as? Int == 1, "\(complete.output)")

        for signal in [SIGKILL, SIGTERM] {
            network.stop(signal)
            try network.start()
            let group = try network.grouped("MX-FGR", "show", "andean")
            #expect(group["members"] as? [String] == ["CO:PONAL", "MX:FGR"])
            #expect(try network.group("US-DEA", "show", "andean").status == 1)
            #expect(try network.publish("CO-PONAL", group: "andean").recipients == ["MX:FGR"])
        }
        let entries = try network.groupEntries()
        #expect(entries.map { $0["act"] as? String } == ["define", "define"])
        #expect(entries.map { $0["version"] as? Int } == [1, 2])
        #expect(entries.map { $0["members"] as? [String] }.last == ["CO:PONAL", "MX:FGR"])
        let audit = try network.audit()
        #expect(audit.status == 0, "\(audit.output)")
    }

    /// Publishes a sealed file, and expects its refusal with the sentence, in the log too.
    private func expectRefusal(
        of file: String,
        _ text: String,
        in network: TestNetwork
    ) throws {
        let payload = Array(try #require(FileManager.default.contents(atPath: file)))
        let client = try RawClient(network, "agencies/CO-PONAL")
        try client.connect()
        let pubAck = try client.publish(payload, on: Forger.topic())
        #expect(pubAck.reasonCode == .payloadFormatInvalid)
        #expect(pubAck.properties.reasonString == text)
        #expect(try network.refusals().map(\.text) == [text])
    }

    @Test func whatItsOwnerDissolvesIsGone() throws {
        let network = try makeGroup()
        let dissolved = try network.grouped("CO-PONAL", "dissolve", "andean")
        #expect(dissolved["dissolved"] as? Bool == true)
        #expect(dissolved["version"] as? Int == 2)
        try expectNothing(network, of: "andean", for: "MX-FGR")
        let gone = try network.publish("CO-PONAL", group: "andean")
        #expect(gone.status == 1)
        #expect(gone.error.contains("group andean was dissolved"))
        // Nobody else takes the name over; who gave it up may.
        let taken = try network.group("MX-FGR", "define", "andean", "--members", "CO:PONAL")
        #expect(taken.status == 1)
        #expect(taken.error.contains("the name andean is another agency's"), "\(taken.error)")
        #expect(!taken.error.contains("CO:PONAL"))
        let again = try network.grouped("CO-PONAL", "define", "andean", "--members", "PE:DEVIDA")
        #expect(again["version"] as? Int == 3)
        #expect(try network.publish("CO-PONAL", group: "andean").recipients == ["PE:DEVIDA"])
        let audit = try network.audit()
        #expect(audit.status == 0, "\(audit.output)")
    }

    @Test func aListIsWrittenToByItsOwnerAndItsMembers() throws {
        let network = try makeNetwork()
        let members = "MX:FGR,US:DEA"
        let list = try network.grouped(
            "CO-PONAL",
            "define",
            "desks",
            "--list",
            "--members",
            members
        )
        #expect(list["members"] as? [String] == ["MX:FGR", "US:DEA"])
        let beside = try network.publish("CO-PONAL", group: "desks", "--to", "PE:DEVIDA")
        #expect(beside.recipients == ["MX:FGR", "PE:DEVIDA", "US:DEA"], "\(beside.error)")
        #expect(try network.publish("MX-FGR", group: "desks").recipients == ["US:DEA"])
        try expectNothing(network, of: "desks", for: "PE-DEVIDA")
        let changed = try network.group("MX-FGR", "add", "desks", "PE:DEVIDA")
        #expect(changed.status == 1)
        #expect(changed.error.contains("group desks is CO:PONAL's: its owner alone"))
    }

    @Test func afterItsEndAGroupIsOver() throws {
        let network = try makeGroup()
        // On a busy machine the end can pass before the statement comes: it is refused then.
        var ending = TestNetwork.Outcome(status: 1, output: "", error: "")
        for seconds in [5, 15, 60] where ending.status != 0 {
            ending = try network.group(
                "CO-PONAL",
                "define",
                "andean",
                "--members",
                "MX:FGR",
                "--until",
                Date(timeIntervalSinceNow: Double(seconds)).formatted(.iso8601)
            )
        }
        #expect(ending.status == 0, "\(ending.error)")
        var over: [String: Any] = [:]
        for _ in 0..<400 where over["over"] == nil {
            over = try network.grouped("MX-FGR", "show", "andean")
        }
        #expect(over["over"] as? Bool == true)
        let late = try network.publish("CO-PONAL", group: "andean")
        #expect(late.status == 1)
        #expect(late.error.contains("group andean ended at"), "\(late.error)")
        // Its owner gives it a later end.
        try network.grouped("CO-PONAL", "define", "andean", "--members", "MX:FGR")
        #expect(try network.publish("CO-PONAL", group: "andean").recipients == ["MX:FGR"])
    }

    @Test func theAuditorReplaysWhoWasInAGroup() throws {
        let network = try makeGroup()
        #expect(try network.publish("CO-PONAL", group: "andean").status == 0)
        try network.grouped("CO-PONAL", "remove", "andean", "US:DEA")
        for (agency, versions) in [("US:DEA", [1]), ("CO:PONAL", [1, 2]), ("PE:DEVIDA", [])] {
            let replayed = try network.aviso(
                "auditor",
                "replay",
                "--type",
                "group",
                "--agency",
                agency,
                "--json"
            )
            #expect(replayed.objects.map { $0["version"] as? Int } == versions, "\(agency)")
        }
        let alerts = try network.replay().filter { $0["type"] as? String == "alert" }
        #expect(alerts.map { $0["group"] as? [String] } == [["andean"]])
    }

    @Test func aWrongUseIsNamed() throws {
        let network = try makeNetwork()
        for words in [
            ["define", "andean"], ["define", "--members", "MX:FGR"], ["add", "andean"], ["show"],
            ["list", "andean"], ["rename", "andean"], ["dissolve", "andean", "MX:FGR"],
            ["add", "andean", "MX:FGR", "--list"],
            ["define", "andean", "--members", "MX:FGR", "--list", "--closed"],
            ["define", "andean", "--members", "mexico"], ["define", "a b", "--members", "MX:FGR"],
            ["define", "andean", "--members", "MX:FGR", "--until", "tomorrow"],
        ] {
            let outcome = try TestNetwork.run(
                TestNetwork.program("aviso").path,
                ["--profile", network.path("agencies/CO-PONAL"), "group"] + words
            )
            #expect(outcome.status == 2, "\(words): \(outcome.error)")
            #expect(outcome.error.hasPrefix("aviso: "), "\(words): \(outcome.error)")
        }
        #expect(try network.groupEntries().isEmpty)
    }

    @Test func aJointOperationSaysWhatItsGroupSays() throws {
        let network = try makeGroup()
        let operation = [
            "--profile", network.path("agencies/CO-PONAL"), "publish", "--channel", "intelligence",
            "--kind", "joint-operation", "--group", "andean", "--json",
            TestNetwork.sample("joint-operation"),
        ]
        let program = TestNetwork.program("aviso").path
        let wrong = try TestNetwork.run(program, operation + ["--lang", "es"])
        #expect(wrong.status == 2)
        #expect(
            wrong.error.contains("deben ser los del grupo andean: CO:PONAL, MX:FGR, US:DEA"),
            "\(wrong.error)"
        )
        #expect(wrong.error.contains("el grupo andean no tiene fin"))
        try network.grouped(
            "CO-PONAL",
            "define",
            "andean",
            "--members",
            "MX:FGR,US:DEA,PE:DEVIDA",
            "--until",
            "2099-02-28T00:00:00Z"
        )
        let right = try TestNetwork.run(program, operation)
        #expect(right.recipients == ["MX:FGR", "PE:DEVIDA", "US:DEA"], "\(right.error)")
    }
}
