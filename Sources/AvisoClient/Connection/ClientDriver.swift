import Alerts
import Base
import ClientCore
import Crypto
import EventLoop
import MQTTCodec
import TLSEngine

/// Drives one client session on its loop's thread.
final class ClientDriver {
    /// Where the broker is and who we are.
    struct Target: Sendable {
        let host: String
        let port: UInt16
        let context: TLSContext
    }

    /// What becomes of a request.
    typealias Completion<Value> = @Sendable (Result<Value, AvisoError>) -> Void
    typealias OnDelivery = @Sendable (PublishPacket, ClientAction.Ticket) -> Void

    private static let timeoutMilliseconds: UInt64 = 30_000

    private struct Reader {
        let onDelivery: OnDelivery
        let onEnd: @Sendable (AvisoError) -> Void
    }

    private let loop: Loop
    private let target: Target
    private var machine: ClientSessionMachine
    private var decoder = PacketDecoder(packetByteCountMax: 268_435_460)
    private var stream: SecureStream?
    private var timer: TimerToken?
    private var lastToken: UInt64 = 0
    private var connects: [Completion<ConnAckPacket>] = []
    private var publishes: [UInt64: Completion<PubAckPacket>] = [:]
    private var subscribes: [UInt64: Completion<Void>] = [:]
    private var readers: [UInt64: Reader] = [:]
    private var end: AvisoError?
    // The time to connect again has come before the last connection had closed.
    private var isDialDue = false

    init(loop: Loop, target: Target, settings: ClientSettings) {
        self.loop = loop
        self.target = target
        machine = ClientSessionMachine(settings: settings, backoffSeed: Randomness.word())
    }

    // MARK: - Requests

    func connect(_ completion: @escaping Completion<ConnAckPacket>) {
        if let end { return completion(.failure(end)) }
        connects.append(completion)
        if stream == nil { dial() }
        guardTime { driver in
            let waiting = driver.connects
            driver.connects = []
            for connect in waiting { connect(.failure(Self.timedOut)) }
        }
    }

    func publish(
        topicName: String,
        payload: [UInt8],
        _ completion: @escaping Completion<PubAckPacket>
    ) {
        if let end { return completion(.failure(end)) }
        lastToken += 1
        let token = lastToken
        publishes[token] = completion
        step { machine, actions in
            machine.publish(
                topicName: topicName,
                payload: payload,
                token: token,
                now: loop.now,
                into: &actions
            )
        }
        guardTime { driver in
            guard let completion = driver.publishes.removeValue(forKey: token) else { return }
            // One that waits for its agency's rate is taken back, and its owner told so.
            let refusal = driver.machine.withdrawPublish(token: token)
            completion(refusal.map { .success($0) } ?? .failure(Self.timedOut))
        }
    }

    /// Subscribes for one more reader.
    ///
    /// - Parameters:
    ///   - reading: what is to be read.
    ///   - token: the reader.
    ///   - onDelivery: gets what comes, until the reader ends.
    ///   - onEnd: is told when nothing more will come.
    ///   - completion: is told whether the broker grants it.
    func subscribe(
        _ reading: ClientConnection.Reading,
        token: UInt64,
        onDelivery: @escaping OnDelivery,
        onEnd: @escaping @Sendable (AvisoError) -> Void,
        _ completion: @escaping Completion<Void>
    ) {
        if let end { return completion(.failure(end)) }
        subscribes[token] = completion
        readers[token] = Reader(onDelivery: onDelivery, onEnd: onEnd)
        step { machine, actions in
            machine.subscribe(
                filter: reading.filter,
                qos: reading.qos,
                from: reading.from,
                isKept: reading.isKept,
                token: token,
                now: loop.now,
                into: &actions
            )
        }
        guardTime { $0.subscribes.removeValue(forKey: token)?(.failure(Self.timedOut)) }
    }

    /// A reader has ended, by itself or because it was told to.
    func stopReading(_ token: UInt64) {
        readers[token] = nil
        step { $0.stopReading(token: token, now: loop.now, into: &$1) }
    }

    func acknowledge(_ ticket: ClientAction.Ticket, by token: UInt64) {
        step { $0.acknowledge(ticket, by: token, now: loop.now, into: &$1) }
    }

    func close(_ completion: @escaping @Sendable () -> Void) {
        step { $0.close(now: loop.now, into: &$1) }
        guard let stream, stream.pendingByteCount > 0 else { return completion() }
        // The last acknowledgements are on their way; the stream's own limit ends the wait.
        whenClosed.append(completion)
        stream.close(flushing: true)
    }

    private var whenClosed: [@Sendable () -> Void] = []

    private static let timedOut = AvisoError(.timedOut, "the broker has not answered in 30 s")

    private func guardTime(_ expire: @escaping (ClientDriver) -> Void) {
        _ = loop.schedule(at: loop.now.adding(milliseconds: Self.timeoutMilliseconds)) {
            [weak self] in
            if let self { expire(self) }
        }
    }

    // MARK: - Transport

