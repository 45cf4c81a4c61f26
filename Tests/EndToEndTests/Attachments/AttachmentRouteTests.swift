import Base
import Crypto
import Foundation
import Testing

/// The routes of attachments, reached with curl.
@Suite struct AttachmentRouteTests {
    private static let author = "agencies/CO-PONAL"
    private static let reader = "agencies/MX-FGR"

    private let bytes = Data(Randomness.bytes(3000))
    private var digest: String { "\(SHA256().digest(Array(bytes)[...]))" }

    private func head(_ network: TestNetwork, as member: String) throws -> TestNetwork.Answer {
        try network.request("/attachments/\(digest)", as: member, "-I")
    }

    @Test func anUploadIsToldHowFarItIsAndGoesOnAfterAKill() throws {
        let network = try TestNetwork()
        try network.start()
        let none = try head(network, as: Self.author)
        #expect(none.status == 404)
        #expect(
            none.header.contains(
                "Upload-Limit: max-size=104884824, max-append-size=1114112, max-age=86400\r\n"
            )
        )
        let first = try network.patch(digest, bytes.prefix(1000), at: 0, total: 3000)
        #expect(first.status == 204)
        #expect(first.header.contains("Upload-Offset: 1000\r\n"))
        #expect(first.header.contains("Upload-Complete: ?0\r\n"))
        // Another agency has an upload of its own.
        #expect(try head(network, as: Self.reader).status == 404)
        network.stop(SIGKILL)
        try network.start()
        let status = try head(network, as: Self.author)
        #expect(status.status == 204)
        #expect(status.header.contains("Upload-Offset: 1000\r\n"))
        #expect(status.header.contains("Upload-Length: 3000\r\n"))
        // What is sent again, or too far on, is told where to go on.
        for offset in [0, 999, 1001] {
            let wrong = try network.patch(digest, bytes.prefix(10), at: offset, total: 3000)
            #expect(wrong.status == 409)
            #expect(wrong.header.contains("Upload-Offset: 1000\r\n"))
            #expect(wrong.text == "The upload has 1000 bytes: go on from there.\n")
        }
        let last = try network.patch(digest, bytes.dropFirst(1000), at: 1000, total: nil)
        #expect(last.status == 201)
        #expect(last.header.contains("Upload-Complete: ?1\r\n"))
        #expect(last.header.contains("Location: /attachments/\(digest)\r\n"))
        #expect(try network.stored(digest) == bytes)
        for member in [Self.author, Self.reader] {
            let done = try head(network, as: member)
            #expect(done.header.contains("Upload-Complete: ?1\r\n"))
        }
        let again = try network.patch(digest, bytes, at: 0, total: 3000)
        #expect(again.status == 409)
        #expect(again.header.contains("Upload-Complete: ?1\r\n"))
        // Stored and cited by nobody: there is nothing to be downloaded.
        let got = try network.request("/attachments/\(digest)?alert=3", as: Self.author)
        #expect(got.status == 404)
    }

    @Test func whatIsWrongIsRefusedAndTellsWhatToMend() throws {
        let network = try TestNetwork(limits: ["attachmentByteCountMax": 5000])
        try network.start()
        let other = String(repeating: "ab", count: 32)
        let piece = bytes.prefix(10)
        for (answer, status, sentence) in [
            (try network.patch(digest, piece, at: 0, total: nil), 400, "begins with Upload-Length"),
            (try network.patch(digest, piece, at: 0, total: 5001), 413, "may have 5000 bytes"),
            (try network.patch(digest, piece, at: 0, total: 9), 400, "beyond the 9 bytes"),
            (
                try network.patch(
                    digest,
                    piece,
                    at: 0,
                    total: 10,
                    "-H",
                    "Content-Type: text/plain"
                ), 415, "application/partial-upload"
            ),
            (try network.patch("ABCD", piece, at: 0, total: 10), 404, "64 digits in lower case"),
            (
                try network.patch(digest.uppercased(), piece, at: 0, total: 10), 404,
                "64 digits in lower case"
            ),
            (
                try network.patch(digest, piece, at: 0, total: 10, as: "auditor"), 403,
                "agencies that may publish"
            ),
            (
                try network.patch(digest, piece, at: 0, total: 10, as: "operator"), 403,
                "agencies that may publish"
            ),
            (
                try network.patch(
                    digest,
                    piece,
                    at: 0,
                    total: 20,
                    "-H",
                    "Content-Type: application/partial-upload",
                    "-H",
                    "Upload-Complete: ?1"
                ), 400, "goes with the last byte"
            ),
            // The bytes of another file.
            (try network.patch(other, piece, at: 0, total: 10), 422, "another SHA-256"),
        ] {
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.text.contains(sentence), "\(answer.text)")
        }
        #expect(try network.attachmentNames == [])
        let put = try network.request("/attachments/\(digest)", as: Self.author, "-X", "PUT")
        #expect(put.status == 405)
        #expect(put.header.contains("Allow: GET, HEAD, PATCH, DELETE\r\n"))
        let figures = try network.metrics()
        #expect(figures["aviso_limit_reached_total{limit=\"attachmentByteCountMax\"}"] == 1)
    }

    @Test func eachAgencyHasItsShareAndNobodyElsesCountsAgainstIt() throws {
        let network = try TestNetwork(limits: [
            "attachmentByteCountMax": 5000, "uploadsPerAgencyMax": 2,
            "uploadedBytesPerAgencyMax": 7000,
        ])
        try network.start()
        let other = String(repeating: "ab", count: 32)
        let piece = bytes.prefix(10)
        #expect(try network.patch(digest, piece, at: 0, total: 3000).status == 204)
        let bytesMax = try network.patch(other, piece, at: 0, total: 4001)
        #expect(bytesMax.status == 429)
        #expect(bytesMax.text.contains("7000 bytes together"))
        #expect(try network.patch(other, piece, at: 0, total: 4000).status == 204)
        let third = String(repeating: "cd", count: 32)
        let countMax = try network.patch(third, piece, at: 0, total: 20)
        #expect(countMax.status == 429)
        #expect(countMax.text.contains("has 2 uploads"))
        let theirs = try network.patch(other, piece, at: 0, total: 20, as: Self.reader)
        #expect(theirs.status == 204)
        // What is given up makes room.
        let path = "/attachments/\(other)"
        #expect(try network.request(path, as: Self.author, "-X", "DELETE").status == 204)
        #expect(try network.request(path, as: Self.author, "-X", "DELETE").status == 404)
        #expect(try network.patch(third, piece, at: 0, total: 20).status == 204)
        let figures = try network.metrics()
        #expect(figures["aviso_uploads"] == 3)
        #expect(figures["aviso_limit_reached_total{limit=\"uploadsPerAgencyMax\"}"] == 1)
        #expect(figures["aviso_limit_reached_total{limit=\"uploadedBytesPerAgencyMax\"}"] == 1)
    }

    @Test func anAlertIsAcceptedOnlyWithItsAttachments() throws {
        let network = try TestNetwork()
        try network.start()
        let forger = Forger(network: network)
        let reference = AttachmentSample(bytes: bytes)
        let payload = try forger.seal { $0.attachments = [reference.sealed] }
        let early = try network.register(payload, as: Self.author)
        #expect(early.status == 400)
        let sentence = "attachment \(reference.digest) is not stored: upload its"
        #expect(String(decoding: early.body, as: UTF8.self).contains(sentence))
        let refusal = try #require(try network.refusals().last)
        #expect(refusal.reason == 0x99)
        #expect(refusal.text.contains(sentence))
        let total = reference.encrypted.count
        let uploaded = try network.patch(reference.digest, reference.encrypted, at: 0, total: total)
        #expect(uploaded.status == 201)
        #expect(try network.register(payload, as: Self.author).status == 201)
    }

    @Test func aDiskWithoutRoomHarmsNobody() throws {
        let network = try TestNetwork(limits: ["uploadFreeByteCountMin": 1 << 50])
        try network.start()
        let none = try network.patch(digest, bytes, at: 0, total: 3000)
        #expect(none.status == 507)
        #expect(none.text.contains("no room"))
        #expect(try network.attachmentNames == [])
        let forger = Forger(network: network)
        #expect(try network.register(try forger.seal(), as: Self.author).status == 201)
        #expect(network.stop() == 0)
        // A file that cannot grow is the same in the middle of an upload.
        try network.edit("broker/avisod.json5") { text in
            text = text.replacing("uploadFreeByteCountMin: \(1 << 50)", with: "burstSeconds: 10")
        }
        try network.start(fileByteCountMax: 2 << 20)
        let file = Data(Randomness.bytes(3 << 20))
        let name = "\(SHA256().digest(Array(file)[...]))"
        let piece = 1 << 20
        for (number, status) in [204, 204, 507].enumerated() {
            let part = file[number * piece..<(number + 1) * piece]
            let sent = try network.patch(name, part, at: number * piece, total: file.count)
            #expect(sent.status == status, "\(sent.text)")
        }
        #expect(try network.register(try forger.seal(), as: Self.author).status == 201)
        // With room again it goes on where it was.
        #expect(network.stop() == 0)
        try network.start()
        let rest = try network.patch(name, file[(2 * piece)...], at: 2 * piece, total: file.count)
        #expect(rest.status == 201)
    }

    @Test func whoHasLostTheChannelReadsNoMore() throws {
        let network = try TestNetwork()
        try network.start()
        let file = try network.makeFile("photo.png", byteCount: 1000)
        let index = try #require(try network.publish(attaching: [file])["index"] as? Int)
        let name = try #require(try network.attachmentNames.first)
        let path = "/attachments/\(name)?alert=\(index)"
        #expect(try network.request(path, as: Self.reader).status == 200)
        #expect(network.stop() == 0)
        try network.permit("MX:FGR", "subscribe", ["intelligence"])
        try network.start()
        #expect(try network.request(path, as: Self.reader).status == 404)
        #expect(try network.request(path, as: Self.author).status == 200)
        #expect(try network.request(path, as: "agencies/US-DEA").status == 200)
    }

    @Test func onlyTheAlertsPartiesReadAndInAnyRange() throws {
        let network = try TestNetwork()
        try network.start()
        let file = try network.makeFile("photo.png", byteCount: 200_000)
        let published = try network.publish(attaching: [file], to: "MX:FGR")
        let index = try #require(published["index"] as? Int)
        let digest = try #require(try network.attachmentNames.first)
        let stored = try network.stored(digest)
        let path = "/attachments/\(digest)?alert=\(index)"
        for member in [Self.author, Self.reader] {
            let whole = try network.request(path, as: member)
            #expect(whole.status == 200)
            #expect(whole.body == stored)
            #expect(whole.header.contains("ETag: \"\(digest)\"\r\n"))
            #expect(whole.header.contains("Cache-Control: no-store\r\n"))
            #expect(whole.header.contains("Content-Length: \(stored.count)\r\n"))
        }
        for member in ["agencies/US-DEA", "auditor", "operator"] {
            #expect(try network.request(path, as: member).status == 404)
        }
        for query in ["", "?alert=", "?alert=0", "?alert=99999", "?alert=0\(index)", "?alert=x"] {
            let answer = try network.request("/attachments/\(digest)\(query)", as: Self.reader)
            #expect(answer.status == 404, "\(query)")
        }
        let size = stored.count
        for (range, expected) in [
            ("0-0", 0..<1), ("100-65700", 100..<65_701), ("\(size - 5)-", size - 5..<size),
            ("-10", size - 10..<size), ("0-99999999", 0..<size),
        ] {
            let part = try network.request(path, as: Self.reader, "-r", range)
            #expect(part.status == 206)
            #expect(part.body == stored[expected])
            let last = expected.upperBound - 1
            #expect(
                part.header.contains(
                    "Content-Range: bytes \(expected.lowerBound)-\(last)/\(size)\r\n"
                )
            )
        }
        let beyond = try network.request(path, as: Self.reader, "-r", "\(size)-")
        #expect(beyond.status == 416)
        #expect(beyond.header.contains("Content-Range: bytes */\(size)\r\n"))
        let changed = try network.request(
            path,
            as: Self.reader,
            "-r",
            "0-9",
            "-H",
            "If-Range: \"other\""
        )
        #expect(changed.status == 200)
        let head = try network.request(path, as: Self.reader, "-I")
        #expect(head.status == 200)
        #expect(head.header.contains("Content-Length: \(size)\r\n"))
        #expect(head.body.isEmpty || head.text.hasPrefix("HTTP/1.1 200"))
    }
}
