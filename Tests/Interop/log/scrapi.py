#!/usr/bin/env python3
"""Publishes over HTTPS (draft-ietf-scitt-scrapi) with http.client, cbor2 and cwt alone.

Usage: scrapi.py register|probe [IN OUT]

IN and OUT are JSON files; bytes are hexadecimal. `probe` does nothing but import the packages.
"""

import base64
import http.client
import json
import ssl
import sys

import cbor2

from receipt import verify

ALERT = "application/aviso-alert+cbor"
PROBLEM = "application/concise-problem-details+cbor"
COSE = "application/cose"
TITLE, DETAIL = -1, -2


class Service:
    """One connection to the broker."""

    def __init__(self, given):
        context = ssl.create_default_context(cafile=given["authority"])
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(given["certificate"], given["privateKey"])
        self.connection = http.client.HTTPSConnection(
            "localhost", given["port"], context=context, timeout=20
        )

    def request(self, method, path, body=None, **fields):
        header = {name.replace("_", "-"): value for name, value in fields.items()}
        self.connection.request(method, path, body, header)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def problem(self, method, path, body=None, **fields):
        answer, data = self.request(method, path, body, **fields)
        if answer.getheader("Content-Type") != PROBLEM:
            raise ValueError(f"no problem details: {answer.status} {data!r}")
        details = cbor2.loads(data)
        return {"status": answer.status, "title": details[TITLE], "detail": details[DETAIL]}


def log_key(service):
    """The key that verifies receipts, as the service publishes it."""
    answer, data = service.request("GET", "/.well-known/scitt-keys", Accept="application/cbor")
    assert answer.status == 200 and answer.getheader("Content-Type") == "application/cbor"
    (key,) = cbor2.loads(data)
    assert key[1] == 1 and key[3] == -19 and key[-1] == 6
    kid = base64.urlsafe_b64encode(key[2]).rstrip(b"=").decode()
    answer, data = service.request("GET", "/.well-known/scitt-keys/" + kid)
    assert answer.status == 200 and cbor2.loads(data) == key
    return key[-2]


def register(given):
    """Registers an alert twice, resolves its receipt, and tries what must be refused."""
    service = Service(given)
    payload = bytes.fromhex(given["payload"])
    key = log_key(service)
    answer, receipt = service.request(
        "POST", "/entries", payload, Content_Type=ALERT, Accept=COSE
    )
    if answer.status != 201:
        return {"refused": cbor2.loads(receipt)[DETAIL]}
    assert answer.getheader("Content-Type") == COSE
    location = answer.getheader("Location")
    statement, _ = cbor2.loads(payload)
    proof = verify(
        {
            "key": key.hex(),
            "statement": cbor2.dumps(statement).hex(),
            "receipt": receipt.hex(),
            "origin": given["origin"],
        }
    )
    again, repeated = service.request("POST", "/entries", payload, Content_Type=ALERT)
    assert again.status == 201 and repeated == receipt and again.getheader("Location") == location
    resolved, fresh = service.request("GET", location, Accept=COSE)
    assert resolved.status == 200 and fresh == receipt
    answer, transparent = service.request(
        "GET", location, Accept="application/scitt-statement+cose"
    )
    protected, unprotected, digest, signature = cbor2.loads(transparent).value
    assert unprotected == {394: [receipt]}
    assert [protected, {}, digest, signature] == statement.value
    return {
        "location": location,
        "index": proof["index"],
        "counts": proof["counts"],
        "receipt": receipt.hex(),
        "problems": [
            service.problem("POST", "/entries", b"no cbor", Content_Type=ALERT),
            service.problem("POST", "/entries", cbor2.dumps(statement), Content_Type=COSE),
            service.problem("POST", "/entries", payload, Content_Type="text/plain"),
            service.problem("GET", "/entries/" + "9" * 9),
            service.problem("GET", "/entries/" + "9" * 30),
            service.problem("GET", "/entries"),
            service.problem("GET", "/.well-known/scitt-keys/AAAA"),
        ],
    }


def main():
    if sys.argv[1] == "probe":
        return
    with open(sys.argv[2], encoding="utf-8") as file:
        given = json.load(file)
    with open(sys.argv[3], "w", encoding="utf-8") as file:
        json.dump(register(given), file)


if __name__ == "__main__":
    main()
