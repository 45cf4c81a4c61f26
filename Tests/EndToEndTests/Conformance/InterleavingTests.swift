import Base
import Foundation
import MQTTCodec
import Testing

/// Clients that connect, subscribe, publish, fall silent, vanish and take each other over in any
/// order, against a model of what each must and may receive (MQTT 5.0 4.3 to 4.6).
@Suite struct InterleavingTests {
    /// The run that AVISO_MODEL_SEED names, or so many from seed 1 on.
    private static let seeds: [UInt64] = {
        let named = ProcessInfo.processInfo.environment["AVISO_MODEL_SEED"].flatMap { UInt64($0) }
        return named.map { [$0] } ?? Array(1...40)
    }()
    private static let stepCount = 60

    @Test("4.3, 4.6: QoS 0 once at most, 1 once at least, 2 exactly once, each topic in order")
    func everyInterleavingKeepsTheGuarantees() throws {
        let network = try ConformanceNetwork(threads: 2)
        let port = try network.plainPort()
        for seed in Self.seeds {
            var scene = InterleavingScene(seed: seed, port: port)
            do {
                for _ in 0..<Self.stepCount { try scene.step() }
                try scene.finish()
            } catch {
                scene.complaints.append("\(error)")
            }
            guard scene.complaints.isEmpty else {
                let story = scene.story.joined(separator: "\n")
                Issue.record(
                    "AVISO_MODEL_SEED=\(seed): \(scene.complaints)\n\(story)"
                )
                return
            }
        }
    }
}

/// Three clients with sessions that last, three topics, and what the model knows of them.
struct InterleavingScene {
    private static let clientCount = 3
    private static let topics = ["a", "b", "c"]

    private let seed: UInt64
    private let port: UInt16
    private var generator: SplitMix64
    private var clients: [ModelClient]
    private var published: [ModelMessage] = []
    /// What has happened, for whoever looks into a failure.
    private(set) var story: [String] = []
    var complaints: [String] = []

    init(seed: UInt64, port: UInt16) {
        self.seed = seed
        self.port = port
        generator = SplitMix64(seed: seed)
        clients = (0..<Self.clientCount).map { ModelClient(identifier: "model-\(seed)-\($0)") }
    }

    private mutating func below(_ count: Int) -> Int {
        Int.random(in: 0..<count, using: &generator)
    }

    private func topicName(_ topic: String) -> String { "model/\(seed)/\(topic)" }

    /// Lets one thing happen.
    mutating func step() throws {
        let who = below(clients.count)
        guard clients[who].isConnected else { return try connect(who) }
        switch below(12) {
        case 0...1: try subscribe(who)
        case 2: try unsubscribe(who)
        case 3...7: try publish(who)
        case 8:
            story.append("\(who) acknowledges nothing for now")
            clients[who].isSilent = true
        case 9:
            story.append("\(who) acknowledges again")
            try clients[who].speakAgain()
        case 10:
            story.append("\(who) vanishes")
            clients[who].vanish()
        default: try connect(who)
        }
    }

    // Also while it is connected: then it takes itself over.
    private mutating func connect(_ who: Int) throws {
        let isClean = below(8) == 0
        story.append("\(who) connects\(isClean ? " anew" : "")")
        let had = clients[who].hasSession
        let sessionPresent = try clients[who].connect(port: port, cleanStart: isClean)
        if sessionPresent != (had && !isClean) {
            complaints.append("client \(who): session present is \(sessionPresent)")
        }
        if isClean { forgetObligations(of: who) }
    }

    private mutating func forgetObligations(of who: Int) {
        clients[who].filters = [:]
        for place in published.indices { published[place].owed[who] = nil }
    }

    private mutating func subscribe(_ who: Int) throws {
        let topic = (Self.topics + ["+"])[below(Self.topics.count + 1)]
        let qos = QoS(rawValue: UInt8(below(3))) ?? .atMostOnce
        story.append("\(who) subscribes to \(topic) with QoS \(qos.rawValue)")
        // Its loop knows then of all that was published before.
        try clients[who].publish([], on: "barrier/\(seed)", qos: .atLeastOnce)
        try clients[who].subscribe(topicName(topic), qos: qos)
        clients[who].filters[topicName(topic)] = qos
        try relaxObligations(of: who)
    }

