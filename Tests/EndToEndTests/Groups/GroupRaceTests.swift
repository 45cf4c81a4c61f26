import Foundation
import Testing

/// A membership that changes between the sealing of an alert and its arrival at the broker.
@Suite struct GroupRaceTests {
    @Test(arguments: [[], ["--https"]])
    func anAlertThatCrossesAChangeIsSealedAnew(way: [String]) throws {
        let network = try TestNetwork()
        try network.start()
        try network.grouped("CO-PONAL", "define", "andean", "--members", "MX:FGR")
        // The form comes on standard input, after the group was asked for.
        let process = Process()
        process.executableURL = TestNetwork.program("aviso")
        process.arguments =
            ["--profile", network.path("agencies/CO-PONAL")]
            + TestNetwork.incident("publish", "andean") + way + ["--json", "-"]
        let form = Pipe()
        process.standardInput = form
        let output = network.path("published.json")
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        process.standardOutput = FileHandle(forWritingAtPath: output)
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        var requestCount = try network.metrics()["aviso_https_requests_total"] ?? 0
        try process.run()
        // It has asked when there is a request more than those of this test.
        var isWaiting = false
        for _ in 0..<400 where !isWaiting {
            let count = try network.metrics()["aviso_https_requests_total"] ?? 0
            isWaiting = count > requestCount + 1
            requestCount = count
        }
        try #require(isWaiting)
        try network.grouped("CO-PONAL", "add", "andean", "US:DEA", "PE:DEVIDA")
        let sample = TestNetwork.sample("diversion-incident")
        form.fileHandleForWriting.write(try #require(FileManager.default.contents(atPath: sample)))
        try form.fileHandleForWriting.close()
        try #require(ended.wait(timeout: .now() + 60) == .success)
        #expect(process.terminationStatus == 0)
        let text = try String(contentsOfFile: output, encoding: .utf8)
        let published = TestNetwork.Outcome(status: 0, output: text, error: "")
        #expect(published.recipients == ["MX:FGR", "PE:DEVIDA", "US:DEA"])
        // The first one stands in the log as refused.
        let refusals = try network.refusals()
        #expect(refusals.count == 1)
        #expect(refusals.first?.text.contains("seal the alert anew") == true)
    }
}
