"""The reader of Suricata's EVE."""

import base64
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.reading import Outcome, read_file, read_pieces
from tocsin.records import Alert, Dns, Flow, Http, Login, Record, Smtp, Tls
from tocsin.telemetry import _eve_dns, suricata

Event = dict[str, Any]

EVENT: Event = {
    "timestamp": "2026-01-05T01:00:00.000001+0100",
    "flow_id": 1937290273,
    "src_ip": "192.0.2.10",
    "src_port": 50001,
    "dest_ip": "198.51.100.7",
    "dest_port": 443,
    "proto": "TCP",
}
COUNTS = {"pkts_toserver": 8, "pkts_toclient": 6, "bytes_toserver": 506, "bytes_toclient": 562}
TIMES = {"start": "2026-01-05T00:00:00.000001+0000", "end": "2026-01-05T00:00:03.139212+0000"}
FLOW = EVENT | {"event_type": "flow", "app_proto": "tls", "flow": COUNTS | TIMES | {"state": "closed"}}
COMPLETE = {"tcp_flags_ts": "1b", "tcp_flags_tc": "1b"}


def eve(events: Iterable[Event]) -> bytes:
    return "".join(json.dumps(event) + "\n" for event in events).encode()


def events(*given: Event) -> Outcome:
    outcome = read_pieces(suricata, [eve(given)])
    assert not outcome.rejects
    return outcome


def one(record: type[Record], event_type: str, members: Event, **changed: Any) -> dict[str, Any]:
    event = EVENT | {"event_type": event_type, event_type: members} | changed
    (row,) = events(event).tables[record].to_pylist()
    return row


def flow(**changed: Any) -> dict[str, Any]:
    (row,) = events(FLOW | {"tcp": COMPLETE} | changed).rows
    return row


def dns(at: int, kind: str, ident: int = 1, **members: Any) -> Event:
    """A message between the same two, so many seconds after midnight."""
    message = {"type": kind, "id": ident, **members}
    time = f"2026-01-05T00:00:{at:02}.000000+0000"
    return EVENT | {"event_type": "dns", "timestamp": time, "dest_port": 53, "proto": "UDP", "dns": message}


def questions(*given: Event) -> list[tuple[Any, ...]]:
    rows = events(*given).tables[Dns].sort_by([("time", "ascending"), ("query", "ascending")]).to_pylist()
    return [
        (row["time"].second, row["query"], row["response_code"], row["answers"], row["ttl_seconds"]) for row in rows
    ]


def test_columns_of_a_flow_mean_what_the_vocabulary_says() -> None:
    assert flow() == {
        "sensor": "sensor",
        "time": datetime(2026, 1, 5, 0, 0, 0, 1),
        "initiator": "192.0.2.10",
        "initiator_port": 50001,
        "responder": "198.51.100.7",
        "responder_port": 443,
        "uid": "1937290273",
        "protocol": "tcp",
        "service": "ssl",
        "duration_us": 3_139_211,
        "state": "SF",
        "initiator_packets": 8,
        "initiator_bytes": 506,
        "responder_packets": 6,
        "responder_bytes": 562,
        "sampling": 1,
    }


@pytest.mark.parametrize(
    ("ours", "theirs", "state"),
    [
        ("02", "00", "S0"),
        ("02", "14", "REJ"),
        ("1b", "1b", "SF"),
        ("1a", "1a", "S1"),
        ("1f", "1b", None),
        ("06", "00", None),
        ("00", "00", None),
        ("18", "18", None),
        (None, None, None),
        ("xx", "1b", None),
    ],
)
def test_a_state_has_zeeks_word_only_where_it_means_the_same(
    ours: str | None, theirs: str | None, state: str | None
) -> None:
    assert flow(tcp={"tcp_flags_ts": ours, "tcp_flags_tc": theirs})["state"] == state


@pytest.mark.parametrize(
    ("said", "state", "packets"), [("new", "S0", 0), ("established", "SF", 6), ("bypassed", None, 6)]
)
def test_errors_of_routers_are_no_answers(said: str, state: str | None, packets: int) -> None:
    row = flow(proto="UDP", tcp=None, flow=FLOW["flow"] | {"state": said})
    assert (row["state"], row["responder_packets"]) == (state, packets)
    assert (row["responder_bytes"] > 0) == (packets > 0)


