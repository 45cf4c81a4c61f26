import Alerts
import Base

extension AvisoClient {
    private static let silenceSeconds = 10
    // It enters the log after it was sealed, by the clock of an author that may be ahead so far.
    private static let aheadMilliseconds: UInt64 = 600_000

    /// Finds an alert that was addressed to the profile's agency, among those of the log.
    ///
    /// - Parameters:
    ///   - name: its identifier, or its index.
    ///   - profile: the agency's profile, whose key opens it.
    /// - Returns: the alert, opened and verified; nil if none such came within 10 s of silence.
    /// - Throws: ``AvisoError``: cannot connect, or the connection was lost.
    public static func alert(
        named name: LogEntryName,
        profile: AvisoProfile
    ) async throws -> ReceivedAlert? {
        var options = Options()
        options.reconnects = false
        return try await withConnection(profile: profile, options: options) { client in
            try await client.find(name)
        }
    }

    /// Finds an alert as ``alert(named:profile:)``.
    ///
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/refused`` if the agency has no such alert.
    package static func receivedAlert(
        _ name: LogEntryName,
        profile: AvisoProfile
    ) async throws -> ReceivedAlert {
        guard let found = try await alert(named: name, profile: profile) else {
            throw AvisoError(
                .refused,
                "the log has no alert \(name) that is addressed to \(profile.member)"
            )
        }
        return found
    }

    private func find(_ name: LogEntryName) async throws -> ReceivedAlert? {
        let size = try await checkpoint().size
        let start = Self.start(of: name)
        if case .index(let index) = start, index >= size { return nil }
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
                switch name {
                // It is the first that comes, or not there.
                case .index(let index): return alert.index == index ? alert : nil
                case .alert(let identifier): if alert.alert == identifier { return alert }
                }
            } catch let error as AvisoError {
                if error.code == .closed { return nil }
                // Another author's alert that does not hold is not in the way of this one.
                guard error.code == .notVerified else { throw error }
            }
        }
    }

    // The identifier of an alert begins with the time when it was sealed.
    private static func start(of name: LogEntryName) -> ReplayStart {
        switch name {
        case .index(let index): return .index(index)
        case .alert(let text):
            guard let alert = UUID(urn: text), alert.version == 7 else { return .index(0) }
            let milliseconds = alert.high >> 16
            let earliest = milliseconds - min(milliseconds, aheadMilliseconds)
            return .time(RFC3339.format(WallTime(milliseconds: earliest)))
        }
    }
}
