internal import COpenSSL
internal import Glibc

/// What OpenSSL reads from and writes to, at a fixed address for the life of a session.
@unsafe struct CiphertextPipes {
    /// What has arrived and was not yet read: lent by the caller, or the bytes of a queue.
    var inbound: UnsafeRawBufferPointer = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// True once the peer's side of the connection has ended.
    var inboundEnded = false
    /// What is to be sent.
    var outbound: ByteQueue = unsafe ByteQueue()
}

/// The BIO over ``CiphertextPipes``: no copy into a memory BIO, no lock, no allocation per record.
enum CiphertextBIO {
    // Written once, then only read, by OpenSSL as well.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        let kind = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
        guard let method = unsafe BIO_meth_new(kind, "aviso ciphertext") else { return nil }
        unsafe BIO_meth_set_read_ex(method, ciphertextRead)
        unsafe BIO_meth_set_write_ex(method, ciphertextWrite)
        unsafe BIO_meth_set_ctrl(method, ciphertextControl)
        return unsafe method
    }()

    /// Makes a BIO that moves bytes through `pipes`, which must outlive it.
    static func make(_ pipes: UnsafeMutablePointer<CiphertextPipes>) -> OpaquePointer? {
        guard let method = unsafe method, let bio = unsafe BIO_new(method) else { return nil }
        unsafe BIO_set_data(bio, pipes)
        unsafe BIO_set_init(bio, 1)
        return unsafe bio
    }
}

private func pipes(of bio: OpaquePointer?) -> UnsafeMutablePointer<CiphertextPipes>? {
    unsafe BIO_get_data(bio)?.assumingMemoryBound(to: CiphertextPipes.self)
}

private func ciphertextRead(
    bio: OpaquePointer?,
    target: UnsafeMutablePointer<CChar>?,
    capacity: Int,
    readCount: UnsafeMutablePointer<Int>?
) -> Int32 {
    unsafe COpenSSL_BIO_clear_retry_flags(bio)
    guard let pipes = unsafe pipes(of: bio), let target = unsafe target else { return 0 }
    let count = unsafe min(capacity, pipes.pointee.inbound.count)
    guard count > 0, let source = unsafe pipes.pointee.inbound.baseAddress else {
        unsafe readCount?.pointee = 0
        if unsafe !pipes.pointee.inboundEnded { unsafe COpenSSL_BIO_set_retry_read(bio) }
        return 0
    }
    unsafe memcpy(target, source, count)
    unsafe pipes.pointee.inbound = UnsafeRawBufferPointer(
        rebasing: pipes.pointee.inbound.dropFirst(count)
    )
    unsafe readCount?.pointee = count
    return 1
}

private func ciphertextWrite(
    bio: OpaquePointer?,
    source: UnsafePointer<CChar>?,
    count: Int,
    writtenCount: UnsafeMutablePointer<Int>?
) -> Int32 {
    unsafe COpenSSL_BIO_clear_retry_flags(bio)
    guard let pipes = unsafe pipes(of: bio) else { return 0 }
    unsafe pipes.pointee.outbound.append(UnsafeRawBufferPointer(start: source, count: count))
    unsafe writtenCount?.pointee = count
    return 1
}

private func ciphertextControl(
    bio: OpaquePointer?,
    command: Int32,
    number: Int,
    pointer: UnsafeMutableRawPointer?
) -> Int {
    switch command {
    case BIO_CTRL_FLUSH: 1
    case BIO_CTRL_EOF: unsafe pipes(of: bio)?.pointee.inboundEnded == true ? 1 : 0
    default: 0
    }
}
