import MQTTCodec

/// A filter that a client has subscribed to, for all who read it.
struct ClientSubscription: Sendable {
    let filter: TopicFilter
    var qos: QoS
    /// What the broker marks its deliveries with: since the last SUBSCRIBE with the last of them.
    var identifiers: [UInt32]
    /// Whether a session that is kept keeps it without a reader.
    var isKept: Bool
    /// Who waits for the answer.
    var waiting: [UInt64]
    /// Where the SUBSCRIBE that is not granted yet asks to begin: an index or a time.
    var request: String?
    /// What the last granted one asked for.
    private(set) var start: String?
    /// The index that follows what has come, or at which the broker begins.
    private(set) var next: UInt64?
    /// The packet identifier of the SUBSCRIBE under way.
    var packetIdentifier: UInt16?
    /// Whether the last SUBSCRIBE was granted.
    private(set) var isGranted = false
    /// Whether the broker's session has it, from an earlier SUBSCRIBE.
    var isHeld = false
    // Whether anything has come since SUBSCRIBE was sent.
    private var hasDelivered = false
    // The index at which the broker begins after the last SUBACK, if it has told one.
    private var toldStart: UInt64?

    init(
        filter: TopicFilter,
        qos: QoS,
        identifier: UInt32,
        isKept: Bool,
        request: String?,
        token: UInt64
    ) {
        self.filter = filter
        self.qos = qos
        identifiers = [identifier]
        self.isKept = isKept
        self.request = request
        waiting = [token]
    }

    /// Where the next SUBSCRIBE is to begin; nil where the broker's session goes on by itself.
    var resumption: String? {
        isHeld ? request : request ?? next.map { String($0) } ?? start
    }

    /// The last index at which another reader may begin without those before it missing anything;
    /// nil if that cannot be told.
    var latestStart: UInt64? {
        guard request == nil else { return request.flatMap { UInt64($0) } }
        return next ?? start.flatMap { UInt64($0) }
    }

    /// SUBSCRIBE goes out.
    mutating func sent(as packetIdentifier: UInt16) {
        self.packetIdentifier = packetIdentifier
        isGranted = false
        hasDelivered = false
        toldStart = nil
    }

    /// SUBACK has come.
    mutating func granted(from index: UInt64?) {
        isGranted = true
        isHeld = true
        if let request {
            start = request
            if !hasDelivered { next = nil }
        }
        request = nil
        toldStart = index
        if let index, !hasDelivered { next = index }
    }

    /// Whether what came before the last SUBACK is for those who have chosen their start: the
    /// broker begins behind it, so that it does not come again.
    func leaves(_ index: UInt64) -> Bool {
        isGranted && toldStart.map { index < $0 } != false
            && index >= start.flatMap { UInt64($0) } ?? 0
    }

    /// SUBACK has refused it.
    mutating func refused() {
        isGranted = isHeld
        request = nil
    }

    /// An entry has come for it.
    mutating func delivered(index: UInt64) {
        hasDelivered = true
        next = index + 1
    }

    /// An entry that had come was taken by nobody.
    mutating func missed(index: UInt64) {
        next = min(next ?? index, index)
    }

    /// The broker's session has gone.
    mutating func forgotten() {
        isHeld = false
        isGranted = false
    }

    /// One more reader makes another SUBSCRIBE necessary.
    mutating func joined(by token: UInt64, qos: QoS, identifier: UInt32, isKept: Bool) {
        self.qos = max(self.qos, qos)
        self.isKept = self.isKept || isKept
        identifiers.append(identifier)
        waiting.append(token)
        isGranted = false
    }
}

/// Who reads what a filter brings.
struct ClientReader: Sendable {
    let token: UInt64
    let filter: TopicFilter
    /// Whether it has chosen where to begin: what a session brings of itself is not for it.
    let hasStart: Bool
    /// Whether a session that is kept keeps for the next reader what this one has not taken.
    let isKept: Bool
    /// The subscription identifiers that it gets.
    var identifiers: Set<UInt32>
}

/// A QoS 1 delivery that is not acknowledged.
struct ClientDelivery: Sendable {
    let publish: PublishPacket
    let packetIdentifier: UInt16
    /// Who has it and has not acknowledged it.
    var readers: Set<UInt64>
}