@pytest.mark.parametrize(
    ("proto", "read"), [("UDP", "udp"), ("IPv6-ICMP", "icmp"), ("SCTP", "132"), ("GRE", "47"), ("089", "89")]
)
def test_protocols_are_read(proto: str, read: str) -> None:
    assert flow(proto=proto)["protocol"] == read


def test_types_of_icmp_stand_for_ports() -> None:
    icmp = {name: value for name, value in FLOW.items() if not name.endswith("port")}
    (row,) = events(icmp | {"proto": "ICMP", "icmp_type": 8, "icmp_code": 0}).rows
    assert (row["initiator_port"], row["responder_port"], row["state"]) == (8, 0, None)


@pytest.mark.parametrize(("said", "read"), [("failed", None), ("http2", "http"), ("dns", "dns"), (None, None)])
def test_services_have_zeeks_names(said: str | None, read: str | None) -> None:
    assert flow(app_proto=said)["service"] == read


def test_a_flow_that_ends_before_it_begins_has_no_duration() -> None:
    assert flow(flow=FLOW["flow"] | {"end": "2026-01-04T00:00:00.000000+0000"})["duration_us"] is None


def test_sampled_counts_are_scaled_up() -> None:
    (row,) = read_pieces(suricata, [eve([FLOW])], sampling=100).rows
    assert (row["initiator_packets"], row["responder_bytes"], row["sampling"]) == (800, 56_200, 100)


def test_addresses_become_canonical() -> None:
    assert flow(dest_ip="2001:0db8:0000:0000:0000:0000:0000:0053")["responder"] == "2001:db8::53"


ANSWERS: list[Event] = [
    {"rrname": "www.example.com", "rrtype": "CNAME", "ttl": 300, "rdata": "cdn.example.net"},
    {"rrname": "cdn.example.net", "rrtype": "A", "ttl": 60, "rdata": "198.51.100.80"},
    {"rrname": "cdn.example.net", "rrtype": "TXT", "ttl": 90, "rdata": "text"},
]
READ = (1, "www.example.com", "NOERROR", ["cdn.example.net", "198.51.100.80"], 60)
ASKED = dns(1, "query", rrname="WWW.example.com", rrtype="A", tx_id=0)


def answer(at: int = 2, ident: int = 1, **members: Any) -> Event:
    """What version 2 writes, with each record alone unless told otherwise."""
    given = {"version": 2, "rrname": "www.example.com", "rrtype": "A", "rcode": "NOERROR", "answers": ANSWERS}
    return dns(at, "answer", ident, **given | members)


def test_an_answer_takes_the_place_of_its_question() -> None:
    assert questions(ASKED, answer()) == [READ]


def test_records_may_be_grouped_by_type() -> None:
    grouped = {"CNAME": ["cdn.example.net"], "A": ["198.51.100.80"], "TXT": ["text"]}
    ((*_, answers, ttl),) = questions(ASKED, answer(answers=None, grouped=grouped))
    assert (sorted(answers), ttl) == (["198.51.100.80", "cdn.example.net"], None)
    assert questions(ASKED, answer(grouped=grouped)) == [READ], "both at once say it once"


def test_version_3_has_its_questions_in_a_list() -> None:
    asked = [{"rrname": "www.example.com", "rrtype": "A"}]
    request = dns(1, "request", version=3, queries=asked)
    response = dns(2, "response", version=3, rcode="NOERROR", queries=asked, answers=ANSWERS)
    assert questions(request, response) == [READ]
    assert questions(response) == [(2, *READ[1:])]


def test_version_1_has_an_event_for_each_record() -> None:
    pieces = [dns(2, "answer", rcode="NOERROR", **record) for record in ANSWERS]
    assert questions(ASKED, *pieces) == [READ]
    failed = dns(2, "answer", rcode="NXDOMAIN", rrname="www.example.com")
    assert questions(ASKED, failed) == [(1, "www.example.com", "NXDOMAIN", [], None)]


def test_pieces_of_an_answer_are_put_together_across_blocks() -> None:
    pieces = [eve([dns(2, "answer", rcode="NOERROR", **record)]) for record in ANSWERS]
    outcome = read_pieces(suricata, [eve([ASKED]), pieces[0], pieces[1] + pieces[2]])
    (row,) = outcome.tables[Dns].to_pylist()
    assert (row["query"], row["answers"], row["ttl_seconds"]) == READ[1:2] + READ[3:]


