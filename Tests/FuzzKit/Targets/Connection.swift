import MQTTCodec

extension FuzzTarget {
    /// The broker's side of a connection: packets, completions and deliveries in any order.
    static let connection = FuzzTarget("connection", seeds: ConnectionScene.seeds) {
        bytes throws(BrokenPromise) in
        var scene = ConnectionScene()
        var script = Script(bytes)
        while !script.isAtEnd { try scene.step(&script) }
    }
}

extension ConnectionScene {
    /// Connections that publish, subscribe, take deliveries, and come back to their session.
    static var seeds: [[UInt8]] {
        let client = PacketSeeds.ofClient(.v5)
        let connected = Script.make([(0, client[0]), (1, [])])
        let subscribed = connected + Script.make([(0, client[2]), (2, []), (4, [])])
        let delivered = Script.make([(5, [2, 9]), (6, [2, 9]), (7, [])])
        let cut = Script.make([(8, []), (0, client[0]), (1, [1])])
        return [
            connected + client.dropFirst().flatMap { Script.make([(0, $0), (3, [])]) },
            subscribed + delivered + Script.make(client.suffix(4).map { (0, $0) }),
            subscribed + delivered + delivered + cut + delivered,
            PacketSeeds.ofClient(.v311).flatMap { Script.make([(0, $0), (1, [])]) },
            subscribed + Script.make([(9, []), (10, []), (11, []), (12, [])]),
        ]
    }
}
