import Base
import Foundation
import Testing

@testable import Alerts

/// What the form of a joint operation says of its group is what the group's owner has signed.
@Suite struct JointOperationTests {
    private let members = ["CO:PONAL", "MX:FGR", "PE:DEVIDA", "US:DEA"]

    private func form() throws -> [UInt8] {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Config/samples/joint-operation.json")
        return Array(try Data(contentsOf: file))
    }

    private func header(
        to recipients: [String] = ["MX:FGR", "PE:DEVIDA", "US:DEA"],
        _ message: MessageType = .alert
    ) throws -> AlertHeader {
        try AlertHeader(
            kind: .jointOperation,
            to: recipients.map { try #require(AgencyID($0)) },
            tlp: .amber,
            message: message,
            groups: ["permanganate"],
            references: message == .alert ? [] : [AlertReference(alert: UUID(high: 0, low: 1))]
        )
    }

    private func problems(
        owner: String = "CO:PONAL",
        _ members: [String],
        until: String? = "2027-02-28T00:00:00Z"
    ) throws -> [FormProblem] {
        AlertForm.groupProblems(
            in: try form()[...],
            header: try header(),
            group: GroupStatement.Draft(
                issuer: try #require(AgencyID(owner)),
                identifier: UUID(high: 0, low: 1),
                issuedAt: WallTime(seconds: 0),
                group: "permanganate",
                version: 1,
                basis: .zero,
                definition: GroupStatement.Definition(
                    form: .closed,
                    members: try members.map { try #require(AgencyID($0)) },
                    until: try until.map { try #require(RFC3339.parse($0)) },
                    title: nil
                )
            )
        )
    }

    @Test func aFormThatSaysTheSameIsRight() throws {
        #expect(try problems(members).isEmpty)
        // The group may end in the course of the operation's last day.
        #expect(try problems(members, until: "2027-01-31T12:00:00Z").isEmpty)
        #expect(
            AlertForm.headerProblems(try JSONValue(parsing: form()[...]), try header()).isEmpty
        )
    }

    @Test func eachDifferenceIsNamed() throws {
        let others = try problems(owner: "MX:FGR", ["CO:PONAL", "MX:FGR"], until: nil)
        #expect(others.map(\.field) == ["owner", "members", "ends"])
        #expect(others.map(\.rule.key).last == "rule.group-endless")
        #expect(
            others.first?.message
                == "owner is \"CO:PONAL\": it must be MX:FGR, the owner of group permanganate."
        )
        let early = try problems(members, until: "2027-01-30T23:59:59Z")
        #expect(early.map(\.rule.key) == ["rule.group-end"])
    }

    @Test func anOperationStaysAmongItsMembers() throws {
        let json = try JSONValue(parsing: form()[...])
        let outside = try header(to: ["MX:FGR", "BR:PF"])
        let problem = try #require(AlertForm.headerProblems(json, outside).first)
        #expect(problem.field == "members")
        #expect(problem.message.contains("the header names BR:PF, which must be one of them"))
        // What is said about an operation has a form of its own.
        let reply = try header(to: ["BR:PF"], .acknowledgement)
        #expect(AlertForm.headerProblems(json, reply).isEmpty)
    }
}
