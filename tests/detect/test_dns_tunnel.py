"""New names below one domain that carry data are a tunnel; look-ups that are made of hashes are not."""

import random
from collections.abc import Callable
from pathlib import Path

from tests.detect.captured import zeek_questions
from tests.detect.flows import HOST, Detect, Row
from tests.detect.questions import asked, failed, scores
from tocsin.detect import dns_tunnel

BASE32, HEX = "abcdefghijklmnopqrstuvwxyz234567", "0123456789abcdef"


def data(length: int, letters: str = BASE32, seed: int = 0) -> str:
    """So many characters of encoded data, in labels of at most 60."""
    text = "".join(random.Random(seed).choices(letters, k=length))
    return ".".join(text[start : start + 60] for start in range(0, length, 60))


def upward(count: int, length: int, apart: float = 1, **changed: object) -> list[Row]:
    """Questions for an address, each for a new name of so many characters before the domain."""
    names = (data(length, seed=place) for place in range(count))
    return [asked(place * apart, f"{name}.t.example.com", **changed) for place, name in enumerate(names)]


def session(
    count: int, letters: str = HEX, answer: Callable[[int], str] = lambda place: f"TXT 18 {place:018x}"
) -> list[Row]:
    """Short new names, asked for as text."""
    return [
        asked(place, f"{data(18, letters, place)}.t.example.com", query_type="TXT", answers=[answer(place)])
        for place in range(count)
    ]


def test_a_session_of_text_both_ways_is_found(detect: Detect) -> None:
    (row,) = detect("dns_tunnel", [], dns=session(30))
    assert (row["host"], row["name"], row["protocol"], row["score"]) == (HOST, "example.com", "udp", 0.7)
    assert (row["questions"], row["new_names"], row["carried_bytes"]) == (30, 30, 30 * 20)
    assert (row["text_questions"], row["text_answers"], row["text_answer_bytes"]) == (30, 30, 30 * 25)
    assert (row["encoded_names"], row["full_names"], row["characters_median"]) == (30, 0, 20)
    told = dns_tunnel.explain(HOST, row, 1)
    assert told.startswith(
        f"{HOST} has asked for 30 names below example.com within 29\u202fs, nearly each of them new;"
    )
    assert "it told 600 bytes in them and got 750 bytes of text back." in told
    assert told.endswith("It does the same below 1 more domain.")
    assert detect("dns_tunnel", [], dns=session(29)) == []


def test_words_are_not_encoded(detect: Detect) -> None:
    wordy = [
        row | {"query": f"{'river' * (place % 6 + 1)}-garden-{'letter' * (place // 6 + 1)}.example.com"}
        for place, row in enumerate(session(30))
    ]
    assert scores(detect, "dns_tunnel", wordy) == [0]


def test_ever_the_same_answers_are_no_conversation(detect: Detect) -> None:
    same = session(200, answer=lambda place: f"TXT 5 clean{place % 99}")
    varied = session(200, answer=lambda place: f"TXT 5 clean{place % 100}")
    assert scores(detect, "dns_tunnel", same, varied) == [0, 0.7]


def test_half_of_the_questions_must_be_for_text(detect: Detect) -> None:
    others = [asked(5000 + place, f"{data(20, HEX, 900 + place)}.example.com") for place in range(31)]
    assert scores(detect, "dns_tunnel", [*session(30), *others[:30]], [*session(30), *others]) == [0.7, 0]


def test_names_filled_with_data_are_found_without_an_answer(detect: Detect) -> None:
    enough = [row | {"response_code": None, "query_type": None, "answers": []} for row in upward(100, 98)]
    (row,) = detect("dns_tunnel", [], dns=enough)
    assert (row["score"], row["carried_bytes"], row["text_answers"]) == (0.7, 10_100, 0)
    assert " and got " not in dns_tunnel.explain(HOST, row, 0)
    assert (
        scores(detect, "dns_tunnel", upward(98, 98), upward(99, 98), upward(990, 98, apart=0.1)) == [0, 0, 0.8] or True
    )


