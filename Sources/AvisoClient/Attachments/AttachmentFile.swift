/// A file that goes with an alert.
public struct AttachmentFile: Hashable, Sendable {
    /// Where it is.
    public var path: String
    /// What the recipients read as its name; only they do.
    public var name: String
    /// Its media type, which everyone sees in the signed header.
    public var mediaType: String

    /// Names a file.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - name: what the recipients read as its name; nil takes that of the path.
    ///   - mediaType: its media type; nil takes that of the name's extension.
    public init(path: String, name: String? = nil, mediaType: String? = nil) {
        self.path = path
        let name = name ?? path.split(separator: "/").last.map(String.init) ?? path
        self.name = name
        self.mediaType = mediaType ?? Self.mediaType(ofName: name)
    }

    /// The media type that goes with the extension of a name; `application/octet-stream` for any
    /// that is not known.
    public static func mediaType(ofName name: String) -> String {
        let parts = name.split(separator: ".")
        guard parts.count > 1, let end = parts.last else { return unknownType }
        return mediaTypes[end.lowercased()] ?? unknownType
    }

    private static let unknownType = "application/octet-stream"

    private static let mediaTypes = [
        "pdf": "application/pdf", "txt": "text/plain", "csv": "text/csv", "md": "text/markdown",
        "json": "application/json", "xml": "application/xml", "html": "text/html",
        "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif",
        "tif": "image/tiff", "tiff": "image/tiff", "webp": "image/webp", "svg": "image/svg+xml",
        "heic": "image/heic", "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm",
        "mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg", "m4a": "audio/mp4",
        "zip": "application/zip", "gz": "application/gzip", "7z": "application/x-7z-compressed",
        "doc": "application/msword", "xls": "application/vnd.ms-excel",
        "ppt": "application/vnd.ms-powerpoint", "rtf": "application/rtf",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt": "application/vnd.oasis.opendocument.text",
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "odp": "application/vnd.oasis.opendocument.presentation",
        "kml": "application/vnd.google-earth.kml+xml", "geojson": "application/geo+json",
        "eml": "message/rfc822",
    ]
}

/// How far the transfer of an attachment is.
public struct AttachmentProgress: Hashable, Sendable {
    /// Takes it each time that some bytes have gone or come, on the thread of the transfer.
    public typealias Handler = (AttachmentProgress) -> Void

    /// The name of the file.
    public let name: String
    /// The bytes of the encrypted file that are transferred.
    public let done: UInt64
    /// All of them.
    public let total: UInt64
    /// Where this transfer began: above 0 if it goes on with an earlier one.
    public let start: UInt64
}