def test_an_answer_in_a_later_block_finds_its_question() -> None:
    outcome = read_pieces(suricata, [eve([ASKED]), eve([FLOW]), eve([answer()])])
    assert [row["time"].second for row in outcome.tables[Dns].to_pylist()] == [1]


def test_a_question_without_an_answer_has_no_code() -> None:
    assert questions(ASKED) == [(1, "www.example.com", None, [], None)]


def test_the_first_answer_goes_to_the_first_question() -> None:
    again = dns(5, "query", rrname="www.example.com", rrtype="A")
    assert [row[0::2] for row in questions(ASKED, again, answer(6))] == [(1, "NOERROR", 60), (5, None, None)]
    assert [row[0] for row in questions(ASKED, again, answer(6), answer(7))] == [1, 5]
    assert [row[0] for row in questions(ASKED, answer(6), answer(7))] == [1, 7]


def test_other_flows_and_ids_are_other_questions() -> None:
    other = ASKED | {"flow_id": 1}
    assert Counter(row[2] for row in questions(ASKED, other, answer(ident=2), answer())) == {"NOERROR": 2, None: 1}


def test_an_answer_from_the_resolver_is_turned() -> None:
    turned = answer() | {"src_ip": "198.51.100.7", "src_port": 53, "dest_ip": "192.0.2.10", "dest_port": 50001}
    (row,) = events(turned).tables[Dns].to_pylist()
    assert (row["initiator"], row["initiator_port"], row["responder_port"]) == ("192.0.2.10", 50001, 53)


def test_questions_wait_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_eve_dns, "MOST_WAITING", 2)
    asked = [dns(at, "query", at, rrname="a.example", rrtype="A") for at in (1, 2, 3)]
    outcome = read_pieces(suricata, [eve(asked), eve([answer(9, 1), answer(9, 3)])])
    # The first has waited too long: it stands without an answer, and its answer alone.
    rows = Counter((row["time"].second, row["response_code"]) for row in outcome.tables[Dns].to_pylist())
    assert rows == {(1, None): 1, (2, None): 1, (3, "NOERROR"): 1, (9, "NOERROR"): 1}


def test_questions_at_the_end_of_a_file_that_is_cut_off_are_kept() -> None:
    packed = gzip.compress(eve([ASKED, *[FLOW] * 500]), compresslevel=0)
    outcome = read_file(suricata, packed[:-100])
    assert outcome.cut_off
    assert outcome.tables[Dns].num_rows == 1


def test_handshakes_are_read() -> None:
    der = b"not really a certificate"
    row = one(
        Tls,
        "tls",
        {
            "sni": "WWW.Example.com",
            "version": "TLS 1.2",
            "subject": "CN=www.example.com",
            "issuerdn": "CN=Example CA",
            "fingerprint": "8f:51:12",
            "certificate": base64.b64encode(der).decode(),
            "ja3": {"hash": "0" * 32, "string": "771,1-2,3"},
            "ja4": "t13d1516h2_8daaf6152771_b186095e22b6",
        },
    )
    assert (row["server_name"], row["version"], row["ja3"]) == ("www.example.com", "TLS 1.2", "0" * 32)
    assert (row["ja4"], row["certificate_subject"]) == ("t13d1516h2_8daaf6152771_b186095e22b6", "CN=www.example.com")
    assert (row["certificate_issuer"], row["certificate_id"]) == ("CN=Example CA", None)
    assert row["certificate_sha256"] == hashlib.sha256(der).hexdigest()
    assert one(Tls, "tls", {"certificate": "?", "fingerprint": "8f:51:12"})["certificate_sha256"] is None


def test_requests_are_read() -> None:
    row = one(
        Http,
        "http",
        {
            "hostname": "WWW.example.com:8080",
            "url": "/a",
            "http_user_agent": "Example/1.0\x07",
            "http_method": "GET",
            "status": 200,
            "length": 178,
        },
    )
    assert [row[name] for name in ("host", "path", "user_agent", "method", "status", "response_bytes")] == [
        "www.example.com",
        "/a",
        r"Example/1.0\x07",
        "GET",
        200,
        178,
    ]


