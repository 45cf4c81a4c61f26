#!/usr/bin/env python3
"""The scenario of README.md with Eclipse Paho's Python client, in MQTT 5.0 or 3.1.1."""
import socket
import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

PORT, VERSION = int(sys.argv[1]), int(sys.argv[2])
LIMIT = 10


class Client:
    def __init__(self, name, clean=True, will=None):
        options = {} if VERSION == 5 else {"clean_session": clean}
        self.client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            f"paho-{VERSION}-{name}",
            protocol=mqtt.MQTTv5 if VERSION == 5 else mqtt.MQTTv311,
            **options,
        )
        self.messages, self.answers, self.sessions = [], [], []
        self.client.on_message = lambda c, u, m: self.messages.append((m.payload, m.qos, m.retain))
        self.client.on_connect = lambda c, u, f, code, p: self.sessions.append(f.session_present)
        self.client.on_subscribe = lambda c, u, mid, codes, p: self.answers.append(mid)
        self.client.on_publish = lambda c, u, mid, code, p: self.answers.append(mid)
        if will:
            self.client.will_set(will, b"gone", 1)
        properties = None
        if VERSION == 5 and not clean:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 60
        more = {"clean_start": clean, "properties": properties} if VERSION == 5 else {}
        self.client.connect("127.0.0.1", PORT, **more)
        self.client.loop_start()
        wait(lambda: self.sessions, "CONNACK")

    def subscribe(self, topic_filter, qos):
        _, identifier = self.client.subscribe(topic_filter, qos)
        wait(lambda: identifier in self.answers, "SUBACK")

    def publish(self, topic, payload, qos, retain=False):
        identifier = self.client.publish(topic, payload, qos, retain).mid
        wait(lambda: identifier in self.answers, f"the end of QoS {qos}")

    def stop(self):
        self.client.disconnect()
        self.client.loop_stop()


def wait(condition, what):
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"{what} did not come")
        time.sleep(0.005)


def expect(found, wanted, what):
    wait(lambda: len(found) >= len(wanted), what)
    if found != wanted:
        sys.exit(f"{what}: {found} instead of {wanted}")


def main():
    root = f"paho{VERSION}"
    reader, writer = Client("reader"), Client("writer")
    reader.subscribe(f"{root}/qos/#", 2)
    for qos in (0, 1, 2):
        writer.publish(f"{root}/qos/a", b"%d" % qos, qos)
    expect(reader.messages, [(b"0", 0, False), (b"1", 1, False), (b"2", 2, False)], "QoS 0 to 2")

    writer.publish(f"{root}/kept", b"kept", 1, retain=True)
    late = Client("late")
    late.subscribe(f"{root}/kept", 1)
    expect(late.messages, [(b"kept", 1, True)], "a retained message")

    late.subscribe(f"{root}/will", 1)
    dying = Client("dying", will=f"{root}/will")
    dying.client.socket().shutdown(socket.SHUT_RDWR)
    wait(lambda: (b"gone", 1, False) in late.messages, "a will")
    dying.client.loop_stop()

    absent = Client("absent", clean=False)
    absent.subscribe(f"{root}/later", 2)
    absent.stop()
    for qos in (1, 2):
        writer.publish(f"{root}/later", b"%d" % qos, qos)
    absent = Client("absent", clean=False)
    if absent.sessions != [True]:
        sys.exit("the session was not kept")
    expect(absent.messages, [(b"1", 1, False), (b"2", 2, False)], "what waited")

    if VERSION == 5:
        members = [Client("one"), Client("two")]
        for member in members:
            member.subscribe(f"$share/group/{root}/work", 1)
        for number in range(10):
            writer.publish(f"{root}/work", b"%d" % number, 1)
        wait(lambda: sum(len(m.messages) for m in members) == 10, "shared messages")
        if not all(member.messages for member in members):
            sys.exit("one member had everything")
        for member in members:
            member.stop()
    for client in (reader, writer, late, absent):
        client.stop()
    print("ok")


main()
