#!/usr/bin/env python3
"""Publish, subscribe, retained, will, shared subscription, QoS 2 and a session that waits, with
the asyncio clients aiomqtt and gmqtt."""
import asyncio
import socket
import sys

PORT, LIBRARY = int(sys.argv[1]), sys.argv[2]


async def with_aiomqtt():
    import aiomqtt

    version = aiomqtt.ProtocolVersion.V5
    will = aiomqtt.Will("aio/will", b"gone", qos=1)
    async with aiomqtt.Client("127.0.0.1", PORT, identifier="aio-1", protocol=version) as reader:
        await reader.subscribe("aio/#", qos=2)
        async with aiomqtt.Client("127.0.0.1", PORT, identifier="aio-2", protocol=version) as writer:
            for qos in (0, 1, 2):
                await writer.publish("aio/a", b"%d" % qos, qos=qos)
            await writer.publish("aio/kept", b"kept", qos=1, retain=True)
        dying = aiomqtt.Client("127.0.0.1", PORT, identifier="aio-3", protocol=version, will=will)
        await dying.__aenter__()
        dying._client.socket().shutdown(socket.SHUT_RDWR)
        found = []
        async for message in reader.messages:
            found.append((bytes(message.payload), message.qos, message.retain))
            if len(found) == 5:
                break
        wanted = [(b"0", 0, False), (b"1", 1, False), (b"2", 2, False), (b"kept", 1, False)]
        # The client hands over a QoS 2 message at PUBREL: later ones of other levels may be earlier.
        assert sorted(found) == sorted(wanted + [(b"gone", 1, False)]), found
    async with aiomqtt.Client("127.0.0.1", PORT, identifier="aio-4", protocol=version) as late:
        await late.subscribe("aio/kept", qos=1)
        async for message in late.messages:
            assert (bytes(message.payload), message.retain) == (b"kept", True)
            break
    await aiomqtt_shares_and_resumes(aiomqtt, version)


async def aiomqtt_shares_and_resumes(aiomqtt, version):
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    def client(name, **options):
        return aiomqtt.Client("127.0.0.1", PORT, identifier=name, protocol=version, **options)

    async def take(member, count):
        found = []
        async for message in member.messages:
            found.append(bytes(message.payload))
            if len(found) == count:
                return found

    async with client("aio-5") as one, client("aio-6") as two, client("aio-7") as writer:
        for member in (one, two):
            await member.subscribe("$share/group/aio/work", qos=1)
        for number in range(4):
            await writer.publish("aio/work", b"%d" % number, qos=1)
        found = await asyncio.gather(take(one, 2), take(two, 2))
        assert sorted(found[0] + found[1]) == [b"0", b"1", b"2", b"3"], found

        expiry = Properties(PacketTypes.CONNECT)
        expiry.SessionExpiryInterval = 60
        keep = {"clean_start": False, "properties": expiry}
        async with client("aio-8", **keep) as absent:
            await absent.subscribe("aio/later", qos=2)
        await writer.publish("aio/later", b"waited", qos=2)
        async with client("aio-8", **keep) as absent:
            assert await take(absent, 1) == [b"waited"]


async def with_gmqtt():
    import gmqtt

    found = asyncio.Queue()

    def client(name, **options):
        made = gmqtt.Client(name, **options)

        async def on_message(_, topic, payload, qos, properties):
            found.put_nowait((bytes(payload), qos, properties.get("retain", 0)))
            return 0

        made.on_message = on_message
        return made

    async def take():
        return await asyncio.wait_for(found.get(), 10)

    reader, writer = client("gm-1"), client("gm-2")
    will = gmqtt.Message("gm/will", b"gone", qos=1)
    dying = client("gm-3", will_message=will)
    for each in (reader, writer, dying):
        await each.connect("127.0.0.1", PORT, version=gmqtt.constants.MQTTv50)
    subscribed = asyncio.Event()
    reader.on_subscribe = lambda *_, **__: subscribed.set()
    reader.subscribe("gm/#", qos=2)
    await asyncio.wait_for(subscribed.wait(), 10)
    for qos in (0, 1, 2):
        writer.publish("gm/a", b"%d" % qos, qos=qos)
        assert (await take())[:2] == (b"%d" % qos, qos)
    writer.publish("gm/kept", b"kept", qos=1, retain=True)
    assert (await take())[0] == b"kept"
    dying.set_config({"reconnect_retries": 0})
    dying._connection._transport.abort()
    assert (await take())[0] == b"gone"
    late = client("gm-4")
    await late.connect("127.0.0.1", PORT, version=gmqtt.constants.MQTTv50)
    late.subscribe("gm/kept", qos=1)
    assert (await take())[0] == b"kept"
    for each in (reader, late):
        await each.disconnect()
    await gmqtt_shares_and_resumes(gmqtt, client, found, writer)
    await writer.disconnect()


async def gmqtt_shares_and_resumes(gmqtt, client, found, writer):
    async def subscribed(member, topic, qos):
        done = asyncio.Event()
        member.on_subscribe = lambda *_, **__: done.set()
        member.subscribe(topic, qos=qos)
        await asyncio.wait_for(done.wait(), 10)

    members = [client("gm-5"), client("gm-6")]
    counts = [0, 0]
    for place, member in enumerate(members):

        async def on_message(_, topic, payload, qos, properties, place=place):
            counts[place] += 1
            found.put_nowait(bytes(payload))
            return 0

        member.on_message = on_message
        await member.connect("127.0.0.1", PORT, version=gmqtt.constants.MQTTv50)
        await subscribed(member, "$share/group/gm/work", 1)
    for number in range(4):
        writer.publish("gm/work", b"%d" % number, qos=1)
    texts = [await asyncio.wait_for(found.get(), 10) for _ in range(4)]
    assert sorted(texts) == [b"0", b"1", b"2", b"3"] and counts == [2, 2], (texts, counts)
    for member in members:
        await member.disconnect()

    for round in range(2):
        absent = client("gm-7", clean_session=False, session_expiry_interval=60)
        await absent.connect("127.0.0.1", PORT, version=gmqtt.constants.MQTTv50)
        if round == 0:
            await subscribed(absent, "gm/later", 2)
        else:
            assert (await asyncio.wait_for(found.get(), 10))[:2] == (b"waited", 2)
        await absent.disconnect()
        if round == 0:
            writer.publish("gm/later", b"waited", qos=2)


async def main():
    await asyncio.wait_for(with_aiomqtt() if LIBRARY == "aiomqtt" else with_gmqtt(), 30)
    print("ok")


asyncio.run(main())