def test_mail_is_read_without_its_people() -> None:
    envelope = {"helo": "mail.example.com", "mail_from": "<someone@Example.com>", "rcpt_to": ["<a@b.example>"] * 3}
    row = one(Smtp, "smtp", envelope, email={"from": "someone", "subject": "private"})
    assert (row["helo"], row["sender_domain"], row["recipients"]) == ("mail.example.com", "example.com", 3)
    assert "someone" not in str(row) and "private" not in str(row)


def test_sessions_are_logins_of_unknown_end() -> None:
    row = one(Login, "ssh", {"client": {"proto_version": "2.0", "software_version": "OpenSSH_9.6"}})
    assert (row["service"], row["success"], row["client_software"]) == ("ssh", None, "OpenSSH_9.6")


ALERT = {"action": "blocked", "signature": "A pattern", "signature_id": 2403388, "category": "Misc", "severity": 2}


def test_alerts_are_evidence() -> None:
    row = one(Alert, "alert", ALERT)
    assert (row["signature"], row["signature_id"], row["blocked"], row["initiator"]) == (
        "A pattern",
        2403388,
        True,
        "192.0.2.10",
    )
    assert one(Alert, "alert", ALERT | {"action": "allowed"})["blocked"] is False
    assert one(Alert, "alert", ALERT, direction="to_client")["initiator"] == "198.51.100.7"


def test_an_alert_on_a_packet_without_addresses_is_left_out() -> None:
    bare = {name: EVENT[name] for name in ("timestamp", "flow_id")} | {"event_type": "alert", "alert": ALERT}
    assert events(bare, FLOW).tables.keys() == {Flow}


def test_other_events_are_no_errors() -> None:
    others = [
        {"timestamp": EVENT["timestamp"], "event_type": "stats", "stats": {"uptime": 1, "dns": 3, "flow": {}}},
        EVENT | {"event_type": "fileinfo", "http": {"hostname": "a.example"}, "fileinfo": {}},
        EVENT | {"event_type": "netflow", "netflow": {"pkts": 1}},
        EVENT | {"event_type": "one of tomorrow", "flow": COUNTS},
    ]
    assert events(*others).tables == {}


def test_faults_are_named_and_spoil_no_other_line() -> None:
    lines = eve(
        [
            FLOW,
            FLOW | {"src_ip": "192.0.2.256"},
            FLOW | {"flow": {**FLOW["flow"], "start": "yesterday"}},
            FLOW | {"flow": {**FLOW["flow"], "pkts_toserver": 2**41}},
            FLOW | {"flow": 7},
            FLOW | {"proto": "nonsense"},
            {name: value for name, value in FLOW.items() if name != "event_type"},
            dns(1, "query", 65536, rrname="a.example"),
            FLOW,
        ]
    )
    outcome = read_pieces(suricata, [lines + b"no JSON\n[]\n" + eve([FLOW])])
    assert {line: reason.partition(": Expecting")[0] for line, reason in outcome.reasons.items()} == {
        2: "src_ip is not an address: '192.0.2.256'",
        3: "flow.start is not a time: 'yesterday'",
        4: f"flow.pkts_toserver is too large: '{2**41}'",
        5: "not a JSON object of plain values: flow is no object",
        6: "proto is not a known protocol: 'nonsense'",
        7: "event_type is missing",
        8: "dns.id is not an id: '65536'",
        10: "not a JSON object of plain values",
        11: "not a JSON object of plain values: it is no object",
    }
    assert len(outcome.rows) == 3


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (eve([FLOW]), True),
        (b"no event\n" + eve([FLOW]), True),
        (b'{"event_type": "purge", "ip_src": "192.0.2.1", "timestamp": "2026-01-05 00:00:00"}\n', False),
        (b'{"timestamp": "2026-01-05T00:00:00Z"}\n', False),
        (b'{"a":' * 10_000, False),
        (b"", False),
    ],
)
def test_events_are_known_by_their_content(head: bytes, known: bool) -> None:
    assert suricata.recognise(head) is known


def test_every_event_of_the_test_data_is_read(test_data: Path) -> None:
    log = test_data / "captures/slips-test6-eve/test6-malicious.suricata.json.gz"
    outcome = read_file(suricata, log.read_bytes())
    assert not outcome.rejects
    # Every one of the 340 questions was answered.
    assert {record: table.num_rows for record, table in outcome.tables.items()} == {
        Flow: 3512,
        Alert: 745,
        Dns: 340,
        Http: 56,
        Tls: 1,
    }
    assert all(row["response_code"] for row in outcome.tables[Dns].to_pylist())
