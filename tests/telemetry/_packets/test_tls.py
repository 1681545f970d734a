"""Handshakes of TLS, the fingerprints of clients and the certificates of servers."""

from datetime import datetime
from functools import cache
from hashlib import md5, sha256
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.telemetry.captures import (
    Connection,
    certificates,
    client_hello,
    extension_of,
    numbers,
    part,
    pcap,
    server_hello,
    server_name,
)
from tests.telemetry.reading import read_file
from tocsin.records import Flow, Tls
from tocsin.telemetry import pcap as reader
from tocsin.telemetry._packets._fields import TooShort
from tocsin.telemetry._packets._hellos import client_hello as read_hello
from tocsin.telemetry._packets._hellos import ja3, ja4

# The client that JA4's own description takes as its example: it gives t13d1516h2_8daaf6152771_e5627efa2ab1.
CIPHERS = numbers(
    *(0x2A2A, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014),
    *(0x009C, 0x009D, 0x002F, 0x0035),
)
SIGNATURES = numbers(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)
EXTENSIONS = b"".join(
    [
        extension_of(0x1A1A, b""),
        extension_of(0x001B, b"\2\0\2"),
        server_name("WWW.Example.org"),
        extension_of(0x0033, b""),
        extension_of(0x0010, part(2, part(1, b"h2") + part(1, b"http/1.1"))),
        extension_of(0x4469, b""),
        extension_of(0x0017, b""),
        extension_of(0x002D, b"\1\1"),
        extension_of(0x000D, part(2, SIGNATURES)),
        extension_of(0x0005, b""),
        extension_of(0x0023, b""),
        extension_of(0x0012, b""),
        extension_of(0x002B, part(1, numbers(0x3A3A, 0x0304, 0x0303))),
        extension_of(0xFF01, b"\0"),
        extension_of(0x000B, part(1, b"\0")),
        extension_of(0x000A, part(2, numbers(0x4A4A, 29, 23))),
        extension_of(0x0015, bytes(20)),
    ]
)
HELLO = client_hello(CIPHERS, EXTENSIONS)
CHOSEN_13 = extension_of(0x002B, numbers(0x0304))


@cache
def certificate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    names = [
        x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example"), x509.NameAttribute(NameOID.COMMON_NAME, cn)]
        )
        for cn in ("www.example.org", "Issuer\n")
    ]
    builder = x509.CertificateBuilder().subject_name(names[0]).issuer_name(names[1]).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(datetime(2026, 1, 1)).not_valid_after(datetime(2027, 1, 1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def rows(*said: tuple[int, bytes], size: int = 1400) -> list[dict[str, Any]]:
    connection = Connection(target_port=8443).open()
    for side, data in said:
        connection.say(side, data, size)
    outcome = read_file(reader, pcap(connection.close().packets))
    tls = outcome.tables[Tls].to_pylist() if Tls in outcome.tables else []
    assert outcome.tables[Flow]["service"].to_pylist() == (["ssl"] if tls else [None])
    return tls


@pytest.mark.parametrize("size", [20, 1400])
def test_a_handshake_with_a_certificate(size: int) -> None:
    (row,) = rows((0, HELLO), (1, server_hello() + certificates(certificate(), b"another")), size=size)
    expected = {
        "server_name": "www.example.org",
        "version": "TLSv12",
        "ja4": "t13d1516h2_8daaf6152771_e5627efa2ab1",
        "certificate_sha256": sha256(certificate()).hexdigest(),
        "certificate_subject": "CN=www.example.org,O=Example",
        "certificate_issuer": "CN=Issuer\\x0a,O=Example",
        "initiator_port": 50_000,
        "responder_port": 8443,
        "uid": "1",
    }
    assert row == row | expected


def test_since_tls_13_the_certificate_is_secret() -> None:
    (row,) = rows((0, HELLO), (1, server_hello(extensions=CHOSEN_13) + b"\x14\x03\x03\0\1\1" + b"\x17\x03\x03" * 500))
    assert (row["version"], row["certificate_sha256"], row["server_name"]) == ("TLSv13", None, "www.example.org")


def test_one_side_alone_is_told_too() -> None:
    (client,) = rows((0, HELLO))
    assert (client["version"], client["server_name"]) == (None, "www.example.org")
    (server,) = rows((1, server_hello() + certificates(certificate())))
    assert (server["ja3"], server["version"], server["initiator_port"]) == (None, "TLSv12", 50_000)


def test_ja3_is_the_md5_of_five_lists_without_grease() -> None:
    text = (
        "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,"
        "27-0-51-16-17513-23-45-13-5-35-18-43-65281-11-10-21,29-23,0"
    )
    assert ja3(read_hello(HELLO[9:])) == md5(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("hello", "expected"),
    [
        (client_hello(numbers(0x002F), b"", 0x0301), "t10i010000_"),
        (client_hello(b"", server_name("a.example"), 0x0300), "ts3d000100_000000000000_000000000000"),
        (client_hello(numbers(1), extension_of(16, part(2, part(1, b"\xab\xcd")))), "t12i0101ad_"),
        (client_hello(numbers(*range(150)), b"", 0x0999), "t00i990000_"),
    ],
)
def test_ja4_of_odd_clients(hello: bytes, expected: str) -> None:
    assert ja4(read_hello(hello[9:])).startswith(expected)


def test_a_certificate_that_cannot_be_read_has_a_digest() -> None:
    (row,) = rows((0, HELLO), (1, server_hello() + certificates(b"\x30\x03nonsense")))
    assert row["certificate_sha256"] == sha256(b"\x30\x03nonsense").hexdigest()
    assert row["certificate_subject"] is None


def test_what_is_no_handshake_is_no_row() -> None:
    assert rows((0, b"\x16\x03\x01\x00\x20\x01" + b"\xff" * 31)) == []
    assert rows((0, b"\x16\x03\x01\xff\xff\x01" + bytes(90_000))) == []
    assert rows((0, HELLO[:60])) == []


@given(st.integers(0, len(HELLO)), st.binary(max_size=30), st.integers(0, len(HELLO)))
@settings(deadline=None)
def test_nothing_but_too_short_rises(at: int, noise: bytes, end: int) -> None:
    message = (HELLO[9 : 9 + at] + noise + HELLO[9 + at + len(noise) :])[:end]
    try:
        hello = read_hello(message)
    except TooShort:
        return
    assert len(ja4(hello).split("_")[0]) == 10
    assert hello.name is None or hello.name.isprintable()
