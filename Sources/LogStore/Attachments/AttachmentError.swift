internal import Glibc

/// Why an upload does not go on.
package enum AttachmentError: Error, Hashable, Sendable {
    /// The upload has other bytes already.
    case wrongOffset(has: UInt64)
    /// All of it is stored already.
    case isStored(byteCount: UInt64)
    /// An earlier request for it is still being carried out.
    case isBusy
    /// An upload that begins says how many bytes it will have.
    case totalMissing
    /// It began with another size.
    case otherTotal(UInt64)
    /// It is larger than one may be.
    case tooLarge(byteCountMax: UInt64)
    /// The bytes lead beyond the size that it began with.
    case beyondTotal(UInt64)
    /// Its owner has as many uploads as it may have.
    case tooManyUploads(countMax: Int)
    /// Its owner has as many bytes in uploads as it may have.
    case tooManyBytes(byteCountMax: UInt64)
    /// The disk has no room for it.
    case diskFull
    /// There is no such upload.
    case notFound
    /// The bytes have another digest than the one that they were uploaded as; they are gone.
    case otherDigest
    /// The disk failed; what was uploaded before is still there.
    case failed(LogError)

    init(_ error: LogError) {
        // What a limit of the process forbids to write is the same to its owner.
        if case .failed(_, _, let number) = error, [ENOSPC, EDQUOT, EFBIG].contains(number) {
            self = .diskFull
        } else {
            self = .failed(error)
        }
    }
}
