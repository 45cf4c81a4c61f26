import Foundation

/// The folder of a configuration file, to which the paths in the file are relative.
package struct ConfigurationFolder: Hashable, Sendable {
    private let folder: URL

    /// Finds the folder of a file.
    package init(of file: String) {
        self.folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    }

    /// Makes an absolute path of one that stands in the file.
    package func path(_ path: String) -> String {
        URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path
    }

    /// Whether the path names a folder that is there.
    static func exists(_ path: String) -> Bool {
        let values = try? URL(fileURLWithPath: path).resourceValues(forKeys: [.isDirectoryKey])
        return values?.isDirectory == true
    }
}
