import Foundation
import Testing

/// A disk that fails under the running broker: nothing that was acknowledged is lost, nothing more
/// is accepted, and everybody is told.
@Suite struct DiskFaultTests {
    private static let reader = "agencies/MX-FGR"

    @Test(
        arguments: [
            // EIO of the sync, after which the kernel may have dropped the pages; a full disk.
            ("fdatasync 5", "Input/output error"), ("pwrite 28", "No space left on device"),
        ]
    )
    func theBrokerStopsAcceptingAndGoesOnServing(fault: String, reason: String) throws {
        let network = try TestNetwork()
        let switchFile = network.path("fault")
        try network.start(
            environment: [
                "LD_PRELOAD": try library(in: network), "AVISO_FAULT": switchFile,
            ]
        )
        let first = try network.publishAlert()
        let size = try #require(try network.checkpointSize())
        try fault.write(toFile: switchFile, atomically: true, encoding: .utf8)
        let refused = try network.tryToPublish()
        #expect(refused.status == 1)
        #expect(refused.error.contains("cannot write its log"), "\(refused.error)")

        // The disk is well again, but what it has is not known: no sync is repeated.
        try FileManager.default.removeItem(atPath: switchFile)
        #expect(try network.tryToPublish().status == 1)
        let ready = try network.request("/readyz")
        #expect(ready.status == 503)
        #expect(ready.text.contains("cannot write its log"))
        let health = try network.request("/healthz")
        #expect(health.status == 200)
        #expect(health.text.contains("cannot write its log"))
        #expect(try network.metrics()["aviso_log_failed"] == 1)

        // Reads go on: checkpoint, proofs, the whole audit, and deliveries of what there is.
        #expect(try network.checkpointSize() == size)
        #expect(try network.audit().status == 0)
        let received = try network.aviso(Self.reader, "subscribe", "--from", "0", "--count", "1")
        #expect(received.status == 0, "\(received.error)")
        #expect(received.objects.first?["alert"] as? String == first)
        // A session that outlives its connection is a promise that cannot be kept now.
        let kept = try network.take(1)
        #expect(kept.status == 1)
        #expect(kept.error.contains("cannot write its log"), "\(kept.error)")

        // It stops as always, and the next start has all that was acknowledged.
        #expect(network.stop() == 0)
        #expect(network.laterLines.contains("\"log-failed\""))
        #expect(network.laterLines.contains(reason), "\(network.laterLines)")
        try network.start()
        let logged = try network.replay().compactMap { $0["alert"] as? String }
        #expect(logged.first == first)
        #expect(try network.audit().status == 0)
        #expect(try network.check().status == 0)
        let next = try network.publishAlert()
        #expect(try network.replay().compactMap { $0["alert"] as? String }.last == next)
        #expect(network.stop() == 0)
    }

    private func library(in network: TestNetwork) throws -> String {
        let source = TestNetwork.checkout
            .appendingPathComponent("Tests/Interop/faults/failing_disk.c").path
        let library = network.path("failing_disk.so")
        let made = try TestNetwork.run(
            "/usr/bin/env",
            ["clang", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]
        )
        try #require(made.status == 0, "\(made.error)")
        return library
    }
}
