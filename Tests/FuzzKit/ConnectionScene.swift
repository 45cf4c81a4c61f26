import Alerts
import Base
import BrokerCore
import COSE
import MQTTCodec

/// A station's connections, one after the other on one session, with a driver that does as the
/// broker's does but answers in any order.
struct ConnectionScene: ~Copyable {
    private static let receiveMaximum: UInt16 = 3
    // A field of 255 bytes holds fewer than 64 filters; each is answered by four actions at most.
    private static let actionCountMax = 4 * 64 + 16
    private static let station = StationIdentity(urn: "urn:aviso:agency:MX:FGR:station-1")

    private var machine: ConnectionMachine?
    private var decoder = PacketDecoder(packetByteCountMax: 1024)
    private var parked: Session?
    private var tokens: [UInt64] = []
    private var receiveMaximum = Int(receiveMaximum)
    // What was published on this connection and is not acknowledged to the end (4.9).
    private var underWay: Set<UInt16> = []
    private var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private var committed: UInt64 = 10

    init() {
        connect()
    }

    private mutating func connect() {
        var limits = BrokerLimits()
        limits.receiveMaximum = Self.receiveMaximum
        limits.subscriptionsPerSessionMax = 4
        limits.heldCountMax = 4
        let topics = TopicSpace(opaqueChannels: [.init(prefix: "", refusedFilters: ["no/#"])])
        let settings = ConnectionSettings(
            limits: limits,
            topics: topics,
            serverVersion: "fuzz",
            logOrigin: "aviso.test/log"
        )
        decoder = PacketDecoder(packetByteCountMax: 1024)
        receiveMaximum = Int(Self.receiveMaximum)
        tokens = []
        underWay = []
        guard let station = Self.station else { return }
        machine = ConnectionMachine(
            station: station,
            directory: Self.directory,
            settings: settings
        )
    }

    private static var directory: Directory {
        var directory = Directory()
        guard let agency = AgencyID("MX:FGR") else { return directory }
        let member = DirectoryMember(
            id: agency,
            role: .agency,
            name: "FGR",
            signingKey: Ed25519PublicKey([UInt8](repeating: 1, count: 32)),
            encryptionKey: X25519PublicKey([UInt8](repeating: 2, count: 32)),
            publish: Set(Channel.allCases),
            subscribe: Set(Channel.allCases)
        )
        directory.set(member, signingKeyID: [1], encryptionKeyID: [2])
        return directory
    }

    /// Lets one thing happen.
    ///
    /// - Parameter script: which.
    /// - Throws: ``BrokenPromise`` if the machine answers as it must not.
    mutating func step(_ script: inout Script) throws(BrokenPromise) {
        let event = script.below(13)
        let field = script.field()
        var actions: [ConnectionAction] = []
        let wasClosed = machine?.isClosed ?? true
        switch event {
        case 0: try bytesReceived(field)
        case 1...4: completed(event, field, &actions)
        case 5...7: delivered(event, field)
        case 8:
            parked = machine?.takeSession(committed: committed)
            connect()
        default: environmentActed(event, field, &actions)
        }
        try check(actions, wasClosed: wasClosed)
    }

    // As the shard does: nothing is taken while the session is on its way.
    private mutating func bytesReceived(_ bytes: ArraySlice<UInt8>) throws(BrokenPromise) {
        decoder.append(bytes)
        while machine?.isClosed == false, machine?.isClaiming == false,
            machine?.isResolvingStart == false
        {
            var actions: [ConnectionAction] = []
            do throws(MQTTDecodingError) {
                guard let packet = try decoder.next() else { return }
                if case .connect(let connect) = packet, machine?.isConnected == false {
                    receiveMaximum = min(
                        Int(connect.properties.receiveMaximum ?? 65_535),
                        Int(Self.receiveMaximum)
                    )
                }
                noteAcknowledgement(packet)
                machine?.packetReceived(packet, now: now, committed: committed, into: &actions)
            } catch {
                machine?.decodingFailed(error, decoder: decoder, into: &actions)
                try expect(machine?.isClosed == true, "what is no packet ends the connection")
            }
            try check(actions, wasClosed: false)
        }
    }

