/// The contents of alerts that name the profile's member, read beside a replay, in order.
public final class AlertContents {
    private static let waitSeconds = 30

    private let client: AvisoClient
    private let alerts: AlertSequence
    private var held: ReceivedAlert?

    /// Begins to read at an entry.
    ///
    /// - Parameters:
    ///   - profile: whose key opens the contents.
    ///   - start: where the replay begins.
    /// - Throws: ``AvisoError``: cannot connect, or the member may read no channel.
    public init(profile: AvisoProfile, from start: ReplayStart) async throws(AvisoError) {
        var options = AvisoClient.Options()
        options.reconnects = false
        let client = try await AvisoClient.connect(profile: profile, options: options)
        do throws(AvisoError) {
            alerts = try await client.subscribe(to: "alerts/#", from: start, including: nil)
        } catch {
            await client.close()
            throw error
        }
        self.client = client
    }

    /// The alert at an index, opened and verified.
    ///
    /// - Parameter index: of an alert that names the member, behind the one asked for before.
    /// - Returns: the alert; nil if it did not come in 30 s, or is not for this member to read.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` for one that does not hold.
    public func alert(at index: UInt64) async throws -> ReceivedAlert? {
        let watch = Self.closeLater(client)
        defer { watch.cancel() }
        while held.map({ $0.index < index }) ?? true {
            do {
                guard let next = try await alerts.next() else { return nil }
                held = next
            } catch let error as AvisoError {
                guard error.code == .closed else { throw error }
                return nil
            }
        }
        return held?.index == index ? held : nil
    }

    // What does not come is not waited for without end.
    private static func closeLater(_ client: AvisoClient) -> Task<Void, any Error> {
        Task.detached {
            try await Task.sleep(for: .seconds(waitSeconds))
            await client.close()
        }
    }

    /// Ends the connection.
    public func close() async { await client.close() }
}