    private func dial() {
        decoder = PacketDecoder(packetByteCountMax: 268_435_460)
        stream = SecureStream.connect(
            loop: loop,
            host: target.host,
            port: target.port,
            context: target.context,
            events: SecureStream.Events(
                onReady: { [weak self] _ in
                    guard let self else { return }
                    step { $0.transportReady(now: self.loop.now, into: &$1) }
                },
                onBytes: { [weak self] in self?.received($0) },
                onClosed: { [weak self] in self?.closed($0) }
            )
        )
    }

    private func received(_ bytes: ArraySlice<UInt8>) {
        decoder.append(bytes)
        while true {
            do throws(MQTTDecodingError) {
                guard let packet = try decoder.next() else { return }
                step { $0.packetReceived(packet, now: loop.now, into: &$1) }
            } catch {
                stream?.close(flushing: false)
                return
            }
        }
    }

    private func closed(_ reason: StreamCloseReason) {
        stream = nil
        step { $0.transportClosed(reason.message, now: loop.now, into: &$1) }
        if isDialDue { redial() }
        let waiting = whenClosed
        whenClosed = []
        for completion in waiting { completion() }
    }

    private func redial() {
        isDialDue = stream != nil
        guard !machine.hasEnded, !isDialDue else {
            stream?.close(flushing: false)
            return
        }
        machine.reconnecting()
        dial()
    }

    // MARK: - Actions

    private func step(_ event: (inout ClientSessionMachine, inout [ClientAction]) -> Void) {
        var actions: [ClientAction] = []
        event(&machine, &actions)
        for action in actions { run(action) }
    }

    private func run(_ action: ClientAction) {
        switch action {
        case .send(let packet):
            stream?.write { buffer in PacketEncoder.encode(packet, into: &buffer) }
        case .connected(let connAck):
            let waiting = connects
            connects = []
            for connect in waiting { connect(.success(connAck)) }
        case .publishCompleted(let token, let pubAck):
            publishes.removeValue(forKey: token)?(.success(pubAck))
        case .subscribed(let token, let reasonCode, let text):
            guard reasonCode.isError else {
                subscribes.removeValue(forKey: token)?(.success(()))
                return
            }
            let error = AvisoError(
                .refused,
                text ?? reasonCode.name,
                reasonCode: reasonCode.rawValue
            )
            readers.removeValue(forKey: token)?.onEnd(error)
            subscribes.removeValue(forKey: token)?(.failure(error))
        case .deliver(let publish, let ticket, let tokens):
            for token in tokens { readers[token]?.onDelivery(publish, ticket) }
        case .failed(let token, let failure):
            let error = AvisoError(failure, wasConnected: true)
            publishes.removeValue(forKey: token)?(.failure(error))
            subscribes.removeValue(forKey: token)?(.failure(error))
            readers.removeValue(forKey: token)?.onEnd(error)
        case .armTimer(let deadline):
            if let timer { loop.cancel(timer) }
            timer = loop.schedule(at: deadline) { [weak self] in
                guard let self else { return }
                timer = nil
                step { $0.timerFired(now: self.loop.now, into: &$1) }
            }
        case .closeTransport:
            stream?.close(flushing: true)
        case .reconnect(let milliseconds):
            _ = loop.schedule(at: loop.now.adding(milliseconds: milliseconds)) { [weak self] in
                self?.redial()
            }
        case .ended(let failure):
            ended(failure)
        }
    }

    private func ended(_ failure: ClientFailure) {
        if let timer { loop.cancel(timer) }
        timer = nil
        let error = AvisoError(failure, wasConnected: connects.isEmpty)
        end = error
        let waiting = connects
        connects = []
        for connect in waiting { connect(.failure(error)) }
        for reader in readers.values { reader.onEnd(error) }
        readers = [:]
    }
}

extension AvisoError {
    fileprivate init(_ failure: ClientFailure, wasConnected: Bool) {
        switch failure {
        case .refused(let code, _):
            self.init(.refused, failure.message, reasonCode: code.rawValue)
        case .limited(let code, _, let wait):
            self.init(
                .tryLater,
                failure.message,
                reasonCode: code.rawValue,
                retryMilliseconds: wait
            )
        case .disconnected(let code, _):
            // Who has taken a session over is no refusal.
            let isRefused = code.isLasting && code != .sessionTakenOver
            self.init(
                isRefused ? .refused : .connectionLost,
                failure.message,
                reasonCode: code.rawValue
            )
        case .startUnclear(let filter):
            self = AvisoError(
                .invalidInput,
                "this client reads \(filter) already: begin at an index, or use another client"
            )
        case .unread(let topicName):
            self = AvisoError(
                .invalidInput,
                "the session is full of what waits under \(topicName), which nobody here reads: "
                    + "it belongs to the filters that it was begun with, so use another session"
            )
        case .transport, .keepAliveTimeout:
            self.init(wasConnected ? .connectionLost : .cannotConnect, failure.message)
        case .protocolError, .queueFull:
            self.init(.connectionLost, failure.message)
        case .closed:
            self.init(.closed, failure.message)
        }
    }
}
