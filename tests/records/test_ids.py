"""Ids are the same on every machine and every run."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tocsin.records import record_id

PARTS = st.lists(st.text(st.characters(exclude_characters="\x1f", exclude_categories=["Cs"])), max_size=4)


def test_an_id_never_changes() -> None:
    assert record_id("case", "example-isp", "host", "192.0.2.1") == "aff013be-0b32-5d59-a0ee-8aac3ead9d7f"


def test_it_is_a_uuid_of_version_5() -> None:
    assert UUID(record_id("case", "a")).version == 5


@given(PARTS, PARTS)
def test_other_parts_give_another_id(parts: list[str], others: list[str]) -> None:
    assert (record_id("case", *parts) == record_id("case", *others)) == (parts == others)
