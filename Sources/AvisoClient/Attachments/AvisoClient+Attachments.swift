import Alerts
import Base
import Glibc

extension AvisoProfile {
    /// Uploads what goes with a sealed alert, so that it can be published.
    ///
    /// It blocks the calling thread. Publishing does it by itself.
    ///
    /// - Parameters:
    ///   - sealed: the alert.
    ///   - progress: is told how far each file is.
    /// - Throws: ``AvisoError``: refused with the broker's reason, or no answer.
    public func uploadAttachments(
        of sealed: SealedAlert,
        progress: AttachmentProgress.Handler? = nil
    ) throws(AvisoError) {
        try AttachmentUploader(profile: self, progress: progress).upload(sealed.attachments)
    }

    /// What is kept of attachments until their alert is accepted is not needed any more.
    func forgetAttachments(of sealed: SealedAlert) {
        AttachmentOutbox(profileFolder: folder).remove(sealed.attachments)
    }
}

extension AvisoClient {
    private static let silenceSeconds = 10
    // Between the time in an alert's identifier and that of its entry.
    private static let clockToleranceMilliseconds: UInt64 = 600_000

    /// Finds an alert that was addressed to the profile's agency, opened and verified.
    ///
    /// - Parameters:
    ///   - name: its index, or its identifier.
    ///   - profile: whose key opens it.
    /// - Returns: the alert; nil if none such came within 10 s of silence.
    /// - Throws: ``AvisoError``: cannot connect, or an alert that does not hold.
    public static func alert(
        named name: LogEntryName,
        profile: AvisoProfile
    ) async throws -> ReceivedAlert? {
        var options = AvisoClient.Options()
        options.reconnects = false
        let client = try await AvisoClient.connect(profile: profile, options: options)
        let alerts = try await client.subscribe(
            to: "alerts/#",
            from: start(of: name, profile),
            including: nil
        )
        var found: ReceivedAlert?
        while found == nil {
            let watch = Task.detached {
                try await Task.sleep(for: .seconds(silenceSeconds))
                await client.close()
            }
            defer { watch.cancel() }
            do {
                guard let next = try await alerts.next() else { break }
                switch name {
                case .index(let index):
                    guard next.index <= index else {
                        await client.close()
                        return nil
                    }
                    if next.index == index { found = next }
                case .alert(let alert):
                    if next.alert == alert { found = next }
                }
            } catch let error as AvisoError {
                guard error.code == .closed else { throw error }
                break
            }
        }
        await client.close()
        return found
    }

    // An identifier begins with the time at which its alert was made.
    private static func start(of name: LogEntryName, _ profile: AvisoProfile) -> ReplayStart {
        switch name {
        case .index(let index):
            return .index(index)
        case .alert(let alert):
            guard let identifier = UUID(urn: alert), identifier.version == 7 else {
                return .index(0)
            }
            let time = WallTime(milliseconds: identifier.high >> 16)
                .subtracting(milliseconds: clockToleranceMilliseconds)
            return .time(RFC3339.format(time))
        }
    }
}

extension AvisoProfile {
    /// Downloads all attachments of an alert into a folder of its own.
    ///
    /// What is there already is not fetched again.
    ///
    /// - Parameters:
    ///   - alert: the alert.
    ///   - folder: the folder in which a folder is made that is named by the alert's identifier.
    ///   - progress: is told how far each file is.
    /// - Returns: the files, in the order of the attachments.
    /// - Throws: ``AvisoError`` as for one of them.
    public func downloadAttachments(
        of alert: ReceivedAlert,
        to folder: String,
        progress: AttachmentProgress.Handler? = nil
    ) throws(AvisoError) -> [String] {
        guard !alert.attachments.isEmpty else { return [] }
        let name = alert.alert.split(separator: ":").last.map(String.init) ?? "\(alert.index)"
        for path in [folder, "\(folder)/\(name)"] {
            guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw PrivateFile.failure(path)
            }
        }
        var files: [String] = []
        for attachment in alert.attachments {
            let path = "\(folder)/\(name)/\(attachment.fileName)"
            let kept = try? PrivateFile(reading: path).byteCount()
            if kept != attachment.byteCount {
                try download(attachment, to: path, progress: progress)
            }
            files.append(path)
        }
        return files
    }
}
