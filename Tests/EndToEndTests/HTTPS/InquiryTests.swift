import CBOR
import Foundation
import MerkleLog
import Testing

/// The resources behind `aviso track` and `aviso case`: who gets what, and what is no such thing.
@Suite struct InquiryTests {
    private static let author = "agencies/CO-PONAL"
    private static let reader = "agencies/MX-FGR"
    private static let other = "agencies/PE-DEVIDA"

    private func extract(
        _ network: TestNetwork,
        _ path: String,
        as member: String,
        from start: UInt64
    ) throws -> LogExtract {
        let answer = try network.request(path, as: member)
        try #require(answer.status == 200, "\(path): \(answer.text)")
        #expect(answer.header.contains("Content-Type: application/cbor\r\n"))
        #expect(answer.header.contains("Cache-Control: no-store\r\n"))
        return try #require(
            LogExtract(decoding: Array(answer.body), from: start, using: LibCBOR())
        )
    }

    @Test func eachMemberGetsItsStatements() throws {
        let network = try TestNetwork()
        try network.start()
        let (_, index) = try network.accepted(
            TestNetwork.Statement(author: "CO:PONAL", recipients: "MX:FGR")
        )
        for (member, count) in [
            (Self.author, 1), (Self.reader, 1), (Self.other, 0), ("auditor", 1),
        ] {
            let all = try extract(network, "/statements/0", as: member, from: 0)
            #expect(all.items.map(\.index) == Array(repeating: UInt64(index), count: count))
            #expect(all.isLast)
        }
        let start = UInt64(index) + 1
        let rest = try extract(network, "/statements/\(start)", as: Self.author, from: start)
        #expect(rest.items.isEmpty)
        let track = try extract(
            network,
            "/track/\(index)",
            as: Self.author,
            from: UInt64(index)
        )
        #expect(track.items.isEmpty)
        let head = try network.request("/track/\(index)", as: Self.author, "-I")
        #expect(head.status == 200)
    }

    @Test func whatIsNoSuchThingIsNotFound() throws {
        let network = try TestNetwork()
        try network.start()
        let (_, index) = try network.accepted(
            TestNetwork.Statement(author: "CO:PONAL", recipients: "MX:FGR")
        )
        for path in [
            "/track/", "/track/0", "/track/-1", "/track/01", "/track/\(index)/", "/track/x",
            "/track/\(index)/0", "/track/\(index)/\(index)/1", "/track/99999",
            "/track/\(index)/99999", "/track/\(UInt64.max)", "/track/99999999999999999999",
            "/track/\(index)/\(UInt64.max)", "/statements/", "/statements/x", "/statements/99999",
            "/statements/0/", "/statements/00", "/statements", "/track",
        ] {
            let answer = try network.request(path, as: Self.author)
            #expect(answer.status == 404, "\(path): \(answer.status)")
        }
        // Whose it is not learns no more than of what is not there.
        let foreign = try network.request("/track/\(index)", as: Self.reader)
        let nothing = try network.request("/track/\(index + 90_000)", as: Self.reader)
        #expect(foreign.status == 404)
        #expect(nothing.status == 404)
        #expect(
            foreign.text.replacing("\(index)", with: "N")
                == nothing.text.replacing("\(index + 90_000)", with: "N")
        )
        let posted = try network.request("/statements/0", as: Self.author, "-d", "x")
        #expect(posted.status == 405)
        #expect(try network.request("/statements/0", as: nil).status == 0)
    }

    @Test func aLongLogIsReadStretchByStretch() throws {
        let network = try TestNetwork()
        try network.openTestChannel()
        try network.start()
        let (_, first) = try network.accepted(
            TestNetwork.Statement(author: "CO:PONAL", recipients: "MX:FGR")
        )
        for _ in 0..<4 { try network.fill(5000) }
        let (_, last) = try network.accepted(
            TestNetwork.Statement(author: "MX:FGR", recipients: "CO:PONAL")
        )
        var found: [UInt64] = []
        var (start, requestCount) = (UInt64(0), 0)
        while true {
            let part = try extract(network, "/statements/\(start)", as: Self.author, from: start)
            found += part.items.map(\.index)
            (start, requestCount) = (part.next, requestCount + 1)
            if part.isLast { break }
        }
        #expect(found == [UInt64(first), UInt64(last)])
        #expect(requestCount > 1)
        let outcome = try network.tool("CO:PONAL", ["case", "list", "--json"])
        #expect(outcome.objects.count == 2, "\(outcome.error)")
    }

    @Test func aBrokerThatTellsOfOthersIsNotBelieved() throws {
        let network = try TestNetwork()
        try network.start()
        let (alert, _) = try network.accepted(
            TestNetwork.Statement(author: "CO:PONAL", recipients: "MX:FGR")
        )
        for body in ["", "nothing", String(repeating: "x", count: 3 << 20)] {
            let broker = try FalseServer(network, answering: body)
            try network.edit("\(Self.author)/profile.json5") { text in
                let key = try #require(text.range(of: "https: {"))
                let end = try #require(text.range(of: "}", range: key.upperBound..<text.endIndex))
                text.replaceSubrange(
                    key.lowerBound..<end.upperBound,
                    with: "https: { host: \"localhost\", port: \(broker.port) }"
                )
            }
            for command in [["case", "list"], ["track", alert], ["custody", "S14"]] {
                let outcome = try network.tool("CO:PONAL", command)
                #expect(outcome.status == 1, "\(command): \(outcome.error)")
                #expect(outcome.output.isEmpty)
            }
        }
    }
}
