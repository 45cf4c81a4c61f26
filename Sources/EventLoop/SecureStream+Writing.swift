internal import CLinux
internal import Glibc
internal import TLSEngine

extension SecureStream {
    /// Ciphertext is made only as long as less than this is waiting: the rest waits as it is.
    private static let ciphertextByteCountMax = 131_072
    /// How much is encrypted before the next look at that bound.
    private static let pieceByteCount = 65_536
    /// The size up to which an empty buffer is kept for the next round.
    private static let keptByteCount = 4096

    /// The number of bytes written that the kernel has not taken yet.
    ///
    /// Owners stop writing above a limit of theirs and go on at `onDrained`.
    package var pendingByteCount: Int {
        plaintext.count - plaintextStart + (session?.outboundByteCount ?? 0)
    }

    /// Queues bytes; all that one round writes is encrypted and sent together at its end.
    ///
    /// What is written to a stream that has ended, or is closing, is dropped.
    package func write(_ bytes: some Collection<UInt8>) {
        write { buffer in buffer.append(contentsOf: bytes) }
    }

    /// Lets `body` append to the queue, which saves a copy; it must not remove anything.
    package func write(appending body: (inout [UInt8]) -> Void) {
        loop.preconditionOnLoop()
        switch phase {
        case .resolving, .connecting, .handshaking, .open:
            body(&plaintext)
            planFlush()
        case .flushing, .lingering, .closed:
            break
        }
    }

    func planFlush() {
        guard !isFlushPlanned, !isSendBlocked else { return }
        isFlushPlanned = true
        loop.performAtEndOfRound { [self] in
            isFlushPlanned = false
            flush()
        }
    }

    /// Encrypts and sends until everything has gone or the kernel takes no more.
    func flush() {
        guard phase == .handshaking || phase == .open || phase == .flushing,
            let session
        else { return }
        while true {
            do throws(TLSError) {
                try encrypt(session)
            } catch {
                return end(.tls(error))
            }
            guard session.outboundByteCount > 0 else { break }
            switch sendOutbound() {
            case .taken: continue
            case .blocked:
                isSendBlocked = true
                return updateInterest()
            case .failed(let error): return lost(error)
            }
        }
        if isSendBlocked {
            isSendBlocked = false
            updateInterest()
        }
        switch phase {
        case .flushing: linger()
        case .open: notify { $0.onDrained() }
        case .resolving, .connecting, .handshaking, .lingering, .closed: break
        }
    }

    private func encrypt(_ session: TLSSession) throws(TLSError) {
        guard session.isEstablished else { return }
        while plaintextStart < plaintext.count,
            session.outboundByteCount < Self.ciphertextByteCountMax
        {
            let end = min(plaintext.count, plaintextStart + Self.pieceByteCount)
            let range = plaintextStart..<end
            unsafe try plaintext.withUnsafeBufferPointer { (bytes) throws(TLSError) in
                unsafe try session.write(UnsafeRawBufferPointer(bytes.extracting(range)))
            }
            plaintextStart = end
        }
        if plaintextStart == plaintext.count {
            plaintextStart = 0
            if plaintext.capacity > Self.keptByteCount {
                plaintext = []
            } else {
                plaintext.removeAll(keepingCapacity: true)
            }
            if phase == .flushing { session.close() }
        } else if plaintextStart > plaintext.count / 2 {
            plaintext.removeSubrange(..<plaintextStart)
            plaintextStart = 0
        }
    }

    enum SendResult {
        case taken
        case blocked
        case failed(SystemError)
    }

    /// Offers the waiting ciphertext to the kernel once.
    func sendOutbound() -> SendResult {
        guard let session, number >= 0 else { return .blocked }
        var result = SendResult.taken
        unsafe session.withOutbound { bytes in
            let count = unsafe CLinux_send(number, bytes.baseAddress, bytes.count)
            if count >= 0 { return count }
            if errno == EAGAIN {
                result = .blocked
            } else if errno != EINTR {
                result = .failed(.last("send"))
            }
            return 0
        }
        return result
    }

    private func linger() {
        phase = .lingering
        shutdown(number, Int32(SHUT_WR))
        updateInterest()
    }
}
