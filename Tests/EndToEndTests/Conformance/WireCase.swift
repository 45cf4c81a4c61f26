import Foundation

/// One exchange of bytes, named by the statements of the standard that it shows.
struct WireCase: Sendable {
    enum Step: Sendable {
        case send([UInt8])
        /// A packet that begins with these bytes; nil stands for any byte.
        case receive([UInt8?])
        case closed
    }

    let name: String
    let version: UInt8
    var isConnected = true
    let steps: [Step]

    /// Every case.
    static let all =
        connecting + strings + connectFields + publishing + subscribing + delivering

    /// The name with the version of the protocol.
    var title: String { "\(name) (\(version == 5 ? "5.0" : "3.1.1"))" }

    /// A case on a connection that CONNACK has accepted.
    static func v5(_ name: String, _ steps: Step...) -> WireCase {
        WireCase(name: name, version: 5, steps: steps)
    }

    /// The same with MQTT 3.1.1.
    static func v4(_ name: String, _ steps: Step...) -> WireCase {
        WireCase(name: name, version: 4, steps: steps)
    }

    /// A case that begins with the first byte of the connection.
    static func raw(_ name: String, version: UInt8 = 5, _ steps: Step...) -> WireCase {
        WireCase(name: name, version: version, isConnected: false, steps: steps)
    }
}

extension WireCase.Step {
    /// Sends a packet: the first byte, and a body whose length is put in front.
    static func send(_ first: UInt8, _ body: String = "") -> WireCase.Step {
        .send(packet(first, body))
    }

    /// The bytes of such a packet.
    static func packet(_ first: UInt8, _ body: String) -> [UInt8] {
        let body = bytes(body).compactMap { $0 }
        var length: [UInt8] = []
        var rest = body.count
        repeat {
            length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return [first] + length + body
    }

    /// Sends bytes as they stand.
    static func bytesOf(_ text: String) -> WireCase.Step { .send(bytes(text).compactMap { $0 }) }

    /// Expects a packet that begins so; `..` stands for any byte.
    static func expect(_ text: String) -> WireCase.Step { .receive(bytes(text)) }

    /// Hexadecimal pairs with spaces between, 'text', and _'text' with its length in front.
    static func bytes(_ text: String) -> [UInt8?] {
        text.split(separator: " ").flatMap { token -> [UInt8?] in
            if token.hasPrefix("_'") {
                let text = Array(token.dropFirst(2).dropLast().utf8)
                return [UInt8(text.count >> 8), UInt8(text.count & 0xFF)] + text
            }
            if token.hasPrefix("'") { return Array(token.dropFirst().dropLast().utf8) }
            var values: [UInt8?] = []
            var rest = token[...]
            while !rest.isEmpty {
                values.append(UInt8(rest.prefix(2), radix: 16))
                rest = rest.dropFirst(2)
            }
            return values
        }
    }
}
