internal import Glibc
internal import TLSEngine

extension SecureStream {
    /// Ciphertext that a peer makes this side send without its owner's doing, for instance answers
    /// to key updates; more than this is abuse.
    private static let unaskedByteCountMax = 1 << 20

    package func ready(_ readiness: Readiness) {
        switch phase {
        case .connecting:
            connectEnded()
        case .handshaking, .open:
            if readiness.contains(.writable) { flush() }
            if !readiness.isDisjoint(with: [.readable, .hangUp]) {
                if isPaused, phase == .open {
                    // A broken connection is reported even while paused.
                    if !readiness.isDisjoint(with: .hangUp) { lost(pendingError("recv")) }
                } else {
                    receive()
                }
            }
        case .flushing:
            if !readiness.isDisjoint(with: .hangUp) { return lost(pendingError("send")) }
            flush()
        case .lingering:
            discard()
        case .resolving, .closed:
            break
        }
    }

    func beginHandshake(serverName: String?) {
        guard phase != .closed else { return }
        phase = .handshaking
        do throws(TLSError) {
            session = try TLSSession(context: context, serverName: serverName)
        } catch {
            return end(.tls(error))
        }
        updateInterest()
        if serverName != nil { unsafe process(UnsafeRawBufferPointer(start: nil, count: 0)) }
    }

    /// Reads once from the socket: at most what fits into the loop's buffer.
    private func receive() {
        let buffer = unsafe loop.scratch.ciphertext
        let count = unsafe recv(number, buffer.baseAddress, buffer.count, 0)
        if count > 0 {
            unsafe process(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
        } else if count == 0 {
            readOn()
            // Paused by what was left: the end shows again when reading goes on.
            if !isPaused || phase == .handshaking { end(.closedByPeer(inOrder: false)) }
        } else if errno != EAGAIN, errno != EINTR {
            lost(.last("recv"))
        }
    }

    /// Continues with what was kept during a pause.
    func readOn() {
        guard phase == .open, !isPaused else { return }
        unsafe process(UnsafeRawBufferPointer(start: nil, count: 0))
    }

    private func process(_ ciphertext: UnsafeRawBufferPointer) {
        guard let session else { return }
        do throws(TLSError) {
            let isClosed = unsafe try session.receive(ciphertext) { () throws(TLSError) in
                if phase == .handshaking {
                    guard try session.handshake() else { return false }
                    phase = .open
                    disarm()
                    // A pause asked for during the handshake begins here.
                    updateInterest()
                    if dialling != nil { loop.unwatchEnd(self) }
                    dialling = nil
                    notify { $0.onReady(session.peerCertificate) }
                }
                return try deliver(from: session)
            }
            guard phase == .open || phase == .handshaking else { return }
            if isClosed { return closedByPeer() }
            let unasked = session.outboundByteCount
            guard unasked <= Self.unaskedByteCountMax else {
                return failed(.library("the other side demands answers that it does not read"))
            }
            if pendingByteCount > 0 { planFlush() }
        } catch {
            failed(error)
        }
    }

    /// Decrypts and hands over until nothing is left or the owner pauses or closes.
    ///
    /// - Returns: true if the peer has closed its side.
    private func deliver(from session: TLSSession) throws(TLSError) -> Bool {
        while phase == .open, !isPaused {
            let (count, end) = try fill(from: session)
            if count > 0 {
                let bytes = loop.scratch.plaintext[..<count]
                notify { $0.onBytes(bytes) }
            }
            switch end {
            case .bytes: continue
            case .wantsCiphertext: return false
            case .closed: return true
            }
        }
        return false
    }

    /// Fills the loop's plaintext buffer with as many records as fit.
    private func fill(
        from session: TLSSession
    ) throws(TLSError) -> (count: Int, end: TLSSession.ReadResult) {
        let recordByteCountMax = 16_384
        var filled = 0
        while true {
            let result: TLSSession.ReadResult
            do throws(TLSError) {
                result = unsafe try loop.scratch.plaintext.withUnsafeMutableBufferPointer {
                    (buffer) throws(TLSError) -> TLSSession.ReadResult in
                    let free = UnsafeMutableRawBufferPointer(buffer.extracting(filled...))
                    return unsafe try session.read(into: free)
                }
            } catch {
                // What came before the fault is delivered; the session fails again at the next
                // read.
                guard filled > 0 else { throw error }
                return (filled, .bytes(0))
            }
            guard case .bytes(let count) = result else { return (filled, result) }
            filled += count
            if filled > Scratch.byteCount - recordByteCountMax { return (filled, result) }
        }
    }

    private func closedByPeer() {
        session?.close()
        _ = sendOutbound()
        end(.closedByPeer(inOrder: true))
    }

    /// Reports that TLS failed, and sends the peer the alert that tells it why.
    private func failed(_ error: TLSError) {
        guard phase != .closed else { return }
        plaintext = []
        plaintextStart = 0
        phase = .flushing
        arm(limits.closeMilliseconds, .closeTimedOut)
        report(.tls(error))
        if phase == .flushing { flush() }
    }

    func lost(_ error: SystemError) {
        end(.lost(error))
    }

    private func pendingError(_ call: String) -> SystemError {
        let error = SocketOption.pendingError(number)
        return SystemError(call: call, number: error == 0 ? ECONNRESET : error)
    }

    /// Reads and forgets until the peer's end.
    private func discard() {
        let buffer = unsafe loop.scratch.ciphertext
        let count = unsafe recv(number, buffer.baseAddress, buffer.count, 0)
        if count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR)) { return }
        end(.closedHere)
    }
}
