import AvisoClient
import EventLoop
import Foundation
import TLSEngine

/// One publisher with 64 alerts in flight against a running avisod, from TLS to fdatasync.
///
/// Expected: one Ed25519 verification, two SHA-256 of 1 KiB, TLS in and out, and the share of a
/// batch in one write, one fdatasync and two signatures. The reference, one verification by
/// libsodium, is measured on the publisher's thread while it publishes, so that both have the same
/// neighbours on the processor.
enum PublishCost {
    static let inFlightCount = 64
    private static let roundCount = 5
    private static let alertsPerRound = 4_000
    private static let warmUpCount = 2_000
    private static let formByteCount = 1024

    static func measure() throws -> [Measurement] {
        let network = try BenchNetwork()
        let alertCount = warmUpCount + roundCount * alertsPerRound
        let payloads = try payloads(network, count: alertCount)
        let broker = try BrokerProcess(network)
        let context = try network.clientContext()
        let port = broker.port
        let warmUp = Round(alertCount: warmUpCount)
        let rounds = (0..<roundCount).map { _ in Round(alertCount: alertsPerRound) }
        let publisher = try LoopThread.start(name: "publisher") { loop in
            Publisher(loop, port: port, context, payloads, [warmUp] + rounds)
        }
        defer {
            publisher.stop()
            publisher.join()
        }
        _ = try warmUp.completion.wait()
        let measured = try rounds.map { round in
            let start = broker.processorNanoseconds
            publisher.execute { $0.beginRound() }
            let verification = try round.completion.wait()
            let spent = Double(broker.processorNanoseconds - start) / Double(round.alertCount)
            return ComparedCosts.Round(ours: spent, reference: verification)
        }
        let costs = ComparedCosts(measured)
        let byteCount = Double(payloads.alerts.map(\.count).reduce(0, +) / payloads.alerts.count)
        return [
            Measurement(what: "payload of an alert", value: byteCount, unit: "bytes"),
            Measurement(
                what: "processor time of avisod per accepted alert, \(inFlightCount) in flight",
                value: costs.median.ours / 1000,
                unit: "us"
            ),
            Measurement(
                what: "one libsodium verification",
                value: costs.median.reference / 1000,
                unit: "us"
            ),
        ] + costs.ratios("accepted alert in verifications (at most 2)", unit: "")
    }

    /// Alerts that are published one behind the other, and what tells that they are.
    struct Round: Sendable {
        let alertCount: Int
        let completion = Completion()
    }

    /// Alerts that are ready to be published, all on one topic.
    struct Payloads: Sendable {
        let topic: String
        let alerts: [[UInt8]]
    }

    private static func payloads(
        _ network: borrowing BenchNetwork,
        count: Int
    ) throws -> Payloads {
        let profile = try AvisoProfile(
            path: network.folder.appendingPathComponent("agencies/CO-PONAL").path
        )
        let draft = AlertDraft(
            channel: "trafficking-trends",
            kind: "best-practice",
            recipients: ["MX:FGR"],
            tlp: "AMBER",
            form: try form()
        )
        let alerts = try (0..<count).map { _ in try profile.seal(draft) }
        return Payloads(topic: alerts.first?.topic ?? "", alerts: alerts.map(\.payload))
    }

    // A form of the wanted length, made from the sample of its kind.
    private static func form() throws -> [UInt8] {
        let sample = try Data(contentsOf: URL(fileURLWithPath: "Config/samples/best-practice.json"))
        guard var fields = try JSONSerialization.jsonObject(with: sample) as? [String: Any] else {
            throw BenchNetwork.Failure(description: "the sample is no JSON object")
        }
        let bare = try JSONSerialization.data(withJSONObject: fields).count
        fields["practice"] =
            (fields["practice"] as? String ?? "")
            + String(repeating: ".", count: max(0, formByteCount - bare))
        return Array(try JSONSerialization.data(withJSONObject: fields))
    }
}
