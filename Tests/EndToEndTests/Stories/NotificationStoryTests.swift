import Foundation
import Testing

/// A pre-export notification is objected to, amended, let through, and concluded.
@Suite struct NotificationStoryTests {
    private let kind = "pre-export-notification"
    private let time = ["--reply-by", "2099-12-07T00:00:00Z"]

    @Test func aNotificationIsObjectedToAmendedAndLetThrough() throws {
        let network = try TestNetwork()
        try network.start()
        let teller = Teller(network: network, channel: "chemical-diversion")
        let notification = try notified(teller)
        try objected(teller, notification)
        let amendment = try amended(teller, notification)
        try letThrough(teller, notification, amendment)
        try concluded(teller, notification)
        try expectThreads(teller, notification)
    }

    private func publish(
        _ teller: Teller,
        _ author: String,
        _ form: String,
        _ message: String,
        about cited: String
    ) throws -> TestNetwork.Outcome {
        try teller.publish(
            author,
            to: author == "US:DEA" ? "PE:DEVIDA" : "US:DEA",
            kind,
            form,
            "--message",
            message,
            "--reference",
            cited
        )
    }

    // The exporting state gives notice, with the time until which it waits.
    private func notified(_ teller: Teller) throws -> String {
        let form = try teller.sample(kind, ["dispatch": "2099-12-14"])
        teller.expectWrong(
            try teller.publish("US:DEA", to: "PE:DEVIDA", kind, form),
            "reply-by: a pre-export notification needs it in its header."
        )
        teller.expectWrong(
            try teller.publish(
                "US:DEA",
                to: "PE:DEVIDA",
                kind,
                form,
                "--reply-by",
                "2099-12-15T00:00:00Z"
            ),
            "it must not be after the day of dispatch"
        )
        return try teller.accepted(
            try teller.publish(
                "US:DEA",
                to: "PE:DEVIDA",
                kind,
                form,
                "--message",
                "request",
                time[0],
                time[1]
            )
        )
    }

    // The importing state takes note, then objects; an objection has its reason.
    private func objected(_ teller: Teller, _ notification: String) throws {
        let read = try teller.received("PE:DEVIDA", 1)
        #expect(read.inLabels("reply-by") == ["2099-12-07T00:00:00.000Z"])
        #expect(read.inForms("permit") == ["PE-IQBF-2026-00871"])
        _ = try teller.accepted(
            try publish(
                teller,
                "PE:DEVIDA",
                #"{"decision": "acknowledged"}"#,
                "answer",
                about: notification
            )
        )
        teller.expectWrong(
            try publish(
                teller,
                "PE:DEVIDA",
                #"{"decision": "objection"}"#,
                "answer",
                about: notification
            ),
            "reason: it is needed when decision is objection."
        )
        _ = try teller.accepted(
            try publish(
                teller,
                "PE:DEVIDA",
                #"{"decision": "objection", "reason": "The licence covers 4,000 kg."}"#,
                "answer",
                about: notification
            )
        )
        // Nobody answers who was not asked, and nobody answers for another.
        try teller.expectRefused(
            try publish(
                teller,
                "CO:PONAL",
                #"{"decision": "no-objection"}"#,
                "answer",
                about: notification
            ),
            "which CO:PONAL neither wrote nor received"
        )
    }

    // The exporting state amends: the amendment cites what it replaces, and waits again.
    private func amended(_ teller: Teller, _ notification: String) throws -> String {
        let form = try teller.sample(kind, ["dispatch": "2099-12-14", "stage": "amended"])
        teller.expectWrong(
            try teller.publish("US:DEA", to: "PE:DEVIDA", kind, form, time[0], time[1]),
            "references: the header must cite the notification."
        )
        return try teller.accepted(
            try teller.publish(
                "US:DEA",
                to: "PE:DEVIDA",
                kind,
                form,
                "--message",
                "update",
                "--reference",
                notification,
                time[0],
                time[1]
            )
        )
    }

    private func letThrough(
        _ teller: Teller,
        _ notification: String,
        _ amendment: String
    ) throws {
        teller.expectWrong(
            try publish(
                teller,
                "PE:DEVIDA",
                #"{"decision": "more-time"}"#,
                "answer",
                about: amendment
            ),
            "until: it is needed when decision is more-time."
        )
        _ = try teller.accepted(
            try publish(
                teller,
                "PE:DEVIDA",
                #"{"decision": "more-time", "until": "2099-12-10T00:00:00Z"}"#,
                "answer",
                about: amendment
            )
        )
        _ = try teller.accepted(
            try publish(
                teller,
                "PE:DEVIDA",
                #"{"decision": "no-objection", "conditions": "In sealed drums of 50 kg."}"#,
                "answer",
                about: "\(amendment),\(notification)"
            )
        )
    }

    // What became of the export names the notification that it concludes.
    private func concluded(_ teller: Teller, _ notification: String) throws {
        let form = TestNetwork.sample("pre-export-outcome")
        let kind = "pre-export-outcome"
        teller.expectWrong(
            try teller.publish("US:DEA", to: "PE:DEVIDA", kind, form),
            "references: the header must cite the notification."
        )
        _ = try teller.accepted(
            try teller.publish(
                "US:DEA",
                to: "PE:DEVIDA",
                kind,
                form,
                "--reference",
                notification
            )
        )
    }

    // Each side reads the whole thread, and nobody else any of it.
    private func expectThreads(_ teller: Teller, _ notification: String) throws {
        let answers = try teller.received("US:DEA", 4)
        #expect(
            answers.inForms("decision")
                == ["acknowledged", "objection", "more-time", "no-objection"]
        )
        #expect(answers.inForms("reason")[1] == "The licence covers 4,000 kg.")
        let notices = try teller.received("PE:DEVIDA", 3)
        #expect(notices.inLabels("message") == ["request", "update", "alert"])
        #expect(notices.inForms("stage") == ["original", "amended", ""])
        #expect(notices.inForms("outcome")[2] == "exported")
        let cited = notices.map { ($0["labels"] as? [String: Any])?["reference"] as? [String] }
        #expect(cited == [nil, [notification], [notification]])
        let alerts = try teller.network.replay().filter { $0["type"] as? String == "alert" }
        #expect(alerts.count == 7)
        #expect(alerts.allSatisfy { ($0["count"] as? [String: Any])?["CO:PONAL"] == nil })
    }
}
