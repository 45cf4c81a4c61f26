import Foundation
import Testing

/// `aviso form` as people and scripts use it.
@Suite struct FormToolTests {
    private func form(_ arguments: String...) throws -> TestNetwork.Outcome {
        try TestNetwork.run(TestNetwork.program("aviso").path, ["form"] + arguments)
    }

    @Test func everyKindIsListedAndItsSampleChecked() throws {
        // No terminal reads it, so that it is JSON.
        let kinds = try form("kinds").objects.compactMap { $0["kind"] as? String }
        #expect(kinds.count == 17)
        for kind in kinds {
            let sample = TestNetwork.sample(kind)
            let outcome = try form("check", "--kind", kind, sample)
            #expect(outcome.status == 0, "\(outcome.error)")
        }
    }

    @Test func aTemplateIsJSON5ThatNamesWhatIsEmptyInTheReadersLanguage() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("form.json5").path
        #expect(try form("new", "custody-transfer", "--out", file, "--lang", "es").status == 0)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("// Titular: "))
        let outcome = try form("check", "--kind", "custody-transfer", file, "--lang=pt_BR")
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("item é \"\": espera-se um texto de 1 a 200 caracteres."))
    }

    @Test func capGoesOutAndComesBack() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let cap = folder.appendingPathComponent("alert.xml").path
        let back = folder.appendingPathComponent("form.json").path
        let made = try form(
            "cap",
            "--kind",
            "diversion-incident",
            "--from",
            "CO:PONAL",
            "--to",
            "MX:FGR",
            "--out",
            cap,
            TestNetwork.sample("diversion-incident")
        )
        #expect(made.status == 0, "\(made.error)")
        #expect(try form("from-cap", cap, "--out", back).status == 0)
        #expect(try form("check", "--kind", "diversion-incident", back).status == 0)
    }

    @Test func questionsAreAskedOnATerminalOnly() throws {
        let refused = try form("new", "custody-transfer", "--ask")
        #expect(refused.status == 2)
        #expect(refused.error.contains("--ask needs a terminal"))
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("form.json").path
        // The terminal is one of Python's pty; a wrong answer is asked for again.
        let answers = [
            "en", "Sample handed over", "The sealed sample.", "", "", "", "", "", "", "", "", "n",
            "S14", "A bottle", "CO:PONAL", "Officer", "US:DEA", "Technician", "noon",
            "2026-11-22T15:05:00Z", "CO", "", "", "", "", "", "B-1", "intact", "n", "unchanged",
            "", "n", "", "",
        ]
        let script = """
            import os, pty, sys
            answers = (chr(10).join(sys.argv[3:]) + chr(10)).encode()
            process, terminal = pty.fork()
            if process == 0:
                os.execv(sys.argv[1], [sys.argv[1], "form", "new", "custody-transfer", "--ask",
                                       "--lang", "en", "--out", sys.argv[2]])
            os.write(terminal, answers)
            shown = b""
            while True:
                try:
                    part = os.read(terminal, 4096)
                except OSError:
                    break
                if not part:
                    break
                shown += part
            sys.stdout.buffer.write(shown)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
            """
        let outcome = try TestNetwork.run(
            "/usr/bin/env",
            ["timeout", "60", "python3", "-c", script, TestNetwork.program("aviso").path, file]
                + answers
        )
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains("at is \"noon\": expected is a time"))
        let check = try form("check", "--kind", "custody-transfer", file)
        #expect(check.status == 0, "\(check.error)\n\(outcome.output)")
    }

    @Test func anOptionThatDoesNotApplyIsWrongUse() throws {
        for words in [["kinds", "--ask"], ["check", "--tlp", "RED", "x.json"]] {
            let outcome = try TestNetwork.run(
                TestNetwork.program("aviso").path,
                ["form"] + words
            )
            #expect(outcome.status == 2)
            #expect(outcome.error.contains("is no option of form \(words[0])"))
            #expect(outcome.error.contains("(see aviso form --help)"))
        }
    }

    @Test func aLanguageThatIsNotSpokenIsWrongUse() throws {
        let outcome = try form("kinds", "--lang", "de")
        #expect(outcome.status == 2)
    }

    private func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-form-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
