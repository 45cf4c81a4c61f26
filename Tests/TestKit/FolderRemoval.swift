import Foundation
import Synchronization

/// Removes folders of tests when the process ends.
enum FolderRemoval {
    private static let folders = Mutex<[String]>([])

    static func atExit(_ folder: String) {
        let isFirst = folders.withLock { folders in
            folders.append(folder)
            return folders.count == 1
        }
        guard isFirst else { return }
        atexit {
            let folders = FolderRemoval.folders.withLock { $0 }
            for folder in folders { try? FileManager.default.removeItem(atPath: folder) }
        }
    }
}
