import BrokerCore
import HTTPEngine
import MQTTCodec
import Testing

@testable import AvisoBroker

/// What the broker's refusals are in HTTP (Docs/PROTOCOL.md section 10).
@Suite struct HTTPProblemTests {
    @Test(arguments: [
        (ReasonCode.payloadFormatInvalid, 400, "Malformed request"),
        (.notAuthorized, 403, "Rejected"), (.packetIdentifierInUse, 409, "Conflict"),
        (.quotaExceeded, 413, "Too Large"), (.implementationSpecificError, 400, "Rejected"),
        (.unspecifiedError, 500, "Failed"), (.topicNameInvalid, 400, "Rejected"),
    ])
    func aReasonCodeHasItsStatus(code: ReasonCode, status: Int, title: String) {
        let problem = HTTPProblem(Refusal(.publish, code, "mend it"))
        #expect(problem.status == status)
        #expect(problem.title == title)
        #expect(problem.detail == "mend it")
        #expect(problem.fields.isEmpty)
    }

    @Test func whatTimeMendsSaysWhen() {
        let refusal = Refusal(.publish, .quotaExceeded, "slower", retryMilliseconds: 1001)
        let problem = HTTPProblem(refusal)
        #expect(problem.status == 429)
        #expect(problem.fields == [HTTPField("Retry-After", "2")])
        #expect(HTTPProblem(.logUnwritable).status == 503)
    }

    @Test func detailsAreConciseOrText() {
        let problem = HTTPProblem.notFound("Nothing.")
        // {-1: "Not Found", -2: "Nothing."}
        let cbor = [0xA2, 0x20, 0x69] + Array("Not Found".utf8) + [0x21, 0x68] + "Nothing.".utf8
        guard case .bytes(let concise) = problem.concise.body,
            case .bytes(let text) = problem.text.body
        else {
            Issue.record("an answer in pieces")
            return
        }
        #expect(concise == cbor)
        #expect(problem.concise.fields["Content-Type"] == HTTPProblem.mediaType)
        #expect(text == Array("Nothing.\n".utf8))
    }
}
