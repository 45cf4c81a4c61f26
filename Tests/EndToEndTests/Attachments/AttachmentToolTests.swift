import Foundation
import Testing

/// `aviso publish --attach`, `aviso attachment` and `aviso subscribe --attachments`.
@Suite struct AttachmentToolTests {
    private static let reader = "agencies/MX-FGR"

    @Test func filesGoWithAnAlertAndComeOut() throws {
        let network = try TestNetwork()
        try network.start()
        let files = [
            try network.makeFile("foto ñ.jpg", byteCount: 70_000),
            try network.makeFile("empty.txt", byteCount: 0),
            try network.makeFile("datos", byteCount: 65_536),
        ]
        let published = try network.publish(
            attaching: files,
            to: "MX:FGR,US:DEA",
            "--attach-type",
            "image/jpeg,text/plain,application/x-data",
            "--https"
        )
        let alert = try #require(published["alert"] as? String)
        let index = try #require(published["index"] as? Int)
        for name in [alert, "\(index)"] {
            let listed = try network.aviso(Self.reader, "attachment", "list", name, "--json")
            #expect(listed.status == 0, "\(listed.error)")
            #expect(
                listed.objects.map { $0["name"] as? String } == [
                    "foto ñ.jpg", "empty.txt", "datos",
                ]
            )
            #expect(listed.objects.map { $0["size"] as? Int } == [70_000, 0, 65_536])
            #expect(listed.objects.last?["type"] as? String == "application/x-data")
        }
        let out = network.path("out")
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: false)
        let got = try network.aviso(Self.reader, "attachment", "get", alert, "--out", out)
        #expect(got.status == 0, "\(got.error)")
        #expect(got.objects.count == 3)
        for (file, object) in zip(files, got.objects) {
            let path = try #require(object["file"] as? String)
            #expect(FileManager.default.contentsEqual(atPath: file, andPath: path), "\(path)")
        }
        let one = network.path("one")
        let single = try network.aviso(
            Self.reader,
            "attachment",
            "get",
            "\(index)",
            "--number",
            "3",
            "--out",
            one
        )
        #expect(single.status == 0, "\(single.error)")
        #expect(FileManager.default.contentsEqual(atPath: files[2], andPath: one))
        try checkInbox(network, files)
    }

    // As they come, twice: what is there already is not fetched again.
    private func checkInbox(_ network: TestNetwork, _ files: [String]) throws {
        let inbox = network.path("inbox")
        for _ in 0..<2 {
            let subscribed = try network.aviso(
                Self.reader,
                "subscribe",
                "--from",
                "0",
                "--count",
                "1",
                "--attachments",
                inbox,
                "--json"
            )
            #expect(subscribed.status == 0, "\(subscribed.error)")
            let items = subscribed.objects.first?["attachments"] as? [[String: Any]] ?? []
            #expect(items.count == 3)
            for (file, item) in zip(files, items) {
                let path = try #require(item["file"] as? String)
                #expect(FileManager.default.contentsEqual(atPath: file, andPath: path))
            }
        }
    }

    @Test func theAlertsOfATableShareOneStoredFile() throws {
        let network = try TestNetwork()
        try network.start()
        let row = "en,Headline,Words,transport,2026-07-03,EC"
        let header =
            "info[0].language,info[0].headline,info[0].description,type,firstSeen,"
            + "places[0].country"
        let table = network.path("forms.csv")
        try [header, row, row, ""].joined(separator: "\n")
            .write(toFile: table, atomically: true, encoding: .utf8)
        let file = try network.makeFile("map.geojson", byteCount: 100_000)
        let published = try network.aviso(
            "agencies/CO-PONAL",
            "publish",
            "--csv",
            "--channel",
            "trafficking-trends",
            "--kind",
            "new-behaviour",
            "--to",
            "MX:FGR",
            "--attach",
            file,
            "--json",
            table
        )
        #expect(published.objects.count == 2, "\(published.error)")
        let names = try network.attachmentNames
        #expect(names.count == 1)
        #expect(published.objects.map { $0["attachment-digests"] as? [String] } == [names, names])
        for object in published.objects {
            let index = try #require(object["index"] as? Int)
            let target = network.path("map-\(index)")
            let got = try network.aviso(
                Self.reader,
                "attachment",
                "get",
                "\(index)",
                "--out",
                target
            )
            #expect(got.objects.first?["type"] as? String == "application/geo+json")
            #expect(FileManager.default.contentsEqual(atPath: file, andPath: target))
        }
    }

    @Test func aTerminalShowsHowFarItIs() throws {
        let network = try TestNetwork()
        try network.start()
        let file = try network.makeFile("video.mp4", byteCount: 3 << 20)
        let program = TestNetwork.program("aviso").path
        let profiles = (network.path("agencies/CO-PONAL"), network.path(Self.reader))
        let sample = TestNetwork.sample("diversion-incident")
        let sent = try TestNetwork.run(
            "/usr/bin/script",
            [
                "-qec",
                "\(program) --profile \(profiles.0) --lang es publish --channel chemical-diversion "
                    + "--kind diversion-incident --to MX:FGR --attach \(file) \(sample)",
                "/dev/null",
            ]
        )
        #expect(sent.status == 0, "\(sent.output)")
        #expect(sent.output.contains("[#######-----------------] video.mp4: 1024 de 3072 KiB"))
        #expect(sent.output.contains("[########################] video.mp4: 3072 de 3072 KiB"))
        #expect(sent.output.contains("adjuntos guardados con ella: 1"))
        let index = try #require(
            try network.replay().first { $0["attachment-digests"] != nil }?["index"] as? Int
        )
        let target = network.path("copy.mp4")
        let got = try TestNetwork.run(
            "/usr/bin/script",
            [
                "-qec",
                "\(program) --profile \(profiles.1) --lang fr attachment get \(index) "
                    + "--out \(target)",
                "/dev/null",
            ]
        )
        #expect(got.output.contains("[########################] video.mp4 : 3072 sur 3072 Kio"))
        #expect(got.output.contains("vérifiée et enregistrée dans"))
        #expect(FileManager.default.contentsEqual(atPath: file, andPath: target))
        #expect(!FileManager.default.fileExists(atPath: network.path("typescript")))
    }

    @Test func whatIsThereIsNotInTheWayOfTheRest() throws {
        let network = try TestNetwork()
        try network.start()
        let files = [
            try network.makeFile("a.bin", byteCount: 200_000),
            try network.makeFile("b.bin", byteCount: 10),
        ]
        let published = try network.publish(attaching: files, to: "MX:FGR")
        let index = try #require(published["index"] as? Int)
        let folder = network.path("got")
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false
        )
        func get(_ more: String...) throws -> TestNetwork.Outcome {
            try network.tool(
                "MX:FGR",
                ["attachment", "get", "\(index)", "--out", folder, "--json"] + more
            )
        }
        #expect(try get("--number", "1").status == 0)
        let all = try get()
        #expect(all.status == 0, "\(all.error)")
        #expect(all.objects.compactMap { $0["file"] as? String }.count == 2)
        for file in files {
            let name = try #require(file.split(separator: "/").last)
            #expect(FileManager.default.contentsEqual(atPath: file, andPath: "\(folder)/\(name)"))
        }
        // Another file of the same name and size is neither taken for it nor replaced.
        let other = Data(repeating: 1, count: 10)
        try other.write(to: URL(fileURLWithPath: folder + "/b.bin"))
        let refused = try get()
        #expect(refused.status == 1)
        #expect(refused.error.contains("is there already"))
        #expect(FileManager.default.contents(atPath: folder + "/b.bin") == other)
    }

    @Test func whatCannotBeIsSaid() throws {
        let network = try TestNetwork()
        try network.start()
        let file = try network.makeFile("a.txt", byteCount: 10)
        let published = try network.publish(attaching: [file], to: "MX:FGR")
        let index = try #require(published["index"] as? Int)
        for (profile, arguments, status, sentence) in [
            (Self.reader, ["get", "\(index)", "--number", "2"], 2, "has 1 attachments"),
            (Self.reader, ["get", "nonsense"], 2, "neither an index nor"),
            (Self.reader, ["put", "\(index)"], 2, "no action put"),
            ("auditor", ["list", "\(index)"], 2, "are for agencies"),
        ] as [(String, [String], Int32, String)] {
            let outcome = try TestNetwork.run(
                TestNetwork.program("aviso").path,
                ["--profile", network.path(profile), "attachment"] + arguments
            )
            #expect(outcome.status == status, "\(outcome.error)")
            #expect(outcome.error.contains(sentence), "\(outcome.error)")
        }
        let types = try network.aviso(
            "agencies/CO-PONAL",
            "publish",
            "--channel",
            "chemical-diversion",
            "--kind",
            "diversion-incident",
            "--to",
            "MX:FGR",
            "--attach",
            file,
            "--attach-type",
            "text/plain,text/plain",
            TestNetwork.sample("diversion-incident")
        )
        #expect(types.status == 2)
        #expect(types.error.contains("names 2 types for 1 files"))
    }

    @Test func aNameLeadsNowhereElse() throws {
        let network = try TestNetwork()
        try network.start()
        let forger = Forger(network: network)
        let sample = AttachmentSample(bytes: Data("evil".utf8), name: "../../.bashrc\u{202E}\n")
        let total = sample.encrypted.count
        let uploaded = try network.patch(sample.digest, sample.encrypted, at: 0, total: total)
        #expect(uploaded.status == 201)
        let payload = try forger.seal { $0.attachments = [sample.sealed] }
        #expect(try network.register(payload, as: "agencies/CO-PONAL").status == 201)
        let inbox = network.path("inbox")
        let outcome = try network.aviso(
            Self.reader,
            "subscribe",
            "--from",
            "0",
            "--count",
            "1",
            "--attachments",
            inbox
        )
        #expect(outcome.status == 0, "\(outcome.error)")
        let items = outcome.objects.first?["attachments"] as? [[String: Any]]
        let path = try #require(items?.first?["file"] as? String)
        #expect(path.hasPrefix(inbox + "/"))
        #expect(path.hasSuffix("/bashrc__"))
        #expect(FileManager.default.contents(atPath: path) == Data("evil".utf8))
    }
}