    private mutating func completed(
        _ event: Int,
        _ field: ArraySlice<UInt8>,
        _ actions: inout [ConnectionAction]
    ) {
        let choice = field.first ?? 0
        let token = tokens.isEmpty ? UInt64(choice) : tokens.remove(at: Int(choice) % tokens.count)
        switch event {
        case 1:
            guard machine?.isClaiming == true else { return }
            machine?.sessionClaimed(parked, now: now, committed: committed, into: &actions)
            parked = nil
        case 2 where choice & 8 != 0:
            machine?.sessionUnrecorded(token: token, .logUnwritable, into: &actions)
        case 2: machine?.sessionRecorded(token: token, into: &actions)
        case 3:
            let result: PublishResult =
                choice & 1 == 0
                ? .accepted(index: committed, receipt: "AA")
                : .refused(Refusal(.publish, .notAuthorized, "no"))
            committed += 1
            machine?.publishCompleted(token: token, result: result, into: &actions)
        default:
            let index = UInt64(choice) % (committed + 1)
            machine?.startResolved(token: token, index: index, committed: committed, into: &actions)
        }
    }

    private mutating func delivered(_ event: Int, _ field: ArraySlice<UInt8>) {
        let qos = QoS(rawValue: (field.first ?? 1) % 3) ?? .atLeastOnce
        let index = UInt64(field.last ?? 0)
        switch event {
        case 5:
            let isAlert = field.count > 2
            let publication = Session.Publication(
                index: index,
                topicName: isAlert ? "alerts/chemical-diversion/diversion-incident" : "a/b/c",
                scope: isAlert ? .alerts : .opaque,
                qos: qos
            )
            note(machine?.planDelivery(publication, byteCount: field.count))
            committed = max(committed, index + 1)
        case 6:
            let entry = CommittedEntry(index: index, typeName: "opaque", bytes: [], alert: nil)
            let held = HeldDelivery(entry: entry, qos: qos, isRetained: true, identifiers: [1])
            _ = machine?.hold(held)
            note(machine?.planHeldDelivery(byteCount: field.count))
        default:
            note(machine?.planHeldDelivery(byteCount: 1))
        }
    }

    private mutating func note(_ delivery: ConnectionMachine.Delivery?) {
        guard case .send(let sent)? = delivery, let identifier = sent.packetIdentifier else {
            return
        }
        underWay.insert(identifier)
    }

    private mutating func noteAcknowledgement(_ packet: ControlPacket) {
        switch packet {
        case .pubAck(let answer), .pubComp(let answer): underWay.remove(answer.packetIdentifier)
        case .pubRec(let answer) where answer.reasonCode.isError:
            underWay.remove(answer.packetIdentifier)
        default: break
        }
    }

    private mutating func environmentActed(
        _ event: Int,
        _ field: ArraySlice<UInt8>,
        _ actions: inout [ConnectionAction]
    ) {
        let index = UInt64(field.first ?? 0)
        switch (event, field.first) {
        case (9, 0xFF): machine?.takenOver(into: &actions)
        case (9, _): machine?.fallBehind(at: index)
        case (10, 0xFF): machine?.serverStopping(into: &actions)
        case (10, _): machine?.advance(to: index, committed: committed)
        case (11, _):
            now = now.adding(seconds: index)
            machine?.keepAliveExpired(now: now, into: &actions)
        case (_, 0xFF): machine?.connectTimedOut(into: &actions)
        default: _ = machine?.takeReport()
        }
    }

    private mutating func check(
        _ actions: [ConnectionAction],
        wasClosed: Bool
    ) throws(BrokenPromise) {
        try expect(actions.count <= Self.actionCountMax, "\(actions.count) actions of one event")
        if wasClosed {
            let said = actions.filter { if case .send = $0 { true } else { false } }
            try expect(said.isEmpty, "a closed connection sends \(said)")
        }
        for action in actions {
            switch action {
            case .admit(_, _, let token), .resolveStart(_, let token): tokens.append(token)
            case .publishOpaque(_, _, let token), .refuse(_, let token),
                .recordSession(_, let token):
                if let token { tokens.append(token) }
            case .resendHeld(let identifier): underWay.insert(identifier)
            default: break
            }
        }
        try expect(
            underWay.count <= receiveMaximum,
            "\(underWay.count) under way, \(receiveMaximum) allowed [MQTT-3.3.4-9]"
        )
        if let session = machine?.session {
            try expect(session.subscriptions.count <= 4, "more subscriptions than allowed")
            try expect(session.heldCount <= 4, "more held deliveries than allowed")
        }
    }
}
