"""Records of one template become columns."""

import pytest

from tests.telemetry.exporter import FIELDS, body, record
from tocsin.telemetry._netflow.layouts import columns, cut, layout
from tocsin.telemetry._netflow.templates import VARIABLE, Field, Template


def _template(*fields: tuple[int, int]) -> Template:
    return Template(tuple(Field(0, *field) for field in fields))


def test_each_field_is_a_column() -> None:
    shape = layout(_template(*FIELDS))
    texts, found = columns(shape, body([record(), record(e7=1, e1=2**40)]))
    assert found["sender_port"].tolist() == [50_000, 1]
    assert found["bytes"].tolist() == [600, 2**40]
    assert [texts[place].as_py() for place in found["receiver"].tolist()] == ["198.51.100.7"] * 2


@pytest.mark.parametrize("length", range(1, 9))
def test_numbers_of_any_length(length: int) -> None:
    shape = layout(_template((8, 4), (12, 4), (4, 1), (1, length)))
    largest = 256**length - 1
    _, found = columns(shape, bytes(9) + largest.to_bytes(length, "big"))
    assert found["bytes"].tolist() == [min(largest, 2**63 - 1)]


def test_numbers_that_are_too_long_are_not_read() -> None:
    assert "bytes" not in layout(_template((8, 4), (12, 4), (4, 1), (1, 9))).numbers


def test_addresses_of_a_wrong_length_are_none() -> None:
    assert not layout(_template((8, 3), (12, 4), (4, 1))).is_flow
    assert not layout(_template((8, 4), (12, 4))).is_flow
    assert layout(_template((8, 4), (12, 4), (4, 1))).is_flow


def test_only_whole_records_are_kept() -> None:
    shape = layout(_template((8, 4), (12, 4)))
    assert cut(shape, bytes(19)) == (bytes(16), 2)
    assert cut(layout(_template()), bytes(19)) == (b"", 0)


def test_fields_of_variable_length_are_cut_out() -> None:
    shape = layout(_template((7, 2), (96, VARIABLE), (4, 1), (82, VARIABLE)))
    body = b"AB\x03xyzC\x00" + b"DE\x00F\xff\x00\x02xy" + b"GH\x09"
    assert cut(shape, body) == (b"ABCDEF", 2)
