"""Templates: what stands where in a record."""

import struct

import pytest

from tests.telemetry.exporter import FIELDS, template
from tocsin.telemetry._netflow.packets import IPFIX, V9
from tocsin.telemetry._netflow.templates import REVERSE, VARIABLE, Field, Malformed, measured, split, templates


def test_several_in_one_set_with_padding() -> None:
    found = dict(templates(V9, template() + template(FIELDS[:2], 257) + bytes(2), options=False))
    assert [len(known.fields) for known in found.values() if known] == [10, 2]
    assert found.keys() == {256, 257}


def test_the_same_fields_are_one_template() -> None:
    (first,), (second,) = (list(templates(V9, template(), options=False)) for _ in range(2))
    assert first[1] is second[1]


def test_fields_of_enterprises_and_of_variable_length() -> None:
    ((_, found),) = templates(IPFIX, template(((1, 8, REVERSE), (96, 0xFFFF))), options=False)
    assert found is not None
    assert found.fields == (Field(REVERSE, 1, 8), Field(0, 96, VARIABLE))
    assert found.smallest == 9


def test_no_length_is_variable_in_version_9() -> None:
    ((_, found),) = templates(V9, template(((96, 0xFFFF),)), options=False)
    assert found is not None
    assert found.smallest == 0xFFFE


@pytest.mark.parametrize("number", [256, 2])
def test_withdrawals(number: int) -> None:
    assert list(templates(IPFIX, struct.pack(">HH", number, 0), options=False)) == [(number, None)]


@pytest.mark.parametrize("body", [struct.pack(">HH", 7, 1) + bytes(4), struct.pack(">HH", 256, 9) + bytes(8)])
def test_what_is_no_template_is_told(body: bytes) -> None:
    with pytest.raises(Malformed):
        list(templates(IPFIX, body, options=False))


def test_options_name_what_they_are_about() -> None:
    nine = struct.pack(">HHH", 300, 4, 8) + struct.pack(">HHHHHH", 1, 4, 34, 4, 35, 1)
    ((_, found),) = templates(V9, nine, options=True)
    assert found is not None
    (record,) = split(found, struct.pack(">IIB", 7, 100, 2) + bytes(3))
    assert record == {(-1, 1): struct.pack(">I", 7), (0, 34): struct.pack(">I", 100), (0, 35): b"\x02"}


def test_lengths_stand_before_fields_of_variable_length() -> None:
    assert measured(4, b"", 0) == (4, 0)
    assert measured(VARIABLE, b"\x03abc", 0) == (3, 1)
    assert measured(VARIABLE, b"\xff\x01\x00", 0) == (256, 3)
    assert measured(VARIABLE, b"", 0) == (0, 1)
