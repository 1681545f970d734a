"""Damaged logs of exchanges and events: never a crash, no line lost, and no line judged by its neighbours."""

import json
from collections import Counter
from itertools import pairwise
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.telemetry.reading import Outcome, read_pieces
from tests.telemetry.test_damage import SNIPPETS, changed, rows_in
from tests.telemetry.test_suricata import ALERT, ASKED, EVENT, FLOW, answer, eve
from tests.telemetry.test_zeek_dns import QUESTION
from tests.telemetry.test_zeek_http import REQUEST
from tests.telemetry.test_zeek_smtp import MAIL
from tests.telemetry.test_zeek_ssh import SESSION
from tests.telemetry.test_zeek_ssl import HANDSHAKE, SHA256
from tests.telemetry.test_zeek_x509 import SEEN
from tests.telemetry.zeek_logs import as_json, tsv
from tocsin.units import units

ROWS = {
    "dns": [QUESTION, QUESTION | {"answers": ["TXT 5 hello"], "TTLs": None}, QUESTION | {"query": "b.example"}],
    "http": [REQUEST, REQUEST | {"host": "[2001:db8::1]:80"}, REQUEST | {"host": None}],
    "smtp": [MAIL, MAIL | {"rcptto": None}, MAIL | {"mailfrom": "<>"}],
    "ssh": [SESSION, SESSION | {"auth_success": None}, SESSION | {"client": None}],
    "ssl": [HANDSHAKE | {"cert_chain_fps": [SHA256, SHA256]}, HANDSHAKE | {"cert_chain_fuids": ["F1"]}, HANDSHAKE],
    "x509": [SEEN, SEEN | {"fingerprint": None, "id": "F1"}, SEEN],
}
LOGS = [(path, form(path, rows)) for path, rows in ROWS.items() for form in (tsv, lambda _, rows: as_json(rows))]
EVENTS = [
    FLOW,
    EVENT | {"event_type": "tls", "tls": {"sni": "a.example", "ja3": {"hash": "0" * 32}}},
    EVENT | {"event_type": "http", "http": {"hostname": "a.example", "status": 200}},
    EVENT | {"event_type": "smtp", "smtp": {"rcpt_to": ["a@b.example"]}},
    EVENT | {"event_type": "ssh", "ssh": {"client": {"software_version": "x"}}},
    EVENT | {"event_type": "alert", "alert": ALERT},
    EVENT | {"event_type": "stats"},
]

changes = st.lists(
    st.tuples(st.integers(0, 2500), st.integers(0, 30), st.one_of(st.binary(max_size=3), st.sampled_from(SNIPPETS))),
    min_size=1,
    max_size=6,
)


def zeek(path: str) -> ModuleType:
    return units("tocsin.telemetry")[f"zeek_{path}"].load()


def check(reader: ModuleType, log: bytes) -> Outcome:
    outcome = read_pieces(reader, [log])
    for table in outcome.tables.values():
        table.validate(full=True)
    assert len(outcome.reasons) == len(outcome.rejects), "a line was rejected twice"
    assert all(reject.text.isprintable() and reject.reason.isprintable() for reject in outcome.rejects)
    return outcome


def kept(outcome: Outcome) -> Counter[str]:
    return Counter(str(row) for table in outcome.tables.values() for row in table.to_pylist())


@given(log=st.sampled_from(LOGS), edits=changes)
@settings(deadline=None, max_examples=150)
def test_no_line_of_an_edited_log_is_lost(log: tuple[str, bytes], edits: list[tuple[int, int, bytes]]) -> None:
    path, data = log[0], changed(log[1], edits)
    outcome = check(zeek(path), data)
    came_out = sum(kept(outcome).values()) + len(outcome.rejects)
    # A message without a question is left out.
    assert came_out <= rows_in(data) if path == "dns" else came_out == rows_in(data)


@pytest.mark.parametrize(("path", "log"), LOGS)
@given(edits=changes)
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_line_is_judged_for_itself(path: str, log: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    header = [line for line in log.splitlines() if line.startswith(b"#")]
    lines = changed(b"\n".join(log.splitlines()[len(header) :]), edits).replace(b"\r", b" ").split(b"\n")
    lines = [line for line in lines if line.strip() and not line.startswith(b"#")]
    lines = [line for line in lines if header or line.startswith(b"{")]
    together = check(zeek(path), b"\n".join([*header, *lines]))
    alone = [check(zeek(path), b"\n".join([*header, line])) for line in lines]
    assert kept(together) == sum(map(kept, alone), Counter())
    assert Counter(together.reasons.values()) == Counter(r for outcome in alone for r in outcome.reasons.values())


@given(edits=changes, log=st.sampled_from([eve(EVENTS), eve(EVENTS[:3]), eve(EVENTS[3:])]))
@settings(deadline=None, max_examples=50)
def test_an_event_is_judged_for_itself(edits: list[tuple[int, int, bytes]], log: bytes) -> None:
    suricata = units("tocsin.telemetry")["suricata"].load()
    lines = [line for line in changed(log, edits).split(b"\n") if line.strip()]
    lines = [line for line in lines if b'"dns"' not in line]
    together = check(suricata, b"\n".join(lines))
    alone = [check(suricata, line) for line in lines]
    assert all(sum(kept(outcome).values()) + len(outcome.rejects) <= 1 for outcome in alone)
    assert kept(together) == sum(map(kept, alone), Counter())
    assert Counter(together.reasons.values()) == Counter(r for outcome in alone for r in outcome.reasons.values())


@given(
    order=st.lists(st.tuples(st.booleans(), st.integers(1, 3)), max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=3),
)
@settings(deadline=None, max_examples=60)
def test_questions_and_answers_are_paired_wherever_blocks_end(order: list[tuple[bool, int]], cuts: list[int]) -> None:
    """Each answer and each question stands once, and as many pairs are one row as there can be."""
    suricata = units("tocsin.telemetry")["suricata"].load()
    asked = {ident: json.loads(json.dumps(ASKED)) for ident in (1, 2, 3)}
    for ident, question in asked.items():
        question["dns"]["id"] = ident
    messages = [eve([asked[ident] if is_question else answer(ident=ident)]) for is_question, ident in order]
    ends = sorted({0, len(messages), *(min(cut, len(messages)) for cut in cuts)})
    pieces = [b"".join(messages[start:end]) for start, end in pairwise(ends)]
    outcome = read_pieces(suricata, pieces)
    rows = sum(table.num_rows for table in outcome.tables.values())
    waiting, pairs = Counter[int](), 0
    answers = Counter(ident for is_question, ident in order if not is_question)
    questions = Counter(ident for is_question, ident in order if is_question)
    most = sum((answers & questions).values())
    for is_question, ident in order:
        if is_question:
            waiting[ident] += 1
        elif waiting[ident]:
            waiting[ident] -= 1
            pairs += 1
    # An answer that stands before its question is paired with it only within a block.
    assert len(order) - most <= rows <= len(order) - pairs or not order


@given(log=st.binary(max_size=600), path=st.sampled_from([*ROWS]))
@settings(deadline=None, max_examples=60)
def test_random_bytes(log: bytes, path: str) -> None:
    check(zeek(path), tsv(path, ROWS[path]) + log)
    check(zeek(path), b"{" + log)
    check(units("tocsin.telemetry")["suricata"].load(), log)
