import Foundation
import Testing

/// An alert that was accepted is never told as one that was not.
@Suite struct KeptReceiptTests {
    private static let statement = TestNetwork.Statement(author: "CO:PONAL", recipients: "MX:FGR")

    @Test func aReceiptThatCannotBeKeptIsNoRefusal() throws {
        let network = try TestNetwork()
        try network.start()
        // Where the folder would be there is a file.
        let receipts = network.path("agencies/CO-PONAL/receipts")
        try? FileManager.default.removeItem(atPath: receipts)
        try Data().write(to: URL(fileURLWithPath: receipts))
        for more in [[], ["--https"]] {
            var statement = Self.statement
            statement.more = more
            let outcome = try network.publish(statement)
            #expect(outcome.status == 0, "\(outcome.error)")
            let object = try #require(outcome.objects.first)
            let alert = try #require(object["alert"] as? String)
            #expect(object["receipt"] is String)
            #expect(outcome.error.contains("\(alert) was accepted: do not publish it again"))
            #expect(outcome.error.contains("\(receipts)/"))
            #expect(outcome.error.contains("Not a directory"))
        }
        #expect(try network.replay().count { $0["type"] as? String == "alert" } == 2)
    }

    @Test func aReceiptThatIsKeptIsOneWholePrivateFile() throws {
        let network = try TestNetwork()
        try network.start()
        let alert = try network.accepted(Self.statement).alert
        let receipts = network.path("agencies/CO-PONAL/receipts")
        let names = try FileManager.default.contentsOfDirectory(atPath: receipts)
        #expect(names == ["\(alert.dropFirst("urn:uuid:".count)).cose"])
        let file = try FileManager.default.attributesOfItem(atPath: "\(receipts)/\(names[0])")
        #expect(file[.posixPermissions] as? Int == 0o600)
    }
}
