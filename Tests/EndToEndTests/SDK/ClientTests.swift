import AvisoClient
import Foundation
import Testing

/// The library in a program of somebody's own, with a broker that runs.
@Suite struct ClientTests {
    private static let form = try? Data(
        contentsOf: URL(fileURLWithPath: TestNetwork.sample("diversion-incident"))
    )

    private let network: TestNetwork

    init() throws {
        network = try TestNetwork()
        try network.start()
    }

    private func profile(_ name: String) throws -> AvisoProfile {
        try AvisoProfile(path: network.path(name))
    }

    @Test func theExampleOfTheReadmePublishesAndReceives() async throws {
        let form = Array(try #require(Self.form))
        let published = try await publish(form, as: try profile("agencies/CO-PONAL"))
        #expect(published.counts == ["MX:FGR": 1, "US:DEA": 1])
        #expect(published.keepingFailure == nil)
        let file = try #require(published.file)
        let receipt = try profile("auditor").verifyReceipt(
            nil,
            statement: Array(try Data(contentsOf: URL(fileURLWithPath: file)))
        )
        #expect(receipt.index == published.index)
        let received = try await receive(1, as: try profile("agencies/MX-FGR"))
        #expect(received.map(\.alert) == [published.alert])
        #expect(received.map(\.author) == ["CO:PONAL"])
        #expect(received.map(\.form) == [form])
    }

    @Test func aSealedAlertIsOneAlertHoweverOftenItIsPublished() async throws {
        let author = try profile("agencies/CO-PONAL")
        let draft = try TestNetwork.draft()
        let sealed = try author.seal(draft)
        let places = try await AvisoClient.withConnection(profile: author) { client in
            var places = [try await client.publish(sealed).index]
            places.append(try await client.publish(sealed).index)
            // A draft is sealed anew each time.
            places.append(try await client.publish(draft).index)
            return places
        }
        #expect(places[0] == places[1])
        #expect(places[2] > places[1])
    }

    @Test func theLogIsReadAndHeldAgainstItsCheckpoint() async throws {
        let form = Array(try #require(Self.form))
        let published = try await publish(form, as: try profile("agencies/CO-PONAL"))
        let auditor = try profile("auditor")
        let (audit, checkpoint, alerts) = try await AvisoClient.withConnection(profile: auditor) {
            client in
            let checkpoint = try await client.checkpoint()
            var audit = LogAudit(profile: auditor)
            var alerts: [LogRecord] = []
            try await client.replay(from: .index(0), upTo: checkpoint.size) { index, entry, _ in
                let record = try audit.check(entry, index: index)
                if record.type == "alert" { alerts.append(record) }
                return true
            }
            return (audit, checkpoint, alerts)
        }
        try audit.conclude(checkpoint)
        #expect(alerts.map(\.index) == [published.index])
        #expect(alerts.first?.counts == published.counts)
        #expect(
            alerts.first?.details.first { $0.name == "alert" }?.value == .text(published.alert)
        )
    }

    @Test func aRefusalNamesItsKindAndClosesTheConnection() async throws {
        // What only auditors may read, asked for by an agency.
        let agency = try profile("agencies/MX-FGR")
        do {
            try await AvisoClient.withConnection(profile: agency) { client in
                try await client.replay(from: .index(0), upTo: nil) { _, _, _ in true }
            }
            Issue.record("an agency read the log")
        } catch let error as AvisoError {
            #expect(error.code == .refused)
            #expect(error.message.contains("for auditors and operators"))
        }
        #expect(network.stop() == 0)
        do {
            _ = try await receive(1, as: agency)
            Issue.record("there is no broker")
        } catch let error as AvisoError {
            #expect(error.code == .cannotConnect)
            #expect(error.isRetryable)
        }
    }

    @Test func aTaskThatIsCancelledWaitsNoLongerForAnAnswer() async throws {
        let agency = try profile("agencies/MX-FGR")
        let client = try await AvisoClient.connect(profile: agency)
        network.signal(SIGSTOP)
        defer { network.signal(SIGCONT) }
        let clock = ContinuousClock()
        let start = clock.now
        let task = Task { _ = try await client.subscribe(to: "alerts/#") }
        task.cancel()
        do {
            try await task.value
            Issue.record("nobody has answered")
        } catch let error as AvisoError {
            #expect(error.code == .cancelled)
        }
        // Both ways of closing at once come to an end.
        async let first: Void = client.close()
        async let second: Void = client.close()
        _ = await (first, second)
        #expect(clock.now - start < .seconds(25), "the time for an answer is 30 s")
    }
}
