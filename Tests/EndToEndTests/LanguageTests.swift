import Foundation
import Testing

/// What `aviso` says to people, in the languages that they read.
@Suite struct LanguageTests {
    private static let languages = ["es", "pt", "fr"]

    private func aviso(_ locale: String, _ arguments: String...) throws -> TestNetwork.Outcome {
        try TestNetwork.run(
            "/usr/bin/env",
            ["LC_ALL=\(locale)", TestNetwork.program("aviso").path] + arguments
        )
    }

    @Test(arguments: [
        ("es_CO.UTF-8", "falta --channel CHANNEL: chemical-diversion", "(véase"),
        ("pt_BR.UTF-8", "falta --channel CHANNEL: chemical-diversion", "(veja"),
        ("fr_CA", "--channel CHANNEL manque : chemical-diversion", "(voir"),
        ("de_DE", "--channel CHANNEL is missing: chemical-diversion", "(see"),
    ])
    func wrongUseIsSaidInTheLanguageOfTheLocale(
        locale: String,
        words: String,
        hint: String
    ) throws {
        let outcome = try aviso(locale, "publish")
        #expect(outcome.status == 2)
        #expect(outcome.error.contains(words), "\(outcome.error)")
        #expect(outcome.error.contains("\(hint) aviso publish --help)"), "\(outcome.error)")
    }

    @Test func whatTheBrokerSaysIsQuotedBehindWordsOfTheReader() throws {
        let network = try TestNetwork()
        try network.start()
        func publish(_ more: String...) throws -> TestNetwork.Outcome {
            try TestNetwork.run(
                TestNetwork.program("aviso").path,
                [
                    "--profile", network.path("agencies/CO-PONAL"), "--lang", "es", "publish",
                    "--channel", "trafficking-trends", "--kind", "new-behaviour", "--to",
                    "MX:FGR",
                ] + more + [TestNetwork.sample("new-behaviour")]
            )
        }
        let nowhere = "urn:uuid:01990000-0000-7000-8000-000000000001"
        let refused = try publish("--reference", nowhere)
        #expect(refused.status == 1)
        #expect(refused.error.hasPrefix("aviso: El broker lo rechazó: references name \(nowhere)"))
        let wrong = try publish("--tlp", "YELLOW")
        #expect(wrong.error.contains("tiene tlp YELLOW: no es una etiqueta de TLP 2.0."))
        let defined = try network.aviso(
            "agencies/CO-PONAL",
            "group",
            "define",
            "desk",
            "--members",
            "CO:PONAL,MX:FGR"
        )
        #expect(defined.status == 0, "\(defined.error)")
        let outside = try publish("--tlp", "RED", "--group", "desk")
        #expect(outside.error.contains("TLP:RED nombra organismos, no grupos"))
    }

    /// Each option of each command is explained in each language, but for bare codes.
    @Test(arguments: languages)
    func theManualIsTranslated(language: String) throws {
        let overview = try aviso("C", "--help").output.split(separator: "\n")
        let commands = overview.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(commands.count > 15)
        for command in commands {
            let english = try aviso("C", command, "--help").output
            let other = try aviso(language, command, "--help").output
            let lines = Set(english.split(separator: "\n").filter { $0.contains("  --") })
            for line in other.split(separator: "\n") where lines.contains(line) {
                let isEnglish = line.contains(#/ (the|an?|of|or|and|is|with|for) /#)
                #expect(!isEnglish, "\(command): \(line)")
            }
            #expect(english != other, "\(command)")
        }
    }
}
