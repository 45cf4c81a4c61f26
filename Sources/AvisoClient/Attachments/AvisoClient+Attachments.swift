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
