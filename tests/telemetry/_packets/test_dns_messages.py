"""Messages of DNS, compared with what dnspython reads."""

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.telemetry.captures import answer, name, question
from tocsin.telemetry._packets._dns_messages import Malformed, message

ADDRESS = (1, 300, bytes([192, 0, 2, 1]))


def test_a_question() -> None:
    read = message(question(7, "WWW.Example.ORG", 28))
    assert (read.number, read.is_answer, read.query, read.query_type) == (7, False, "www.example.org", "AAAA")
    assert (read.code, read.answers, read.ttl) == (None, [], None)


def test_an_answer() -> None:
    records = [
        (5, 60, name("alias.example.net")),
        ADDRESS,
        (28, 30, bytes.fromhex("20010db8000000000000000000000001")),
        (15, 99, b"\0\x0a" + name("mail.example.net")),
        (33, 99, bytes(6) + name("service.example.net")),
        (16, 99, b"\x04text"),
    ]
    read = message(answer(7, "example.org", records))
    assert read.answers == ["alias.example.net", "192.0.2.1", "2001:db8::1", "mail.example.net", "service.example.net"]
    assert (read.code, read.ttl) == ("NOERROR", 30)


@pytest.mark.parametrize(
    ("code", "word"), [(0, "NOERROR"), (2, "SERVFAIL"), (3, "NXDOMAIN"), (5, "REFUSED"), (12, "12")]
)
def test_codes(code: int, word: str) -> None:
    assert message(answer(1, "example.org", [], code)).code == word


def test_the_high_bits_of_a_code_stand_in_edns() -> None:
    wire = bytearray(answer(1, "example.org", [], 7))
    wire[11] = 1
    assert message(bytes(wire) + b"\0\0\x29\x04\xd0\x01\0\0\0\0\0").code == "BADCOOKIE"


@pytest.mark.parametrize(
    ("wire", "query"),
    [
        (b"\x00", "."),
        (b"\x03a.b\x00", r"a\046b"),
        (b"\x04a\x00\xff\x1b\x00", r"a\000\255\027"),
        (b"\x0b_tcp-x*y/z+\x00", "_tcp-x*y/z+"),
    ],
)
def test_names_are_printable_whatever_is_in_them(wire: bytes, query: str) -> None:
    assert message(question(1, "")[:12] + wire + b"\0\1\0\1").query == query


def test_types_without_a_name_have_a_number() -> None:
    assert message(question(1, "example.org", 65_280)).query_type == "TYPE65280"


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        question(1, "example.org")[:11],
        question(1, "example.org")[:-1],
        question(1, "example.org")[:20],
        question(1, "example.org")[:12] + b"\xc0\x0c\0\1\0\1",
        question(1, "example.org")[:12] + b"\xc0\xff\0\1\0\1",
        question(1, "example.org")[:12] + (b"\x3f" + b"a" * 63) * 5 + b"\0\0\1\0\1",
        question(1, "example.org")[:12] + b"\x41" + b"a" * 65 + b"\0\0\1\0\1",
        b"\0\1\x28\0" + question(1, "example.org")[4:],
        b"\0\1\1\0\0\2" + question(1, "example.org")[6:],
    ],
)
def test_what_is_no_question_is_refused(wire: bytes) -> None:
    with pytest.raises(Malformed):
        message(wire)


def test_records_up_to_damage_are_kept() -> None:
    whole = answer(1, "example.org", [ADDRESS, (1, 20, bytes([192, 0, 2, 2]))])
    for end in range(len(answer(1, "example.org", [])), len(whole)):
        assert message(whole[:end]).answers in ([], ["192.0.2.1"])


def test_pointers_that_run_in_a_circle_end() -> None:
    circle = (5, 1, b"\xc0\x29")
    assert message(answer(1, "example.org", [circle])).answers == []


labels = st.lists(st.from_regex(r"[a-zA-Z0-9_-]{1,20}", fullmatch=True), min_size=1, max_size=6)


@given(labels, st.sampled_from([1, 2, 5, 12, 15, 28, 33]), st.integers(0, 10), st.integers(0, 2**31 - 1), labels)
@settings(deadline=None)
def test_it_agrees_with_dnspython(asked: list[str], kind: int, code: int, ttl: int, target: list[str]) -> None:
    response = dns.message.make_response(dns.message.make_query(".".join(asked), dns.rdatatype.RdataType(kind)))
    response.set_rcode(code)  # type: ignore[arg-type]
    data = {1: "192.0.2.9", 28: "2001:db8::9", 15: f"5 {'.'.join(target)}.", 33: f"1 2 3 {'.'.join(target)}."}
    where = response.question[0].name
    response.answer = [
        dns.rrset.from_text(where, ttl, "IN", dns.rdatatype.RdataType(kind), data.get(kind, f"{'.'.join(target)}."))
    ]
    read, known = message(response.to_wire()), response.answer[0]
    assert read.query == str(where).lower().rstrip(".")
    assert read.query_type == dns.rdatatype.to_text(known.rdtype)
    assert (read.code, read.ttl) == (dns.rcode.to_text(response.rcode()), ttl)
    assert read.answers == [str(known[0]).split()[-1].lower().rstrip(".")]


@given(st.binary(max_size=80), st.integers(0, 60))
@settings(deadline=None)
def test_nothing_but_malformed_rises(noise: bytes, at: int) -> None:
    wire = bytearray(answer(1, "www.example.org", [ADDRESS, (5, 1, b"\xc0\x0c")]))
    wire[at : at + len(noise)] = noise
    try:
        message(bytes(wire))
    except Malformed:
        return
