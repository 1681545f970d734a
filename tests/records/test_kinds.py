"""Columns come from the dataclass: name, kind, null and meaning."""

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
import pytest

from tocsin.records import LAKE_TABLES, LEDGER_TABLES, Kind, LedgerRecord, Record, arrow_schema, columns, table_name

ALL = [*LAKE_TABLES, *LEDGER_TABLES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Record):
    """A sample.

    Attributes:
        text: first line
            and second line, seconds
        maybe: null when not known
        many: a list
        shape: an object
        day: a day
        moment: a time
    """

    text: str
    maybe: int | None
    many: list[str]
    shape: dict[str, object]
    day: date
    moment: datetime


def test_columns_say_kind_null_and_meaning() -> None:
    assert [(c.name, c.kind, c.nullable) for c in columns(Sample)] == [
        ("text", Kind.TEXT, False),
        ("maybe", Kind.INTEGER, True),
        ("many", Kind.TEXTS, False),
        ("shape", Kind.JSON, False),
        ("day", Kind.DAY, False),
        ("moment", Kind.TIME, False),
    ]
    assert columns(Sample)[0].meaning == "first line and second line, seconds"


def test_arrow_schema_follows() -> None:
    schema = arrow_schema(Sample)
    assert schema.names == ["text", "maybe", "many", "shape", "day", "moment"]
    assert schema.field("moment").type == pa.timestamp("us")
    assert schema.field("maybe").nullable
    assert not schema.field("text").nullable


def test_a_column_without_a_meaning_is_refused() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Mute(Record):
        """Says nothing of its column."""

        silent: str

    with pytest.raises(TypeError, match=r"Mute\.silent has no line under Attributes"):
        columns(Mute)


@pytest.mark.parametrize("hint", [bytes, int | str, set[str], object])
def test_a_type_without_a_kind_is_refused(hint: object) -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Odd(Record):
        """Has an odd column.

        Attributes:
            odd: nothing we keep
        """

        odd: hint  # type: ignore[valid-type]

    with pytest.raises(TypeError, match="no kind of column for"):
        columns(Odd)


@pytest.mark.parametrize("record", ALL, ids=table_name)
def test_every_column_of_every_table_is_documented(record: type[Record]) -> None:
    assert columns(record)
    assert all(column.meaning for column in columns(record))


@pytest.mark.parametrize("record", LAKE_TABLES, ids=table_name)
def test_tables_of_the_lake_have_a_time_and_a_sensor(record: type[Record]) -> None:
    kinds = {column.name: column.kind for column in columns(record)}
    assert kinds["time"] is Kind.TIME
    assert kinds["sensor"] is Kind.TEXT


@pytest.mark.parametrize("record", LEDGER_TABLES, ids=table_name)
def test_tables_of_the_ledger_say_whose_how_marked_and_whence(record: type[LedgerRecord]) -> None:
    assert [column.name for column in columns(record)][:3] == ["party", "marking", "source"]


def test_names_of_tables_are_unique() -> None:
    names = [table_name(record) for record in ALL]
    assert len(set(names)) == len(names)
