extension WireCase {
    /// CONNECT, CONNACK, PINGREQ, DISCONNECT, AUTH and the frame of all packets.
    static let connecting: [WireCase] = [
        .raw("MQTT-3.1.0-1 first packet PINGREQ", .send(0xC0), .closed),
        .raw("MQTT-3.1.0-1 first packet PUBLISH", .send(0x30, "_'a' 00 'x'"), .closed),
        .v5(
            "MQTT-3.1.0-2",
            .send(0x10, "_'MQTT' 05 02 003C 00 _'a'"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v4("MQTT-3.1.0-2", .send(0x10, "_'MQTT' 04 02 003C _'a'"), .closed),
        .raw(
            "MQTT-3.1.2-1",
            .send(0x10, "_'MQTX' 05 02 003C 00 _'a'"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-2",
            .send(0x10, "_'MQTT' 06 02 003C 00 _'a'"),
            .expect("20 .. 00 84"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-3",
            .send(0x10, "_'MQTT' 05 03 003C 00 _'a'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw("MQTT-3.1.2-3", version: 4, .send(0x10, "_'MQTT' 04 03 003C _'a'"), .closed),
        .raw(
            "MQTT-3.1.2-4, MQTT-3.2.2-2 clean start without session",
            .send(0x10, "_'MQTT' 05 02 003C 00 _'wire-clean'"),
            .expect("20 .. 00 00")
        ),
        .raw(
            "MQTT-3.1.2-11",
            .send(0x10, "_'MQTT' 05 0A 003C 00 _'a'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-12",
            .send(0x10, "_'MQTT' 05 1E 003C 00 _'a' 00 _'w' _'x'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-13",
            .send(0x10, "_'MQTT' 05 22 003C 00 _'a'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-22 of 3.1.1",
            version: 4,
            .send(0x10, "_'MQTT' 04 42 003C _'a' _'p'"),
            .closed
        ),
        .raw(
            "3.1.2.9 password without user name",
            .send(0x10, "_'MQTT' 05 42 003C 00 _'a-pw' _'p'"),
            .expect("20 .. 00 00")
        ),
        .raw(
            "3.1.2.11.3 receive maximum 0",
            .send(0x10, "_'MQTT' 05 02 003C 03 21 0000 _'a'"),
            .expect("20 .. 00 82"),
            .closed
        ),
        .raw(
            "3.1.2.11.4 maximum packet size 0",
            .send(0x10, "_'MQTT' 05 02 003C 05 27 00000000 _'a'"),
            .expect("20 .. 00 82"),
            .closed
        ),
        .raw(
            "3.1.2.11.7 request problem information 2",
            .send(0x10, "_'MQTT' 05 02 003C 02 17 02 _'a'"),
            .expect("20 .. 00 82"),
            .closed
        ),
        .raw(
            "3.1.2.11 property twice",
            .send(0x10, "_'MQTT' 05 02 003C 06 21 0001 21 0001 _'a'"),
            .expect("20 .. 00 82"),
            .closed
        ),
        .raw(
            "2.2.2.2 unknown property",
            .send(0x10, "_'MQTT' 05 02 003C 02 7F 00 _'a'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "2.2.2.2 property of another packet",
            .send(0x10, "_'MQTT' 05 02 003C 03 23 0001 _'a'"),
            .expect("20 .. 00 82"),
            .closed
        ),
        .raw(
            "3.1.2.11.9 authentication data without method",
            .send(0x10, "_'MQTT' 05 02 003C 04 16 0001 00 _'a'"),
            .expect("20 .. 00 82"),
            .closed
        ),
        .raw(
            "4.12 enhanced authentication is refused",
            .send(0x10, "_'MQTT' 05 02 003C 06 15 _'GSS' _'a'"),
            .expect("20 .. 00 8C"),
            .closed
        ),
        .raw(
            "MQTT-3.1.3-4 client identifier not UTF-8",
            .send(0x10, "_'MQTT' 05 02 003C 00 0001 FF"),
            .expect("20 .. 00 85"),
            .closed
        ),
        .raw(
            "MQTT-1.5.4-2 client identifier with U+0000",
            .send(0x10, "_'MQTT' 05 02 003C 00 0001 00"),
            .expect("20 .. 00 85"),
            .closed
        ),
        .raw(
            "MQTT-1.5.4-1 surrogates",
            .send(0x10, "_'MQTT' 05 02 003C 00 0003 EDA080"),
            .expect("20 .. 00 85"),
            .closed
        ),
        .raw(
            "MQTT-3.1.3-6 client identifier assigned",
            .send(0x10, "_'MQTT' 05 02 003C 00 0000"),
            .expect("20 .. 00 00")
        ),
        .raw(
            "MQTT-3.1.3-8 of 3.1.1",
            version: 4,
            .send(0x10, "_'MQTT' 04 00 003C 0000"),
            .expect("20 02 00 02"),
            .closed
        ),
        .raw(
            "MQTT-3.1.3-6 of 3.1.1",
            version: 4,
            .send(0x10, "_'MQTT' 04 02 003C 0000"),
            .expect("20 02 00 00")
        ),
        .raw(
            "MQTT-3.1.4-1 truncated",
            .bytesOf("10 0A 0004 'MQTT' 05 02 003C"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "MQTT-2.1.3-1 flags of CONNECT",
            .send(0x11, "_'MQTT' 05 02 003C 00 _'a'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw("1.5.5 remaining length of five bytes", .bytesOf("10 FF FF FF FF 01"), .closed),
        .raw(
            "3.1.3 bytes behind the payload",
            .send(0x10, "_'MQTT' 05 02 003C 00 _'a' 00"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "MQTT-3.1.3-11 will topic not UTF-8",
            .send(0x10, "_'MQTT' 05 06 003C 00 _'a' 00 0001 FF _'x'"),
            .closed
        ),
        .raw(
            "4.7.1 will topic with a wildcard",
            .send(0x10, "_'MQTT' 05 06 003C 00 _'a' 00 _'w/#' _'x'"),
            .expect("20 .. 00 81"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-21 server keep alive",
            .send(0x10, "_'MQTT' 05 02 FFFF 00 _'wire-keep'"),
            .expect("20 .. 00 00")
        ),

        .v5("MQTT-3.12.4-1", .send(0xC0), .expect("D0 00")),
        .v4("MQTT-3.12.4-1", .send(0xC0), .expect("D0 00")),
        .v5("MQTT-2.1.3-1 flags of PINGREQ", .send(0xC1), .expect("E0 .. 81"), .closed),
        .v5("3.12 body of PINGREQ", .send(0xC0, "00"), .expect("E0 .. 81"), .closed),
        .raw(
            "MQTT-3.1.2-24 CONNACK larger than the client takes",
            .send(0x10, "_'MQTT' 05 02 003C 05 27 00000002 _'small'"),
            .closed
        ),
        .raw(
            "MQTT-3.1.2-24 as large as the client takes",
            .send(0x10, "_'MQTT' 05 02 003C 05 27 00000014 _'snug'"),
            .expect("20 .. 00 00"),
            .send(0x82, "0001 00 _'snugs' 00"),
            .expect("90 .. 0001"),
            .send(0x30, "_'snugs' 00 '12345678901'"),
            .send(0x30, "_'snugs' 00 '1234567890'"),
            .expect("30 12 _'snugs' 00 '1234567890'")
        ),
        .v5("2.1.2 packet type 0", .send(0x00), .expect("E0 .. 82"), .closed),
        .v5("packet of a server: PINGRESP", .send(0xD0), .expect("E0 .. 82"), .closed),
        .v5("packet of a server: CONNACK", .send(0x20, "00 00 00"), .expect("E0 .. 82"), .closed),
        .v4("2.2.1 of 3.1.1 packet type 15", .send(0xF0), .closed),
        .v5(
            "MQTT-4.12.0-7 AUTH without method",
            .send(0xF0, "18 00"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5("3.14 good-bye", .send(0xE0), .closed),
        .v4("3.14 good-bye", .send(0xE0), .closed),
        .v5("MQTT-3.14.1-1", .send(0xE1), .expect("E0 .. 81"), .closed),
        .v5("3.14.2.1 reason code of a server", .send(0xE0, "8B 00"), .closed),
        .v5("MQTT-3.14.2-1 reason code that there is not", .send(0xE0, "05"), .closed),
        .v5(
            "3.14.2.2.2 expiry raised from 0",
            .send(0xE0, "00 05 11 00000005"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "3.14.2.2.2 expiry twice",
            .send(0xE0, "00 0A 11 00000000 11 00000000"),
            .expect("E0 .. 82"),
            .closed
        ),
    ]
}
