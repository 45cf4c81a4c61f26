import Base
import Foundation
import Synchronization
import Testing

@testable import AvisoBroker

@Suite struct StructuredLogTests {
    /// A log that keeps its lines and goes by a clock of its own.
    private final class Recorder: Sendable {
        let lines = Mutex<[String]>([])
        let milliseconds = Mutex<UInt64>(0)

        func log(_ form: StructuredLog.Form, from level: LogLevel = .info) -> StructuredLog {
            StructuredLog(
                level: level,
                form: form,
                now: {
                    let time = self.milliseconds.withLock { $0 }
                    return (
                        MonotonicTime(nanoseconds: time * 1_000_000),
                        WallTime(milliseconds: 1_795_459_080_000 + time)
                    )
                },
                write: { line in
                    self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
                }
            )
        }

        var written: [String] { lines.withLock { $0 } }

        func advance(_ span: UInt64) { milliseconds.withLock { $0 += span } }
    }

    private let recorder = Recorder()

    @Test func text() {
        let log = recorder.log(.text)
        log.log(.info, "ready", "The broker listens.", ["port": 8883, "host": "::1", "tls": true])
        log.log(
            .error,
            "lost",
            "It broke.",
            ["reason": "no more space", "peers": .list(["a", "b"])]
        )
        #expect(
            recorder.written == [
                "18:38:00.000Z INFO    The broker listens. port=8883 host=::1 tls=true\n",
                "18:38:00.000Z ERROR   It broke. reason=\"no more space\" peers=[\"a\",\"b\"]\n",
            ]
        )
    }

    @Test func jsonIsOneObjectPerLine() throws {
        let log = recorder.log(.json)
        let hostile = "a\"b\\c\nd\u{1B}[31m\u{7F}\u{85}\u{2028}\u{202E}é\u{1F600}"
        log.log(.warning, "peer-refused", "Refused \"\(hostile)\".", ["name": .text(hostile)])
        let line = try #require(recorder.written.first)
        #expect(line.hasSuffix("}\n") && line.count { $0 == "\n" } == 1)
        #expect(!line.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{7F}" })
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
        #expect(object?["time"] == "2026-11-23T18:38:00.000Z")
        #expect(object?["level"] == "warning")
        #expect(object?["event"] == "peer-refused")
        #expect(object?["message"] == "Refused \"\(hostile)\".")
        #expect(object?["name"] == hostile)
    }

    @Test func longTextIsCut() {
        recorder.log(.text).log(
            .info,
            "long",
            "Long.",
            ["name": .text(String(repeating: "x", count: 5000))]
        )
        #expect(recorder.written[0].utf8.count < 1100)
        #expect(recorder.written[0].hasSuffix("xxx…\"\n"))
    }

    @Test func levelsBelowTheLowestAreNotEvaluated() {
        func never() -> String {
            Issue.record("evaluated")
            return ""
        }
        let log = recorder.log(.text, from: .warning)
        log.log(.info, "quiet", never(), ["field": .text(never())])
        log.log(.warning, "loud", "Loud.")
        #expect(recorder.written.count == 1)
    }

    @Test func aFloodOfOneKindIsBoundedAndCounted() {
        let log = recorder.log(.text)
        for _ in 0..<1000 { log.log(.info, "flood", "Again.") }
        log.log(.info, "other", "Not held back.")
        #expect(recorder.written.count == StructuredLog.lineCountPerSecondMax + 1)
        recorder.advance(999)
        log.log(.info, "flood", "Again.")
        log.tellSuppressed()
        #expect(recorder.written.count == StructuredLog.lineCountPerSecondMax + 1)
        recorder.advance(1)
        log.log(.info, "flood", "Again.")
        #expect(recorder.written.last == "18:38:01.000Z INFO    Again. suppressed=981\n")
    }

    @Test func whatWasHeldBackIsToldInTheEnd() {
        let log = recorder.log(.text)
        for _ in 0..<25 { log.log(.warning, "flood", "Again.") }
        recorder.advance(1000)
        log.tellSuppressed()
        log.tellSuppressed()
        #expect(recorder.written.count == 21)
        #expect(
            recorder.written.last
                == "18:38:01.000Z WARNING More of the same were not written. suppressed=5\n"
        )
    }
}
