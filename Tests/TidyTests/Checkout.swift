import Foundation

/// The files of the checkout that the tests run in.
enum Checkout {
    /// The folder with Package.swift.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every Swift file of the sources.
    static let sources = files(in: "Sources").filter { $0.path.hasSuffix(".swift") }

    /// Every Swift file of the tests.
    static let tests = files(in: "Tests").filter { $0.path.hasSuffix(".swift") }

    /// Every text file but those of git and of builds.
    static let all = files(in: "")

    private static func files(in folder: String) -> [TextFile] {
        let start = root.appendingPathComponent(folder, isDirectory: true)
        let keys: [URLResourceKey] = [.isRegularFileKey]
        guard
            let enumerator = FileManager.default.enumerator(
                at: start,
                includingPropertiesForKeys: keys
            )
        else { return [] }
        var files: [TextFile] = []
        for case let url as URL in enumerator {
            let name = url.lastPathComponent
            if name == ".git" || name.hasPrefix(".build") || name == "__pycache__" {
                enumerator.skipDescendants()
                continue
            }
            guard (try? url.resourceValues(forKeys: Set(keys)).isRegularFile) == true,
                let text = try? String(contentsOf: url, encoding: .utf8)
            else { continue }
            let path = url.standardizedFileURL.path
                .dropFirst(root.standardizedFileURL.path.count).drop { $0 == "/" }
            files.append(TextFile(path: String(path), text: text))
        }
        return files.sorted { $0.path < $1.path }
    }
}

/// One file: its path from the root of the checkout and its text.
struct TextFile {
    let path: String
    let text: String

    /// The lines, without their ends.
    var lines: [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The lines with their numbers, without what follows `//`.
    var code: [(number: Int, line: Substring)] {
        lines.enumerated().map { index, line in
            guard let comment = line.range(of: "//"), !line[..<comment.lowerBound].hasSuffix(":")
            else { return (index + 1, line) }
            return (index + 1, line[..<comment.lowerBound])
        }
    }

    /// The target that a file of `Sources` or `Tests` belongs to.
    var target: Substring {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? parts[1] : ""
    }
}