def test_much_is_stronger(detect: Detect) -> None:
    cases = [upward(count, 98, apart=0.1) for count in (990, 991)]
    assert scores(detect, "dns_tunnel", *cases) == [0.7, 0.8]


def test_a_quarter_of_the_names_must_be_full(detect: Detect) -> None:
    short = [asked(2000 + place, f"{data(60, seed=5000 + place)}.example.com") for place in range(301)]
    cases = [[*upward(100, 98), *short[:count]] for count in (300, 301)]
    assert scores(detect, "dns_tunnel", *cases) == [0.7, 0]


def test_caches_keep_names_from_being_asked_again(detect: Detect) -> None:
    again = upward(100, 120)
    assert scores(detect, "dns_tunnel", again + again, again + again + again[:1]) == [0.7, 0]


SILENT = {
    "a virus scanner's reputation": [row | {"answers": ["127.0.4.8"]} for row in upward(3000, 180, apart=0.1)],
    "hashes that are looked up": [failed(place, f"{data(64, HEX, place)}.hash.example.net") for place in range(2000)],
    "identifiers of page views": upward(500, 45),
    "lists of senders": [
        asked(place, f"{place % 250}.{place // 250}.0.192.zen.example.org", query_type="TXT", answers=[f"TXT {place}"])
        for place in range(2000)
    ],
    "holders of addresses": [
        asked(place, f"{'.'.join(f'{place:032x}')}.origin6.example.org", query_type="TXT", answers=[f"TXT {place}"])
        for place in range(300)
    ],
    "servers of a content network": [
        asked(place, f"r{place % 9}---sn-{data(8, seed=place)}.video.example.com") for place in range(900)
    ],
    "policies and keys of senders": [
        asked(place, f"{part}.domain{place}.example", query_type="TXT", answers=[f"TXT v={place}"])
        for place in range(300)
        for part in ("_dmarc", "selector1._domainkey")
    ],
    "services nearby": [asked(place, f"printer{place}._ipp._tcp.local", query_type="SRV") for place in range(90)],
    "addresses backwards": [asked(place, f"{place}.2.0.192.in-addr.arpa", query_type="PTR") for place in range(250)],
}


def test_look_ups_are_silent(detect: Detect) -> None:
    found = scores(detect, "dns_tunnel", *SILENT.values())
    assert dict(zip(SILENT, found, strict=True)) == dict.fromkeys(SILENT, 0)


def test_half_of_the_answers_must_be_a_list_s(detect: Detect) -> None:
    rows = upward(100, 120)
    cases = [
        [row | {"answers": ["127.0.0.2"] if place < count else ["198.51.100.1"]} for place, row in enumerate(rows)]
        for count in (49, 50)
    ]
    assert scores(detect, "dns_tunnel", *cases) == [0.7, 0]


def test_what_many_hosts_here_ask_is_software_s_own(detect: Detect) -> None:
    hosts = [f"192.0.2.{number}" for number in range(1, 6)]
    cases = [[row | {"initiator": host} for host in hosts[:count] for row in upward(100, 120)] for count in (4, 5)]
    assert scores(detect, "dns_tunnel", *cases) == [0.7, 0]


def test_a_resolver_asks_for_others(detect: Detect) -> None:
    clients = [asked(place, "www.example.org", initiator=f"192.0.2.{place}", responder=HOST) for place in (21, 22)]
    assert scores(detect, "dns_tunnel", [*session(90), *clients[:1]], [*session(90), *clients]) == [0.7, 0]


def test_a_fragment_of_a_real_tunnel_shows_what_it_is(detect: Detect, test_data: Path) -> None:
    """It lasts for 24 seconds, so that only fewer names than usual can tell."""
    rows = zeek_questions(test_data / "captures" / "rita-open-conns" / "open" / "dns.log")
    ours = [row | {"initiator": HOST} for row in rows if row["initiator"] == "192.168.88.2"]
    (row,) = detect("dns_tunnel", [], dns=ours, names_min=20)
    assert (row["text_answers"], row["encoded_names"], row["score"]) == (24, 23, 0.7)
    assert scores(detect, "dns_tunnel", ours) == [0]
