#!/usr/bin/env python3
"""Publish, subscribe, retained, will, shared, QoS 2 and resumption with command line clients.

Usage: command_clients.py PORT mosquitto|paho_c 5|311
"""
import queue
import signal
import subprocess
import sys
import threading
import time

PORT, FAMILY, VERSION = sys.argv[1], sys.argv[2], sys.argv[3]
LIMIT = 20
if FAMILY == "mosquitto":
    COMMON = ["-h", "127.0.0.1", "-p", PORT, "-V", "mqttv" + VERSION, "-q", "2"]
else:
    COMMON = ["-h", "127.0.0.1", "-p", PORT, "-V", VERSION, "-q", "2", "--quiet"]


def fail(text):
    sys.exit(f"{FAMILY} {VERSION}: {text}")


class Reader:
    """A subscriber whose lines are read as they come."""

    def __init__(self, *arguments):
        self.lines = queue.Queue()
        program = "mosquitto_sub" if FAMILY == "mosquitto" else "paho_c_sub"
        self.process = subprocess.Popen(
            [program, *COMMON, *arguments], stdout=subprocess.PIPE, text=True
        )
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def take(self, seconds=LIMIT):
        try:
            return self.lines.get(timeout=seconds)
        except queue.Empty:
            return None

    def expect(self, *wanted):
        found = [self.take() for _ in wanted]
        if found != list(wanted):
            fail(f"{found} instead of {list(wanted)}")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def publish(topic, text, *arguments):
    program = "mosquitto_pub" if FAMILY == "mosquitto" else "paho_c_pub"
    done = subprocess.run(
        [program, *COMMON, "-t", topic, "-m", text, *arguments], timeout=LIMIT
    )
    if done.returncode != 0:
        fail(f"publishing to {topic} ended with {done.returncode}")


def live_and_retained(root):
    publish(f"{root}/kept", "kept", "-r")
    reader = Reader("-i", f"{root}-reader", "-t", f"{root}/kept")
    # What is retained comes when the subscription stands.
    reader.expect("kept")
    for qos in "012":
        publish(f"{root}/kept", f"live {qos}", "-q", qos)
        reader.expect(f"live {qos}")
    return reader


def will(root, watcher):
    dying = Reader(
        "-i", f"{root}-dying", "-t", f"{root}/kept",
        "--will-topic", f"{root}/kept", "--will-payload", "gone", "--will-qos", "1",
    )
    dying.expect("kept")
    dying.kill()
    watcher.expect("gone")


def shared(root):
    topic = f"{root}/work"
    members = [Reader("-i", f"{root}-{n}", "-t", f"$share/group/{topic}") for n in range(2)]
    end = time.monotonic() + LIMIT
    count = [0, 0]
    while min(count) == 0:
        publish(topic, "probe")
        for place, member in enumerate(members):
            while member.take(0.1):
                count[place] += 1
        if time.monotonic() > end:
            fail(f"the members of a group had {count}")
    for number in range(4):
        publish(topic, str(number))
    found = []
    while len(found) < 4 and time.monotonic() < end:
        found += [line for line in (member.take(0.1) for member in members) if line]
    if sorted(found) != ["0", "1", "2", "3"]:
        fail(f"the members of a group had {found}")
    for member in members:
        member.kill()


def resumption(root):
    """Of the two only mosquitto's client can keep a session."""
    keep = ["-c", "-i", f"{root}-absent", "-t", f"{root}/later"]
    keep += ["-x", "60"] if VERSION == "5" else []
    subprocess.run(["mosquitto_sub", *COMMON, *keep, "-E"], check=True, timeout=LIMIT)
    publish(f"{root}/later", "waited")
    reader = Reader(*keep)
    reader.expect("waited")
    reader.kill()


def main():
    root = f"{FAMILY}{VERSION}"
    watcher = live_and_retained(root)
    will(root, watcher)
    watcher.kill()
    shared(root)
    if FAMILY == "mosquitto":
        resumption(root)
    print("ok")


main()
