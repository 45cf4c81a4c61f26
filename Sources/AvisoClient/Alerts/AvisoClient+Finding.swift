import Alerts
import Base

extension AvisoClient {
    private static let silenceSeconds = 10
    // It enters the log after it was sealed, by the clock of an author that may be ahead so far.
    private static let aheadMilliseconds: UInt64 = 300_000

    /// Finds an alert that was addressed to the profile's agency, among those of the log.
    ///
    /// - Parameters:
    ///   - name: its identifier, `urn:uuid:…`, or its index.
    ///   - profile: the agency's profile.
    /// - Returns: the alert, opened and verified.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/invalidInput`` if the agency has no such
    ///   alert, or if it is no name of one.
    public static func receivedAlert(
        _ name: String,
        profile: AvisoProfile
    ) async throws -> ReceivedAlert {
        let start = try start(of: name)
        var options = Options()
        options.reconnects = false
        let client = try await connect(profile: profile, options: options)
        let result: Result<ReceivedAlert?, any Error>
        do {
            result = .success(try await client.find(name, from: start))
        } catch {
            result = .failure(error)
        }
        await client.close()
        guard let found = try result.get() else {
            throw AvisoError(
                .invalidInput,
                "the log has no alert \(name) that is addressed to \(profile.member)"
            )
        }
        return found
    }

    private func find(_ name: String, from start: ReplayStart) async throws -> ReceivedAlert? {
        let size = try await checkpoint().size
        let alerts = try await subscribe(to: "alerts/#", from: start, including: nil)
        while true {
            // Behind the last of its alerts the subscription waits for those to come.
            let watch = Task.detached {
                try await Task.sleep(for: .seconds(Self.silenceSeconds))
                await self.close()
            }
            defer { watch.cancel() }
            do {
                guard let alert = try await alerts.next(), alert.index < size else { return nil }
                if alert.alert == name || String(alert.index) == name { return alert }
                if case .index = start { return nil }
            } catch let error as AvisoError {
                if error.code == .closed { return nil }
                // Another author's alert that does not hold is not in the way of this one.
                guard error.code == .notVerified else { throw error }
            }
        }
    }

    // The identifier of an alert begins with the time when it was sealed.
    private static func start(of name: String) throws(AvisoError) -> ReplayStart {
        if let index = UInt64(name) { return .index(index) }
        guard let alert = UUID(urn: name), alert.version == 7 else {
            throw AvisoError(.invalidInput, "\(name) is no index and no urn:uuid:...")
        }
        let milliseconds = alert.high >> 16
        let earliest = milliseconds - min(milliseconds, aheadMilliseconds)
        return .time(RFC3339.format(WallTime(milliseconds: earliest)))
    }
}