    // A change of subscriptions holds for what has not been sent yet, too (3.8.4, 3.10.4).
    private mutating func relaxObligations(of who: Int) throws {
        let received = Set(clients[who].received)
        for place in published.indices where !received.contains(published[place].number) {
            guard let owed = published[place].owed[who] else { continue }
            published[place].owed[who] = try clients[who].granted(for: published[place].topic)
                .map { min($0, owed) }
        }
    }

    private mutating func unsubscribe(_ who: Int) throws {
        guard let filter = clients[who].filters.keys.sorted().first else { return }
        story.append("\(who) unsubscribes from \(filter)")
        try clients[who].unsubscribe(filter)
        clients[who].filters[filter] = nil
        try relaxObligations(of: who)
    }

    private mutating func publish(_ who: Int) throws {
        let topic = topicName(Self.topics[below(Self.topics.count)])
        let qos = QoS(rawValue: UInt8(below(3))) ?? .atMostOnce
        // Now and then it vanishes before the answer, and publishes again when it is back.
        let vanishes = qos != .atMostOnce && below(4) == 0
        try publish(who, topic, qos, vanishes: vanishes)
    }

    private mutating func publish(
        _ who: Int,
        _ topic: String,
        _ qos: QoS,
        vanishes: Bool = false
    ) throws {
        let number = published.count
        let suffix = vanishes ? ", vanishes and comes back" : ""
        story.append("\(who) publishes \(number) on \(topic) with QoS \(qos.rawValue)\(suffix)")
        var message = ModelMessage(number: number, author: who, topic: topic, qos: qos)
        for (place, client) in clients.enumerated() {
            message.owed[place] = try client.granted(for: topic).map { min($0, qos) }
        }
        message.mayReach = Set(message.owed.keys)
        published.append(message)
        let payload = Array("\(number)".utf8)
        if vanishes {
            try clients[who].publishAndVanish(payload, on: topic, qos: qos)
            _ = try clients[who].connect(port: port, cleanStart: false)
            try clients[who].publishAgain()
        } else {
            try clients[who].publish(payload, on: topic, qos: qos)
        }
    }

    /// Brings everybody back, lets everything arrive, and compares.
    mutating func finish() throws {
        for who in clients.indices {
            if !clients[who].isConnected { try connect(who) }
            try clients[who].speakAgain()
        }
        // What follows everything else on its topic and QoS shows that the rest has come.
        for topic in Self.topics {
            for qos in [QoS.atMostOnce, .atLeastOnce, .exactlyOnce] {
                try publish(0, topicName(topic), qos)
            }
        }
        let last = published.suffix(9)
        for who in clients.indices {
            let wanted = last.filter { $0.owed[who] != nil }.map(\.number)
            try clients[who].receive(until: Set(wanted))
        }
        for who in clients.indices { compare(who) }
    }

    private mutating func compare(_ who: Int) {
        let received = clients[who].received
        var counts: [Int: Int] = [:]
        for number in received { counts[number, default: 0] += 1 }
        for message in published {
            let count = counts[message.number, default: 0]
            if count > 0, !message.mayReach.contains(who) {
                complaints.append("client \(who) received \(message.number) without subscription")
            }
            guard let qos = message.owed[who] else { continue }
            switch qos {
            // What was published again with QoS 1 may be two messages.
            case .atMostOnce where message.qos != .atLeastOnce && count > 1,
                .atLeastOnce where count < 1, .exactlyOnce where count != 1:
                complaints.append(
                    "client \(who) received \(message.number) \(count) times, QoS \(qos.rawValue)"
                )
            default: break
            }
        }
        // The first arrivals of one author's messages of one topic and QoS are in order (4.6).
        var latest: [String: Int] = [:]
        var seen: Set<Int> = []
        for number in received where seen.insert(number).inserted {
            let message = published[number]
            guard let qos = message.owed[who] else { continue }
            let line = "\(message.author) \(message.topic) \(message.qos.rawValue) \(qos.rawValue)"
            if let before = latest[line], before > number {
                complaints.append("client \(who) received \(number) behind \(before)")
            }
            latest[line] = number
        }
    }
}

/// A message and what it owes to whom.
struct ModelMessage {
    let number: Int
    let author: Int
    let topic: String
    let qos: QoS
    /// The QoS that a client is owed it with, by the client's place; nothing after a clean start.
    var owed: [Int: QoS] = [:]
    /// The clients that had subscribed when it was published.
    var mayReach: Set<Int> = []

    init(number: Int, author: Int, topic: String, qos: QoS) {
        self.number = number
        self.author = author
        self.topic = topic
        self.qos = qos
    }
}
