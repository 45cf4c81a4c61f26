import Base
import Crypto
import Foundation
import HTTPFetch
import MerkleLog
import Synchronization
import TestKit
import Testing

@testable import AvisoWitness

/// A witness over real HTTP.
@Suite struct WitnessServerTests {
    private let log = LogScene(count: 40)

    @Test func theAnswersAreThoseOfTheStandard() throws {
        try withFolder { path in
            let scene = try Scene(path, log)
            let first = try scene.post(log.request(0, 10))
            #expect(first.status == 200)
            try scene.check(first, log.note(10))
            try scene.check(try scene.post(log.request(10, 25)), log.note(25))
            // The same checkpoint again gets a cosignature of now.
            try scene.check(try scene.post(log.request(25, 25)), log.note(25))

            let other = try scene.post(log.request(10, 30))
            #expect(other.status == 409)
            #expect(other.type == "text/x.tlog.size")
            #expect(other.body == Array("25\n".utf8))
            #expect(try scene.post(LogScene(count: 40).request(25, 30)).status == 403)
            #expect(try scene.post(Array("old 25\n\n".utf8) + log.note(30)).status == 422)
            #expect(try scene.post(Array("old 25\n\n".utf8) + log.note(20)).status == 400)
            #expect(try scene.post(Array("nonsense".utf8)).status == 400)
            let unknown = log.note(30, origin: "other.example/log")
            #expect(try scene.post(Array("old 0\n\n".utf8) + unknown).status == 404)
            #expect(try scene.fetcher.get(scene.url + "/add-checkpoint").status == 405)
            #expect(try scene.fetcher.get(scene.url + "/").status == 404)
            let large = [UInt8](repeating: 0x0A, count: 80 << 10)
            #expect(try scene.post(large).status == 413)
            // None of it has hurt.
            try scene.check(try scene.post(log.request(25, 40)), log.note(40))
        }
    }

    @Test func aConflictIsRefusedForEverAndBothNotesAreKept() throws {
        try withFolder { path in
            let forged = LogScene(signer: log, leaves: log.leaves.reversed())
            do {
                let scene = try Scene(path, log)
                #expect(try scene.post(log.request(0, 10)).status == 200)
                let refused = try scene.post(forged.request(10, 10))
                #expect(refused.status == 409)
                #expect(refused.body == Array("10\n".utf8))
                #expect(scene.conflicts == 1)
                scene.server.stop()
            }
            let scene = try Scene(path, log)
            #expect(try scene.post(forged.request(10, 10)).status == 409)
            #expect(try scene.post(forged.request(0, 20)).status == 409)
            #expect(try scene.post(forged.request(10, 20)).status == 422)
            let names = try FileManager.default.contentsOfDirectory(atPath: path + "/evidence")
            #expect(names.filter { $0.hasPrefix("conflict-") }.count == 2)
            #expect(names.filter { $0.hasPrefix("unproven-") }.count == 2)
            let kept = Set(
                names.filter { $0.hasPrefix("conflict-") }.map { name in
                    FileManager.default.contents(atPath: path + "/evidence/" + name).map(Array.init)
                }
            )
            #expect(kept == [log.note(10), forged.note(10)])
            #expect(try scene.post(log.request(10, 20)).status == 200)
        }
    }

    @Test func nothingIsSignedThatCouldNotBeStored() throws {
        try withFolder { path in
            let scene = try Scene(path, log)
            #expect(try scene.post(log.request(0, 10)).status == 200)
            try FileManager.default.removeItem(atPath: path + "/logs")
            let failed = try scene.post(log.request(10, 20))
            #expect(failed.status == 500)
            // The state has not gone on: the same request is due again.
            #expect(try scene.post(log.request(20, 30)).body == Array("10\n".utf8))
        }
    }

