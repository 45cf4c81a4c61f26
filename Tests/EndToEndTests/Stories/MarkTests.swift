import Foundation
import Testing

/// What is not meant, and what has lost its meaning, is marked wherever it is shown.
@Suite struct MarkTests {
    private let kind = "new-behaviour"

    private func start() throws -> Teller {
        let network = try TestNetwork()
        try network.start()
        return Teller(network: network, channel: "trafficking-trends")
    }

    private func publish(_ teller: Teller, _ more: String...) throws -> TestNetwork.Outcome {
        try TestNetwork.run(
            TestNetwork.program("aviso").path,
            [
                "--profile", teller.profile("CO:PONAL"), "publish", "--channel", teller.channel,
                "--kind", kind, "--to", "MX:FGR", "--json",
            ] + more + [TestNetwork.sample(kind)]
        )
    }

    @Test(arguments: ["exercise", "test"])
    func aRehearsalIsMarkedInEveryOutputOfTheTool(status: String) throws {
        let teller = try start()
        let published = try publish(teller, "--status", status)
        let alert = try teller.accepted(published)
        #expect(published.objects.first?["status"] as? String == status)
        let mark = "*** \(status == "test" ? "PRUEBA" : "EJERCICIO") ***"
        let receipt = try teller.shown("agencies/CO-PONAL", "verify-receipt", alert, "--lang", "es")
        #expect(receipt.contains("\(mark) \(alert)"))
        let json = try teller.network.aviso("agencies/CO-PONAL", "verify-receipt", alert)
        #expect(json.objects.first?["status"] as? String == status)
        let sealed = try TestNetwork.run(
            TestNetwork.program("aviso").path,
            [
                "--profile", teller.profile("CO:PONAL"), "seal", "--channel", teller.channel,
                "--kind", kind, "--to", "MX:FGR", "--status", status, "--lang", "es", "--out",
                teller.network.path("sealed"), TestNetwork.sample(kind),
            ]
        )
        #expect(sealed.error.contains("\(mark) 1 para alerts/trafficking-trends/new-behaviour"))
        let labels = try teller.shown(
            "agencies/MX-FGR",
            "subscribe",
            "--from",
            "0",
            "--count",
            "1",
            "--include",
            status,
            "--labels",
            "--lang",
            "es"
        )
        // In front and behind, and the labels without the form.
        #expect(labels.components(separatedBy: mark).count == 3)
        #expect(labels.contains("estado: \(status)") && !labels.contains("Visto por primera vez"))
        let table = try teller.network.aviso("auditor", "replay", "--type", "alert", "--csv")
        #expect(table.output.contains(",\(status),"))
        let lines = try teller.network.replay().filter { $0["type"] as? String == "alert" }
        #expect(lines.compactMap { $0["status"] as? String } == [status])
    }

    @Test func labelsStandInFrontOfTheForm() throws {
        let teller = try start()
        _ = try teller.accepted(try publish(teller, "--tlp", "RED", "--pap", "AMBER"))
        let line = try teller.network.received(by: "MX:FGR", count: 1)
        let labels = try #require(line.output.range(of: "\"labels\":"))
        let form = try #require(line.output.range(of: "\"form\":"))
        #expect(labels.upperBound < form.lowerBound)
        let shown = try teller.shown(
            "agencies/MX-FGR",
            "subscribe",
            "--from",
            "0",
            "--count",
            "1",
            "--lang",
            "fr"
        )
        let tlp = try #require(shown.range(of: "TLP:RED"))
        let pap = try #require(shown.range(of: "PAP:AMBER"))
        let field = try #require(shown.range(of: "Vu la première fois: 2026-07-03"))
        #expect(tlp.upperBound < pap.lowerBound && pap.upperBound < field.lowerBound)
        // Lists and parts stand under their labels.
        #expect(shown.contains("Lieux:\r\n      - Pays: EC\r\n        UN/LOCODE: ECGYE"))
    }

    @Test func whatHasExpiredIsMarkedWhereverItIsShown() throws {
        let teller = try start()
        // The first expires soon, but not before a busy machine has published it.
        var seconds = 1
        var soon = try publish(teller, "--expires-after", "\(seconds)")
        while soon.status != 0, soon.error.contains("expired at"), seconds < 60 {
            seconds *= 4
            soon = try publish(teller, "--expires-after", "\(seconds)")
        }
        _ = try teller.accepted(soon)
        _ = try teller.accepted(try publish(teller, "--expires-after", "86400"))
        let end = ContinuousClock.now + .seconds(seconds + 20)
        var stale: [Bool] = []
        while stale != [true, false], ContinuousClock.now < end {
            let entries = try teller.network.replay().filter { $0["type"] as? String == "alert" }
            stale = entries.map { $0["stale"] as? Bool ?? false }
        }
        #expect(stale == [true, false])
        let received = try teller.received("MX:FGR", 2)
        #expect(received.map { $0["stale"] as? Bool ?? false } == [true, false])
        let subscriber = ["agencies/MX-FGR", "subscribe", "--from", "0", "--count", "2"]
        let read = try teller.shown(
            subscriber[0],
            subscriber[1],
            subscriber[2],
            subscriber[3],
            subscriber[4],
            subscriber[5],
            "--lang",
            "pt"
        )
        #expect(read.contains("*** EXPIRADO *** TLP:AMBER"))
        #expect(read.components(separatedBy: "*** EXPIRADO ***").count == 3)
        let log = try teller.shown("auditor", "replay", "--type", "alert", "--lang", "fr")
        #expect(log.components(separatedBy: "*** EXPIRÉE ***").count == 2)
        let table = try teller.network.aviso("auditor", "replay", "--type", "alert", "--csv")
        #expect(table.output.components(separatedBy: "stale=true").count == 2)
    }

    @Test func anExerciseOfAnotherSystemStaysOne() throws {
        let teller = try start()
        let cap = teller.network.path("alert.xml")
        let aviso = TestNetwork.program("aviso").path
        let made = try TestNetwork.run(
            aviso,
            [
                "form", "cap", "--kind", kind, "--from", "CO:PONAL", "--to", "MX:FGR",
                "--status", "exercise", "--tlp", "GREEN", "--out", cap,
                TestNetwork.sample(kind),
            ]
        )
        #expect(made.status == 0, "\(made.error)")
        let read = try TestNetwork.run(aviso, ["form", "from-cap", cap, "--lang", "fr"])
        #expect(read.error.contains("*** EXERCICE *** trafficking-trends/new-behaviour"))
        let actual = try teller.publish(
            "CO:PONAL",
            to: "MX:FGR",
            kind,
            cap,
            "--cap",
            "--status",
            "actual"
        )
        teller.expectWrong(actual, "--status is actual, and \(cap) has exercise: leave it out")
        let published = try teller.publish("CO:PONAL", to: "MX:FGR", kind, cap, "--cap")
        _ = try teller.accepted(published)
        let received = try teller.received("MX:FGR", 1, "--include", "exercise")
        #expect(received.inLabels("status") == ["exercise"])
        #expect(received.inLabels("tlp") == ["TLP:GREEN"])
    }
}
