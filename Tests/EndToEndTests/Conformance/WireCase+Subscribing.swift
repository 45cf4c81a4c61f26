extension WireCase {
    /// SUBSCRIBE, UNSUBSCRIBE and what is delivered.
    static let subscribing: [WireCase] = [
        .v5(
            "MQTT-3.8.4-1, MQTT-3.9.3-1",
            .send(0x82, "0001 00 _'s/a' 00 _'s/b' 01 _'s/c' 02"),
            .expect("90 06 0001 00 00 01 02")
        ),
        .v4(
            "MQTT-3.8.4-4 of 3.1.1",
            .send(0x82, "0001 _'s/a' 00 _'s/b' 01"),
            .expect("90 04 0001 00 01")
        ),
        .v5("MQTT-3.8.1-1", .send(0x80, "0001 00 _'s/a' 00"), .expect("E0 .. 81"), .closed),
        .v5(
            "MQTT-2.2.1-3 identifier 0",
            .send(0x82, "0000 00 _'s/a' 00"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5("MQTT-3.8.3-2 no filter", .send(0x82, "0001 00"), .expect("E0 .. 82"), .closed),
        .v4("MQTT-3.8.3-3 of 3.1.1 no filter", .send(0x82, "0001"), .closed),
        .v5(
            "MQTT-3.8.3-1 filter not UTF-8",
            .send(0x82, "0001 00 0001 FF 00"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-3.8.3-4 no-local on a shared subscription",
            .send(0x82, "0001 00 _'$share/g/a' 04"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "MQTT-3.8.3-5 reserved options",
            .send(0x82, "0001 00 _'s/a' 40"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v4("MQTT-3-8.3-4 of 3.1.1 reserved bits", .send(0x82, "0001 _'s/a' 04"), .closed),
        .v5("3.8.3.1 QoS 3", .send(0x82, "0001 00 _'s/a' 03"), .expect("E0 .. 82"), .closed),
        .v5(
            "3.8.3.1 retain handling 3",
            .send(0x82, "0001 00 _'s/a' 30"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "3.8.2.1.2 subscription identifier 0",
            .send(0x82, "0001 02 0B 00 _'s/a' 00"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "3.8.2.1.2 subscription identifier twice",
            .send(0x82, "0001 04 0B 01 0B 02 _'s/a' 00"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "MQTT-4.7.1-1 # not last",
            .send(0x82, "0001 00 _'#/a' 00"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-4.7.1-2 + within a level",
            .send(0x82, "0001 00 _'a+/b' 00"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-4.7.3-1 empty filter",
            .send(0x82, "0001 00 0000 00"),
            .expect("E0 .. 81"),
            .closed
        ),
        .v5(
            "MQTT-4.8.2-1 $share without a filter",
            .send(0x82, "0001 00 _'$share/g' 00"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "MQTT-4.8.2-1 $share without a name",
            .send(0x82, "0001 00 _'$share//a' 00"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "MQTT-4.8.2-2 name with a wildcard",
            .send(0x82, "0001 00 _'$share/+/a' 00"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "3.9.3 a filter that the configuration refuses",
            .send(0x82, "0001 00 _'test/nosubscribe' 02"),
            .expect("90 .. 0001")
        ),
        .v4(
            "MQTT-3.9.3-2 of 3.1.1",
            .send(0x82, "0001 _'test/nosubscribe' 02"),
            .expect("90 03 0001 80")
        ),
        .v5("MQTT-3.10.4-4 to -6", .send(0xA2, "0001 00 _'s/none'"), .expect("B0 04 0001 00 11")),
        .v4("MQTT-3.10.4-5 of 3.1.1", .send(0xA2, "0001 _'s/none'"), .expect("B0 02 0001")),
        .v5("MQTT-3.10.1-1", .send(0xA0, "0001 00 _'s/a'"), .expect("E0 .. 81"), .closed),
        .v5("MQTT-3.10.3-2", .send(0xA2, "0001 00"), .expect("E0 .. 82"), .closed),
        .v5(
            "MQTT-3.3.4-2 to -4 one copy with all matching identifiers",
            .send(0x82, "0001 02 0B 07 _'ov/#' 01"),
            .expect("90 .. 0001 00 01"),
            .send(0x82, "0002 02 0B 08 _'ov/+' 02"),
            .expect("90 .. 0002 00 02"),
            .send(0x30, "_'ov/a' 00 'x'"),
            .expect("30 0C _'ov/a' 04 0B 07 0B 08 'x'"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5(
            "MQTT-3.8.3-3 no local",
            .send(0x82, "0001 00 _'nl/a' 04"),
            .expect("90 .. 0001 00 00"),
            .send(0x32, "_'nl/a' 0001 00 'x'"),
            .expect("40 .. 0001"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5(
            "MQTT-3.3.1-5, -6, -9, -12 retained, then removed",
            .send(0x33, "_'rt/a' 0001 00 'x'"),
            .expect("40 .. 0001"),
            .send(0x82, "0002 00 _'rt/a' 00"),
            .expect("90 .. 0002 00 00"),
            .expect("31 08 _'rt/a' 00 'x'"),
            .send(0x31, "_'rt/a' 00"),
            .expect("30 07 _'rt/a' 00"),
            .send(0x82, "0003 00 _'rt/a' 00"),
            .expect("90 .. 0003 00 00"),
            .send(0xC0),
            .expect("D0")
        ),
        .v5(
            "MQTT-3.3.1-10, -11 retain handling 1 and 2",
            .send(0x33, "_'rh/a' 0001 00 'x'"),
            .expect("40 .. 0001"),
            .send(0x82, "0002 00 _'rh/a' 20"),
            .expect("90 .. 0002 00 00"),
            .send(0x82, "0003 00 _'rh/a' 10"),
            .expect("90 .. 0003 00 00"),
            .send(0x82, "0004 00 _'rh/+' 10"),
            .expect("90 .. 0004 00 00"),
            .expect("31 08 _'rh/a' 00 'x'")
        ),
        .v5(
            "MQTT-3.3.1-13 retain as published",
            .send(0x82, "0001 00 _'ra/a' 08"),
            .expect("90 .. 0001 00 00"),
            .send(0x31, "_'ra/a' 00 'x'"),
            .expect("31 08 _'ra/a' 00 'x'")
        ),
        .v5(
            "MQTT-4.3.3-1 to -6 QoS 2 to a subscriber",
            .send(0x82, "0001 00 _'q2/a' 02"),
            .expect("90 .. 0001 00 02"),
            .send(0x34, "_'q2/a' 0007 00 'x'"),
            .expect("50 .. 0007"),
            .expect("34 0A _'q2/a' 0001 00 'x'"),
            .send(0x50, "0001"),
            .expect("62 .. 0001"),
            .send(0x70, "0001"),
            .send(0x62, "0007"),
            .expect("70 .. 0007")
        ),
        .v5(
            "4.3.3 PUBACK for a QoS 2 delivery",
            .send(0x82, "0001 00 _'q3/a' 02"),
            .expect("90 .. 0001 00 02"),
            .send(0x34, "_'q3/a' 0007 00 'x'"),
            .expect("50 .. 0007"),
            .expect("34 0A _'q3/a' 0001 00 'x'"),
            .send(0x40, "0001"),
            .expect("E0 .. 82"),
            .closed
        ),
        .v5(
            "MQTT-4.7.2-1 wildcards and $",
            .send(0x82, "0001 00 _'+/dd' 00"),
            .expect("90 .. 0001 00 00"),
            .send(0x82, "0002 00 _'$d/dd' 00"),
            .expect("90 .. 0002 00 00"),
            .send(0x30, "_'$d/dd' 00 'x'"),
            .expect("30 09 _'$d/dd' 00 'x'")
        ),
    ]
}
