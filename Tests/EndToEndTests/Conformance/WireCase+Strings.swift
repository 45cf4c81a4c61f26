/// Strings, variable byte integers and the fields of CONNECT.
extension WireCase {
    static let strings: [WireCase] = [
        .v5(
            "MQTT-1.5.4-3 U+FEFF is kept",
            .send(0x82, "0001 00 0004 EFBBBF 'a' 00"),
            .expect("90 .. 0001 00 00"),
            .send(0x30, "0004 EFBBBF 'a' 00 'x'"),
            .expect("30 08 0004 EFBBBF 'a' 00 'x'")
        ),
        .v5(
            "1.5.4 control character in a topic",
            .send(0x30, "0003 'a' 1F 'b' 00 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "1.5.4 U+009F in a topic",
            .send(0x30, "0002 C29F 00 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5("1.5.4 U+FFFF", .send(0x30, "0003 EFBFBF 00 'x'"), .expect("E0 .. 81"), .closed),
        .v5("1.5.4 U+2A6D4", .send(0x32, "0004 F0AA9B94 0001 00 'x'"), .expect("40 .. 0001")),
        .v4("1.5.3 of 3.1.1 control character", .send(0x30, "0001 01 'x'"), .closed),
        .v5(
            "MQTT-1.5.5-1 property length that is not minimal",
            .send(0x30, "_'p' 8000 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-1.5.7-1 name of a user property",
            .send(0x30, "_'p' 07 26 0001 FF 0001 'v' 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-1.5.7-1 value of a user property",
            .send(0x30, "_'p' 07 26 0001 'n' 0001 00 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-3.3.2-13 response topic not UTF-8",
            .send(0x30, "_'p' 04 08 0001 FF 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-3.3.2-19 content type not UTF-8",
            .send(0x30, "_'p' 04 03 0001 FF 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-3.10.3-1 filter not UTF-8",
            .send(0xA2, "0001 00 0001 FF"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "2.2.2.2 a property that is cut short is malformed wherever it stands",
            .send(0x30, "_'p' 01 17 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-4.7.3-3 the longest topic",
            .send(0x30, "_'\(String(repeating: "a", count: 65_535))' 00 'x'"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5(
            "4.7.3 a topic of as many levels as are served",
            .send(0x82, "0001 00 _'\(String(repeating: "/", count: 200))' 00"),
            .expect("90 .. 0001 00 00"),
            .send(0x30, "_'\(String(repeating: "/", count: 200))' 00 'x'"),
            .expect("30")
        ),
        .v5(
            "4.7.3 a topic of more levels",
            .send(0x30, "_'\(String(repeating: "/", count: 201))' 00 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "4.7.3 a filter of more levels",
            .send(0x82, "0001 00 _'\(String(repeating: "/", count: 201))' 00"),
            .expect("E0 .. 81"),
            .closed
        ),
    ]

    private static func userProperties(_ count: Int) -> String {
        String(repeating: "26 _'k' _'v' ", count: count)
    }

    static let connectFields: [WireCase] = [
        .raw(
            "MQTT-3.1.3-1 every field in its place",
            .send(0x10, "_'MQTT' 05 EE 003C 00 _'fields' 00 _'w' _'p' _'user' _'secret'"),
            .expect("20 .. 00 00")
        ),
        .raw(
            "MQTT-3.1.3-5 twenty-three letters and digits",
            .send(0x10, "_'MQTT' 05 02 003C 00 _'0123456789ABCDEFGHIJabc'"),
            .expect("20 .. 00 00")
        ),
        .raw(
            "3.1.3.1 the longest client identifier, which publishes and is told apart",
            .send(0x10, "_'MQTT' 05 02 003C 00 _'\(String(repeating: "i", count: 65_000))'"),
            .expect("20 .. 00 00"),
            .send(0x82, "0001 00 _'li/a' 04"),
            .expect("90 .. 0001 00 00"),
            .send(0x32, "_'li/a' 0001 00 'x'"),
            .expect("40 .. 0001"),
            .send(0xC0),
            .expect("D0")
        ),
        .raw(
            "MQTT-3.1.3-8 a session that is kept has a shorter one",
            .send(
                0x10,
                "_'MQTT' 05 02 003C 05 11 00000001 _'\(String(repeating: "i", count: 4097))'"
            ),
            .expect("20 .. 00 85"),
            .closed
        ),
        .raw(
            "3.1.2.11.8 as many user properties as anybody needs",
            .send(0x10, "_'MQTT' 05 02 003C BF 91 02 \(userProperties(5001)) _'many'"),
            .expect("20 .. 00 00")
        ),
        .raw(
            "3.1.2.11.8 more user properties than are read",
            .send(0x10, "_'MQTT' 05 02 003C 87 C0 03 \(userProperties(8193)) _'many'"),
            .expect("20 .. 00 97"),
            .closed
        ),
        .raw(
            "MQTT-3.1.3-3 no client identifier",
            .send(0x10, "_'MQTT' 05 02 003C 00"),
            .expect("20 .. 00 85"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-6, MQTT-3.2.2-3 no session to resume",
            .send(0x10, "_'MQTT' 05 00 003C 00 _'wire-never-seen'"),
            .expect("20 .. 00 00")
        ),
        .raw(
            "MQTT-3.1.2-9 will flag without a will",
            .send(0x10, "_'MQTT' 05 06 003C 00 _'a'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-9 will flag without a payload",
            .send(0x10, "_'MQTT' 05 06 003C 00 _'a' 00 _'w'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "4.7.3 empty will topic",
            .send(0x10, "_'MQTT' 05 06 003C 00 _'a' 00 0000 _'x'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-16 user name without its flag",
            .send(0x10, "_'MQTT' 05 02 003C 00 _'a' _'user'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-17 flag without user name",
            .send(0x10, "_'MQTT' 05 82 003C 00 _'a'"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-18 password without its flag",
            .send(0x10, "_'MQTT' 05 82 003C 00 _'a' _'user' _'p'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-19 flag without password",
            .send(0x10, "_'MQTT' 05 C2 003C 00 _'a' _'user'"),
            .closed
        ),
        .raw(
            "MQTT-3.1.3-12 user name not UTF-8",
            .send(0x10, "_'MQTT' 05 82 003C 00 _'a' 0001 FF"),
            .closed
        ),
        .raw(
            "MQTT-3.1.4-6 what follows a refused CONNECT",
            .bytesOf("10 0E _'MQTX' 05 02 003C 00 _'a' 82 07 0001 00 _'s' 00"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-2 protocol of 3.1",
            .send(0x10, "_'MQIsdp' 03 02 003C _'a'"),
            .expect("20 .. 00 84"),
            .closed
        ),
        .v5(
            "MQTT-3.15.1-1 flags of AUTH",
            .send(0xF1, "18 00"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "3.15.2.1 reason code that AUTH has not",
            .send(0xF0, "80 00"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5("packet of a server: SUBACK", .send(0x90, "0001 00 00"), .expect("E0 .. 82"), .closed),
        .v5(
            "packet of a server: UNSUBACK",
            .send(0xB0, "0001 00 00"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v4("packet of a server: CONNACK of 3.1.1", .send(0x20, "00 00"), .closed),
        .v4("packet of a server: SUBACK of 3.1.1", .send(0x90, "0001 00"), .closed),
        .v4("packet of a server: UNSUBACK of 3.1.1", .send(0xB0, "0001"), .closed),
        .v4("packet of a server: PINGRESP of 3.1.1", .send(0xD0), .closed),
    ]
}
