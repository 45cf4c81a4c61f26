import Base

extension AlertHeader {
    /// Checks the rules that relate the parts of a header, for every way to make one.
    func validate() throws(AlertHeaderError) {
        try validateRecipients()
        try limit("handling", handling.count, Limits.handlingCountMax)
        try limit("references", references.count, Limits.referencesCountMax)
        try limit("attachments", attachments.count, Limits.attachmentsCountMax)
        if message.needsReference && references.isEmpty {
            throw .invalid(
                key: "message",
                value: message.rawValue,
                rule: "it needs a reference to what it is about"
            )
        }
        if isInterim, message != .answer {
            throw .invalid(
                key: "interim",
                value: "true",
                rule: "only an answer is interim, and this is of type \(message.rawValue)"
            )
        }
        for attachment in attachments {
            try validate(attachment)
        }
    }

    private func validateRecipients() throws(AlertHeaderError) {
        guard !to.isEmpty else {
            throw .invalid(key: "to", value: "[]", rule: "an alert names at least one agency")
        }
        try limit("to", to.count, Limits.toCountMax)
        let sorted = to.sorted()
        for (agency, next) in zip(sorted, sorted.dropFirst()) where agency == next {
            throw .invalid(key: "to", value: agency.description, rule: "it is named twice")
        }
        try limit("groups", groups.count, Limits.groupsCountMax)
        for group in groups {
            guard AlertHeader.isGroupName(group) else {
                throw .invalid(
                    key: "groups",
                    value: String(group.prefix(utf8: Limits.groupByteCountMax)),
                    rule: "a group's name has 1 to 64 letters, digits, colons and hyphens"
                )
            }
        }
        if tlp == .red, let group = groups.first {
            throw .invalid(key: "groups", value: group, rule: "TLP:RED names agencies, no group")
        }
    }

    private func validate(_ attachment: AttachmentReference) throws(AlertHeaderError) {
        guard (1...AttachmentReference.byteCountMax).contains(attachment.byteCount) else {
            throw .invalid(
                key: "attachments",
                value: String(attachment.byteCount),
                rule: "an attachment has 1 to \(AttachmentReference.byteCountMax) bytes"
            )
        }
        guard AlertHeader.isMediaType(attachment.mediaType) else {
            throw .invalid(
                key: "attachments",
                value: String(attachment.mediaType.prefix(utf8: 64)),
                rule: "it is not a media type such as application/pdf"
            )
        }
    }

    private func limit(_ key: String, _ count: Int, _ countMax: Int) throws(AlertHeaderError) {
        guard count <= countMax else {
            throw .invalid(key: key, value: "of \(count)", rule: "\(countMax) are allowed")
        }
    }

    /// Whether a text can name a group.
    package static func isGroupName(_ text: String) -> Bool {
        (1...Limits.groupByteCountMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    // RFC 6838 4.2, without parameters.
    private static func isMediaType(_ text: String) -> Bool {
        guard text.utf8.count <= Limits.mediaTypeByteCountMax else { return false }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { byte in
                        switch byte {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                        default: "!#$&-^_.+".utf8.contains(byte)
                        }
                    }
            }
    }
}
