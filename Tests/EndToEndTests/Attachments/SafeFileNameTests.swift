import Testing

@testable import AvisoClient

/// Names of files that somebody else has chosen.
@Suite struct SafeFileNameTests {
    @Test(arguments: [
        ("foto ñ.jpg", "foto ñ.jpg"), ("a/b/c.txt", "c.txt"), ("..\\..\\c.txt", "c.txt"),
        ("/etc/passwd", "passwd"), ("../../.bashrc", "bashrc"), ("..", "x"), ("", "x"), ("/", "x"),
        ("-rf", "rf"), (" a .", "a"), ("a\u{0}b\nc", "a_b_c"), ("gpj.exe\u{202E}", "gpj.exe_"),
        ("CON:1|2?", "CON_1_2_"), ("\u{FEFF}a", "_a"),
    ])
    func staysInItsFolder(name: String, safe: String) {
        #expect(SafeFileName.of(name, orElse: "x") == safe)
    }

    @Test func longNamesKeepTheirExtension() {
        let name = SafeFileName.of(String(repeating: "ñ", count: 120) + ".pdf", orElse: "x")
        #expect(name.utf8.count <= 180)
        #expect(name.hasSuffix("ñ.pdf"))
        let odd = SafeFileName.of("a." + String(repeating: "b", count: 250), orElse: "x")
        #expect(odd.utf8.count == 180)
    }

    @Test func theExtensionTellsTheType() {
        for (name, type) in [
            ("a.PDF", "application/pdf"), ("a.tar.gz", "application/gzip"), ("pdf", unknown),
            ("a.", unknown), (".png", unknown), ("a.unheard-of", unknown),
        ] {
            #expect(AttachmentFile.mediaType(ofName: name) == type, "\(name)")
        }
    }

    private let unknown = "application/octet-stream"
}
