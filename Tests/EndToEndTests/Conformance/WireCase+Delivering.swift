/// What the broker sends to a subscriber.
extension WireCase {
    static let delivering: [WireCase] = [
        .v5(
            "MQTT-2.2.1-2, MQTT-2.2.2-1, MQTT-4.3.1-1 QoS 0 has no identifier",
            .send(0x82, "0001 00 _'d0/a' 02"),
            .expect("90 .. 0001 00 02"),
            .send(0x30, "_'d0/a' 00 'x'"),
            .expect("30 08 _'d0/a' 00 'x'")
        ),
        .v5(
            "MQTT-4.3.2-2, MQTT-3.8.4-8 QoS 2 for a subscription of QoS 1",
            .send(0x82, "0001 00 _'d1/a' 01"),
            .expect("90 .. 0001 00 01"),
            .send(0x34, "_'d1/a' 0009 00 'x'"),
            .expect("50 .. 0009"),
            .expect("32 0A _'d1/a' 0001 00 'x'"),
            .send(0x62, "0009"),
            .expect("70 02 0009")
        ),
        .v5(
            "MQTT-3.3.1-3 DUP is not passed on",
            .send(0x82, "0001 00 _'d2/a' 01"),
            .expect("90 .. 0001 00 01"),
            .send(0x3A, "_'d2/a' 0009 00 'x'"),
            .expect("40 .. 0009"),
            .expect("32 0A _'d2/a' 0001 00 'x'")
        ),
        .v5(
            "MQTT-4.3.2-5 the same identifier after PUBACK is a new message",
            .send(0x82, "0001 00 _'d3/a' 00"),
            .expect("90 .. 0001 00 00"),
            .send(0x32, "_'d3/a' 0009 00 'x'"),
            .expect("40 .. 0009"),
            .expect("30 08 _'d3/a' 00 'x'"),
            .send(0x3A, "_'d3/a' 0009 00 'x'"),
            .expect("40 .. 0009"),
            .expect("30 08 _'d3/a' 00 'x'")
        ),
        .v5(
            "MQTT-4.3.3-10 a repeated QoS 2 PUBLISH is delivered once",
            .send(0x82, "0001 00 _'d4/a' 00"),
            .expect("90 .. 0001 00 00"),
            .send(0x34, "_'d4/a' 0009 00 'x'"),
            .expect("50 .. 0009"),
            .expect("30 08 _'d4/a' 00 'x'"),
            .send(0x3C, "_'d4/a' 0009 00 'x'"),
            .expect("50 .. 0009"),
            .send(0x62, "0009"),
            .expect("70 02 0009"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5(
            "MQTT-4.4.0-1 a PUBLISH that comes again and again on one connection",
            .send(0x3C, "_'d5/a' 0009 00 'x'"),
            .expect("50 .. 0009"),
            .send(0x3C, "_'d5/a' 0009 00 'x'"),
            .expect("50 .. 0009"),
            .send(0x3C, "_'d5/a' 0009 00 'x'"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "MQTT-4.3.3-4 PUBREC of what is not under way",
            .send(0x50, "0009"),
            .expect("62 02 0009"),
            .send(0x50, "0009 80"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5(
            "3.8.4 a SUBSCRIBE finds what its client published before",
            .send(0x31, "_'sb/a' 00 'x'"),
            .send(0x30, "_'sb/a' 00 'y'"),
            .send(0x82, "0001 00 _'sb/a' 00"),
            .expect("90 .. 0001 00 00"),
            .expect("31 08 _'sb/a' 00 'x'"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5(
            "MQTT-2.2.1-4 what is left out uses its identifier up",
            .send(0x82, "0001 00 _'lo/a' 01"),
            .expect("90 .. 0001 00 01"),
            .send(0x32, "_'lo/a' 0009 05 02 00000000 'x'"),
            .expect("40 .. 0009"),
            .send(0x32, "_'lo/a' 0009 00 'y'"),
            .expect("40 .. 0009"),
            .expect("32 0A _'lo/a' 0002 00 'y'")
        ),
        .v5(
            "MQTT-4.3.3-13 QoS 2 of a message that expires at once",
            .send(0x34, "_'d5/a' 0009 05 02 00000000 'x'"),
            .expect("50 .. 0009"),
            .send(0x62, "0009"),
            .expect("70 02 0009")
        ),
        .v5(
            "MQTT-3.3.2-4, -15 to -18, -20 properties go on unaltered",
            .send(0x82, "0001 00 _'d6/a' 00"),
            .expect("90 .. 0001 00 00"),
            .send(
                0x30,
                "_'d6/a' 1D 01 01 03 _'t' 08 _'r' 09 0002 00FF 26 _'b' _'2' 26 _'a' _'1' 'x'"
            ),
            .expect(
                "30 25 _'d6/a' 1D 01 01 03 _'t' 08 _'r' 09 0002 00FF 26 _'b' _'2' 26 _'a' _'1' 'x'"
            )
        ),
        .v5(
            "MQTT-3.3.2-6 message expiry is passed on",
            .send(0x82, "0001 00 _'d7/a' 00"),
            .expect("90 .. 0001 00 00"),
            .send(0x30, "_'d7/a' 05 02 00010000 'x'"),
            .expect("30 0D _'d7/a' 05 02 00 .. .. .. 'x'")
        ),
        .v5(
            "MQTT-4.4.0-2 a refused delivery is not sent again",
            .send(0x82, "0001 00 _'d8/a' 01"),
            .expect("90 .. 0001 00 01"),
            .send(0x30, "_'d8/a' 00 '0'"),
            .expect("30 08 _'d8/a' 00 '0'"),
            .send(0x32, "_'d8/a' 0009 00 '1'"),
            .expect("40 .. 0009"),
            .expect("32 0A _'d8/a' 0001 00 '1'"),
            .send(0x40, "0001 80"),
            .send(0x32, "_'d8/a' 000A 00 '2'"),
            .expect("40 .. 000A"),
            .expect("32 0A _'d8/a' 0002 00 '2'")
        ),
        .v5(
            "MQTT-3.3.1-8 without RETAIN nothing is stored or removed",
            .send(0x31, "_'d9/a' 00 'kept'"),
            .send(0x30, "_'d9/a' 00 'new'"),
            .send(0x30, "_'d9/a' 00"),
            .send(0x32, "_'d9/b' 0001 00 'x'"),
            .expect("40 .. 0001"),
            .send(0x82, "0002 00 _'d9/+' 00"),
            .expect("90 .. 0002 00 00"),
            .expect("31 0B _'d9/a' 00 'kept'"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5(
            "MQTT-3.3.1-7 an empty retained message is not kept",
            .send(0x33, "_'da/a' 0001 00"),
            .expect("40 .. 0001"),
            .send(0x82, "0002 00 _'da/a' 00"),
            .expect("90 .. 0002 00 00"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5(
            "MQTT-3.8.4-3, MQTT-3.8.4-4 the same filter again",
            .send(0x33, "_'db/a' 0001 00 'x'"),
            .expect("40 .. 0001"),
            .send(0x82, "0002 00 _'db/a' 00"),
            .expect("90 .. 0002 00 00"),
            .expect("31 08 _'db/a' 00 'x'"),
            .send(0x82, "0003 00 _'db/a' 00"),
            .expect("90 .. 0003 00 00"),
            .expect("31 08 _'db/a' 00 'x'"),
            .send(0x30, "_'db/a' 00 'y'"),
            .expect("30 08 _'db/a' 00 'y'"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5(
            "MQTT-3.10.4-1, -2, MQTT-3.11.3-1 filters are compared as they stand",
            .send(0x82, "0001 00 _'dc/+' 00 _'dc/a' 00"),
            .expect("90 05 0001 00 00 00"),
            .send(0xA2, "0002 00 _'dc/#' _'dc/+' _'dc/A'"),
            .expect("B0 06 0002 00 11 00 11"),
            .send(0x30, "_'dc/b' 00 'x'"),
            .send(0x30, "_'dc/a' 00 'x'"),
            .expect("30 08 _'dc/a' 00 'x'"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5(
            "MQTT-3.10.4-3 what has been begun is brought to its end",
            .send(0x82, "0001 00 _'dd/a' 02"),
            .expect("90 .. 0001 00 02"),
            .send(0x34, "_'dd/a' 0009 00 'x'"),
            .expect("50 02 0009"),
            .expect("34 0A _'dd/a' 0001 00 'x'"),
            .send(0xA2, "0002 00 _'dd/a'"),
            .expect("B0 04 0002 00 00"),
            .send(0x50, "0001"),
            .expect("62 02 0001"),
            .send(0x70, "0001"),
            .send(0x62, "0009"),
            .expect("70 02 0009")
        ),
        .raw(
            "MQTT-3.3.4-9, -10, MQTT-4.9.0-1 to -3 receive maximum of the client",
            .send(0x10, "_'MQTT' 05 02 003C 03 21 0001 _'wire-rm'"),
            .expect("20 .. 00 00"),
            .send(0x82, "0001 00 _'de/a' 01"),
            .expect("90 .. 0001 00 01"),
            .send(0x32, "_'de/a' 0001 00 '1'"),
            .expect("40 .. 0001"),
            .expect("32 0A _'de/a' 0001 00 '1'"),
            .send(0x32, "_'de/a' 0002 00 '2'"),
            .expect("40 .. 0002"),
            .send(0xC0),
            .expect("D0"),
            .send(0x40, "0001"),
            .expect("32 0A _'de/a' 0002 00 '2'")
        ),
        .raw(
            "MQTT-3.1.2-24, -25 what is too large counts as sent",
            .send(0x10, "_'MQTT' 05 02 003C 05 27 00000020 _'wire-size'"),
            .expect("20 .. 00 00"),
            .send(0x82, "0001 00 _'df/a' 01"),
            .expect("90 .. 0001 00 01"),
            .send(0x32, "_'df/a' 0001 00 '\(String(repeating: "x", count: 40))'"),
            .expect("40 .. 0001"),
            .send(0x32, "_'df/a' 0002 00 'y'"),
            .expect("40 .. 0002"),
            .expect("32 0A _'df/a' 0002 00 'y'")
        ),
        .raw(
            "MQTT-3.1.2-26, MQTT-3.3.2-11 aliases up to the maximum of the client",
            .send(0x10, "_'MQTT' 05 02 003C 03 22 0001 _'wire-alias'"),
            .expect("20 .. 00 00"),
            .send(0x82, "0001 00 _'dg/+' 00"),
            .expect("90 .. 0001 00 00"),
            .send(0x30, "_'dg/a' 00 '1'"),
            .expect("30 0B _'dg/a' 03 23 0001 '1'"),
            .send(0x30, "_'dg/a' 00 '2'"),
            .expect("30 07 0000 03 23 0001 '2'"),
            .send(0x30, "_'dg/b' 00 '3'"),
            .expect("30 08 _'dg/b' 00 '3'")
        ),
        .v5(
            "MQTT-3.1.2-27 no alias for a client that wants none",
            .send(0x82, "0001 00 _'dh/a' 00"),
            .expect("90 .. 0001 00 00"),
            .send(0x30, "_'dh/a' 00 '1'"),
            .expect("30 08 _'dh/a' 00 '1'"),
            .send(0x30, "_'dh/a' 00 '2'"),
            .expect("30 08 _'dh/a' 00 '2'")
        ),
        .v5(
            "MQTT-3.6.2-1, MQTT-3.7.2-1 the broker's PUBREL and PUBCOMP carry nothing more",
            .send(0x82, "0001 00 _'dj/a' 02"),
            .expect("90 .. 0001 00 02"),
            .send(0x34, "_'dj/a' 0007 00 'x'"),
            .expect("50 02 0007"),
            .expect("34 0A _'dj/a' 0001 00 'x'"),
            .send(0x50, "0001"),
            .expect("62 02 0001"),
            .send(0x50, "0001"),
            .expect("62 02 0001"),
            .send(0x70, "0001"),
            .send(0x62, "0007"),
            .expect("70 02 0007")
        ),
    ]
}
