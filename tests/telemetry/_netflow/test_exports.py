"""Packets become records, within bounds."""

import struct

import pytest

from tests.telemetry.exporter import a_set, body, ipfix, netflow_v5, record, template
from tocsin.telemetry import Reject
from tocsin.telemetry._netflow import exports
from tocsin.telemetry._netflow.exports import Exports, _sets, records
from tocsin.telemetry._netflow.packets import Packet


def _rows(*sent: bytes, exporter: bytes = b"") -> list[int | str]:
    parts = records(Packet(number, exporter, data) for number, data in enumerate(sent, 1))
    return [part.reason if isinstance(part, Reject) else len(part) for part in parts]


def test_records_are_decoded_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    packet = netflow_v5([record()] * 10)
    assert _rows(*[packet] * 5) == [50]
    monkeypatch.setattr(exports, "GROUP_ROWS", 20)
    assert _rows(*[packet] * 5) == [20, 20, 10]
    monkeypatch.setattr(exports, "GROUP_BYTES", 10 * 48)
    assert _rows(*[packet] * 3) == [10, 10, 10]


def test_a_set_that_leaves_its_packet_is_told() -> None:
    broken = ipfix(struct.pack(">HH", 256, 900) + bytes(20))
    assert _rows(broken) == ["a set is longer than its packet, or shorter than its header"]


def test_no_more_templates_are_kept_than_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_TEMPLATES", 10)
    state = Exports()
    for number in range(1000):
        packet = ipfix(a_set(2, template(number=256 + number)), domain=number % 3)
        assert not list(_sets(state, Packet(number, b"", packet)))
        assert state.learned == sum(map(len, state.templates.values())) <= 10


def test_no_more_exporters_are_told_apart_than_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_SCOPES", 10)
    state = Exports()
    for number in range(100):
        packet = ipfix(a_set(2, template()), a_set(256, body([record()])), domain=number)
        assert not list(_sets(state, Packet(number, bytes([number]), packet)))
    assert len(state.exporters) <= 10
    assert len(state.addresses) == 10


def test_a_damaged_template_is_told_and_leaves_the_others() -> None:
    damaged = ipfix(a_set(2, template() + struct.pack(">HH", 7, 1) + bytes(8)), a_set(256, body([record()])))
    assert _rows(damaged) == ["a template has the number 7, which is no template's", 1]
