extension WireCase {
    /// PUBLISH and its acknowledgements, both ways.
    static let publishing: [WireCase] = [
        .v5("MQTT-4.3.2-4 QoS 1", .send(0x32, "_'p/1' 0001 00 'x'"), .expect("40 .. 0001")),
        .v4("MQTT-4.3.2-2 of 3.1.1", .send(0x32, "_'p/1' 0001 'x'"), .expect("40 02 0001")),
        .v5(
            "MQTT-4.3.3-8 to -11 QoS 2",
            .send(0x34, "_'p/2' 0001 00 'x'"),
            .expect("50 .. 0001"),
            .send(0x3C, "_'p/2' 0001 00 'x'"),
            .expect("50 .. 0001"),
            .send(0x62, "0001"),
            .expect("70 .. 0001"),
            .send(0xC0),
            .expect("D0")
        ),
        .v4(
            "MQTT-4.3.3-2 of 3.1.1",
            .send(0x34, "_'p/2' 0001 'x'"),
            .expect("50 02 0001"),
            .send(0x62, "0001"),
            .expect("70 02 0001")
        ),
        .v5("3.6.2.1 PUBREL of nothing", .send(0x62, "0009"), .expect("70 02 0009")),
        .v5(
            "3.4.2.1 nobody has subscribed",
            .send(0x32, "_'nobody/here' 0001 00 'x'"),
            .expect("40 03 0001 10")
        ),
        .v5(
            "1.5.4 control character in a topic",
            .send(0x30, "0003 700170 00 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "4.8.2 publish to $share",
            .send(0x34, "_'$share/g/a' 0001 00 'x'"),
            .expect("50 .. 0001 87")
        ),
        .v4("4.3.3 of 3.1.1 PUBREL of nothing", .send(0x62, "0009"), .expect("70 02 0009")),
        .v5(
            "MQTT-2.2.1-3 identifier 0",
            .send(0x32, "_'p/1' 0000 00 'x'"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5("MQTT-3.3.1-4", .send(0x36, "_'p/1' 0001 00 'x'"), .expect("E0 .. 81"), .closed),
        .v4("MQTT-3.3.1-4 of 3.1.1", .send(0x36, "_'p/1' 0001 'x'"), .closed),
        .v5(
            "MQTT-3.3.1-2 DUP with QoS 0",
            .send(0x38, "_'p/1' 00 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-3.3.2-2 wildcard #",
            .send(0x32, "_'p/#' 0001 00 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5("MQTT-3.3.2-2 wildcard +", .send(0x30, "_'p/+' 00 'x'"), .expect("E0 .. 81"), .closed),
        .v4("MQTT-3.3.2-2 of 3.1.1", .send(0x30, "_'p/+' 'x'"), .closed),
        .v5(
            "MQTT-3.3.2-1 topic not UTF-8",
            .send(0x30, "0001 FF 00 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-1.5.4-2 topic with U+0000",
            .send(0x30, "0001 00 00 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "3.3.2.1 no topic and no alias",
            .send(0x30, "0000 00 'x'"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v4("MQTT-4.7.3-1 of 3.1.1 empty topic", .send(0x30, "0000 'x'"), .closed),
        .v5(
            "MQTT-3.3.2-8 alias 0",
            .send(0x30, "_'p' 03 23 0000 'x'"),
            .expect("E0 .. 94"),
            .closed
        ),
        .v5(
            "MQTT-3.3.2-9 alias above the maximum",
            .send(0x30, "_'p' 03 23 000B 'x'"),
            .expect("E0 .. 94"),
            .closed
        ),
        .v5(
            "3.3.2.3.4 alias never set",
            .send(0x30, "0000 03 23 0001 'x'"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "MQTT-3.3.2-12 alias",
            .send(0x82, "0001 00 _'al/x' 00"),
            .expect("90 .. 0001 00 00"),
            .send(0x30, "_'al/x' 03 23 0001 '1'"),
            .expect("30 08 _'al/x' 00 '1'"),
            .send(0x30, "0000 03 23 0001 '2'"),
            .expect("30 08 _'al/x' 00 '2'")
        ),
        .v5(
            "MQTT-3.3.4-6 subscription identifier",
            .send(0x30, "_'p' 02 0B 01 'x'"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "MQTT-3.3.2-14 response topic with a wildcard",
            .send(0x30, "_'p' 04 08 _'#' 'x'"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "3.3.2.3.2 payload format indicator 2",
            .send(0x30, "_'p' 02 01 02 'x'"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "3.3.2.3.2 payload is not UTF-8",
            .send(0x32, "_'p' 0001 02 01 01 FF"),
            .expect("40 .. 0001 99")
        ),
        .v5(
            "3.3.2.3.3 message expiry twice",
            .send(0x30, "_'p' 0A 02 00000001 02 00000001 'x'"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "3.3.2.3 property of another packet",
            .send(0x30, "_'p' 05 11 00000001 'x'"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "2.2.2.2 unknown property",
            .send(0x30, "_'p' 02 7F 00 'x'"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "2.2.2.1 properties longer than the packet",
            .send(0x30, "_'p' 20 01"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "4.8.2 publish to $SYS",
            .send(0x32, "_'$SYS/x' 0001 00 'x'"),
            .expect("40 .. 0001 87")
        ),
        .v5(
            "alerts stay signed",
            .send(0x32, "_'alerts/intelligence/intelligence-report' 0001 00 'x'"),
            .expect("40 .. 0001 87")
        ),
        .v5(
            "alerts are never retained",
            .send(0x33, "_'alerts/a/b' 0001 00 'x'"),
            .expect("E0 .. 9A"),
            .closed
        ),
        .v5(
            "PUBACK of nothing is late, not wrong",
            .send(0x40, "0009"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5("PUBREC of nothing", .send(0x50, "0009"), .expect("62 02 0009")),
        .v5("PUBCOMP of nothing", .send(0x70, "0009"), .send(0xC0), .expect("D0")),
        .v5(
            "3.4.2.1 reason code that PUBACK has not",
            .send(0x40, "0001 92"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "3.6.2.1 reason code that PUBREL has not",
            .send(0x62, "0001 80"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5("MQTT-3.6.1-1 flags of PUBREL", .send(0x60, "0001"), .expect("E0 .. 81"), .closed),
        .v4("MQTT-3.6.1-1 of 3.1.1", .send(0x60, "0001"), .closed),
        .v5(
            "MQTT-2.2.1-3 PUBREL with identifier 0",
            .send(0x62, "0000"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "MQTT-3.3.4-7, 3.14.2.1 receive maximum exceeded",
            .bytesOf((1...21).map { "34 06 _'r' 00\(hex($0)) 00" }.joined(separator: " ")),
            .expect("E0 .. 93"),
            .closed
        ),
    ]

    private static func hex(_ number: Int) -> String {
        let text = String(number, radix: 16)
        return text.count == 1 ? "0" + text : text
    }
}
