import AvisoClient

// What README.md shows, word for word: `ReadmeTests` compares, `ClientTests` runs it.

func publish(_ form: [UInt8], as profile: AvisoProfile) async throws -> PublishedAlert {
    let draft = AlertDraft(
        channel: "chemical-diversion",
        kind: "diversion-incident",
        recipients: ["MX:FGR", "US:DEA"],
        tlp: "AMBER",
        form: form
    )
    // Sealed once: where the connection is lost, the same alert can be published again.
    let sealed = try profile.seal(draft)
    return try await AvisoClient.withConnection(profile: profile) { client in
        try await client.publish(sealed)
    }
}

func receive(_ count: Int, as profile: AvisoProfile) async throws -> [ReceivedAlert] {
    try await AvisoClient.withConnection(profile: profile) { client in
        let alerts = try await client.subscribe(to: "alerts/#", from: .index(0))
        var received: [ReceivedAlert] = []
        // Each is verified and opened; what was taken is acknowledged when the next is asked for.
        while received.count < count, let alert = try await alerts.next() {
            received.append(alert)
        }
        alerts.acknowledge()
        return received
    }
}