    @Test func aDamagedStateStopsTheStart() throws {
        try withFolder { path in
            do {
                let scene = try Scene(path, log)
                #expect(try scene.post(log.request(0, 10)).status == 200)
                scene.server.stop()
            }
            let logs = path + "/logs"
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: logs).first)
            var note = log.note(10)
            note[LogScene.origin.utf8.count + 1] ^= 1
            try Data(note).write(to: URL(fileURLWithPath: logs + "/" + name))
            let error = #expect(throws: WitnessError.self) { try Scene(path, log) }
            #expect(error?.message.contains("is damaged") == true)
        }
    }

    @Test func withoutTLSItServesTheLoopbackAlone() throws {
        try withFolder { path in
            var options = try Scene.options(path, log)
            options.host = "0.0.0.0"
            let error = #expect(throws: WitnessError.self) {
                try WitnessServer(options) { _ in }
            }
            #expect(error?.message.contains("without TLS") == true)
            options.host = "127.0.0.1"
            options.logKeys = ["nonsense"]
            #expect(throws: WitnessError.self) { try WitnessServer(options) { _ in } }
        }
    }

    @Test func connectionsThatEndedMakeRoom() throws {
        try withFolder { path in
            let scene = try Scene(path, log)
            // More than the server has room for at one time, one after the other.
            for _ in 0..<300 {
                let fetcher = try HTTPFetcher(identity: nil, permitsPlain: true)
                #expect(try fetcher.get(scene.url + "/").status == 404)
            }
        }
    }

    @Test(.enabled(if: GoProgram.isWanted)) func goVerifiesNoteAndCosignature() throws {
        try withFolder { path in
            let scene = try Scene(path, log)
            let answer = try scene.post(log.request(0, 10))
            try #require(answer.status == 200)
            let program = try GoProgram.build("witness", in: path)
            let keys = [log.verifierKey.description, scene.server.verifierKey]
            let note = log.note(10) + answer.body
            let output = try GoProgram.run(program, keys, input: Data(note))
            #expect(String(decoding: output, as: UTF8.self) == "cosigned at 10\n")
            for (from, to) in [("\n10\n", "\n11\n"), ("aviso.example", "oviso.example")] {
                let text = String(decoding: note, as: UTF8.self)
                let altered = Data(text.replacing(from, with: to).utf8)
                #expect(throws: GoProgram.Failure.self) {
                    try GoProgram.run(program, keys, input: altered)
                }
            }
            // Without the witness' line.
            #expect(throws: GoProgram.Failure.self) {
                try GoProgram.run(program, keys, input: Data(log.note(10)))
            }
        }
    }
}

/// A running witness and a client of it.
private struct Scene {
    let server: WitnessServer
    let fetcher: HTTPFetcher
    private let key: CosignerKey
    private let reports: Reports

    init(_ path: String, _ log: LogScene) throws {
        let reports = Reports()
        server = try WitnessServer(try Self.options(path, log)) { reports.take($0) }
        fetcher = try HTTPFetcher(identity: nil, permitsPlain: true)
        key = try #require(CosignerKey(server.verifierKey, using: SHA256()))
        self.reports = reports
    }

    static func options(_ path: String, _ log: LogScene) throws -> WitnessServer.Options {
        let key = path + "/witness.key"
        if !FileManager.default.fileExists(atPath: key) {
            try PEMKeyFile.write(Ed25519SigningKey.generate(), to: key)
        }
        var options = WitnessServer.Options()
        options.name = "witness.example/w1"
        options.key = key
        options.logKeys = [log.verifierKey.description]
        options.state = path
        options.host = "127.0.0.1"
        return options
    }

    var url: String { "http://127.0.0.1:\(server.port)" }
    var conflicts: Int { reports.conflicts }

    func post(_ body: [UInt8]) throws -> HTTPAnswer {
        try fetcher.post(url + "/add-checkpoint", body: body, type: "application/octet-stream")
    }

    func check(_ answer: HTTPAnswer, _ note: [UInt8]) throws {
        #expect(answer.status == 200)
        let cosigned = try #require(SignedNote(note + answer.body))
        let cosignature = cosigned.cosignature(by: key, verifier: Cryptography())
        let seconds = try #require(cosignature?.seconds)
        #expect(abs(Date().timeIntervalSince1970 - Double(seconds)) < 60)
    }

    private final class Reports: Sendable {
        private let count = Mutex(0)

        var conflicts: Int { count.withLock { $0 } }

        func take(_ report: WitnessReport) {
            guard case .refused(_, _, isConflict: true, _, _) = report else { return }
            count.withLock { $0 += 1 }
        }
    }
}
