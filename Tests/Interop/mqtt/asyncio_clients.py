#!/usr/bin/env python3
"""Publish, subscribe, retained, will and QoS 2 with the asyncio clients aiomqtt and gmqtt."""
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
    for each in (reader, writer, late):
        await each.disconnect()


async def main():
    await asyncio.wait_for(with_aiomqtt() if LIBRARY == "aiomqtt" else with_gmqtt(), 30)
    print("ok")


asyncio.run(main())
