import Alerts
import Base
import MQTTCodec
import Synchronization

/// Contents of alerts that name the profile's member, delivered again by the broker.
enum ContentReplay {
    private static let silenceSeconds = 30

    /// Reads the alerts at some indexes again.
    ///
    /// - Parameters:
    ///   - indexes: where they stand in the log.
    ///   - filter: a topic filter that all of them match.
    ///   - profile: whose key opens them.
    /// - Returns: each alert that came, opened and verified, or what does not hold of it.
    /// - Throws: ``AvisoError``: cannot connect, or the member may not read there.
    static func alerts(
        at indexes: [UInt64],
        filter: String,
        profile: AvisoProfile
    ) async throws -> [UInt64: Result<ReceivedAlert, AvisoError>] {
        let wanted = Set(indexes)
        guard let first = wanted.min(), let last = wanted.max() else { return [:] }
        var options = AvisoClient.Options()
        options.reconnects = false
        let client = try await AvisoClient.connect(profile: profile, options: options)
        do {
            let found = try await read(wanted, first...last, filter, client, profile)
            await client.close()
            return found
        } catch {
            await client.close()
            throw error
        }
    }

    private static func read(
        _ wanted: Set<UInt64>,
        _ range: ClosedRange<UInt64>,
        _ filter: String,
        _ client: AvisoClient,
        _ profile: AvisoProfile
    ) async throws -> [UInt64: Result<ReceivedAlert, AvisoError>] {
        let stream = try await client.connection.subscribe(
            filter: try client.topicFilter(filter),
            from: ReplayStart.index(range.lowerBound).text
        )
        // What does not come is not waited for without end.
        let hasNews = Atomic<Bool>(true)
        let watch = Task.detached {
            while hasNews.exchange(false, ordering: .relaxed) {
                try await Task.sleep(for: .seconds(silenceSeconds))
            }
            await client.close()
        }
        defer { watch.cancel() }
        var found: [UInt64: Result<ReceivedAlert, AvisoError>] = [:]
        do {
            for try await delivery in stream {
                hasNews.store(true, ordering: .relaxed)
                client.connection.acknowledge(delivery)
                let index = delivery.publish.properties.userProperty("aviso-index")
                    .flatMap { UInt64($0) }
                guard let index, index <= range.upperBound else { break }
                if wanted.contains(index) { found[index] = open(delivery.publish, index, profile) }
                if index == range.upperBound { break }
            }
        } catch let error as AvisoError {
            guard error.code == .closed else { throw error }
        }
        return found
    }

    private static func open(
        _ publish: PublishPacket,
        _ index: UInt64,
        _ profile: AvisoProfile
    ) -> Result<ReceivedAlert, AvisoError> {
        do throws(AvisoError) {
            let count = publish.properties.userProperty("aviso-count").flatMap { UInt64($0) }
            return .success(
                try profile.open(
                    publish.payload,
                    topic: publish.topicName,
                    index: index,
                    count: count ?? 0
                )
            )
        } catch {
            return .failure(error)
        }
    }
}
