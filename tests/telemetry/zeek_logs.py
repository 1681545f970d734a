"""Zeek logs made to order, in both of the forms that Zeek writes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.telemetry.reading import read_pieces
from tocsin.records import Record
from tocsin.units import units

Row = Mapping[str, Any]

EXCHANGE: Row = {
    "ts": 1767571200.000001,
    "uid": "CExample0000000001",
    "id.orig_h": "192.0.2.10",
    "id.orig_p": 50001,
    "id.resp_h": "198.51.100.7",
    "id.resp_p": 443,
}


def tsv(path: str, rows: Sequence[Row]) -> bytes:
    """Rows below the header of a log, which names the columns of all of them."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [["#path", path], ["#fields", *columns]]
    lines += [[_text(row.get(column)) for column in columns] for row in rows]
    header = b"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
    return header + "".join("\t".join(line) + "\n" for line in lines).encode()


def as_json(rows: Sequence[Row]) -> bytes:
    """Rows as objects, without what is unset."""
    set_only = ({name: value for name, value in row.items() if value is not None} for row in rows)
    return "".join(json.dumps(row) + "\n" for row in set_only).encode()


def read_both(name: str, record: type[Record], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What a reader gives for rows, after seeing that it gives the same for both forms and refuses nothing."""
    reader = units("tocsin.telemetry")[name].load()
    path = name.removeprefix("zeek_")
    found = []
    for log in (tsv(path, rows), as_json(rows)):
        assert reader.recognise(log)
        outcome = read_pieces(reader, [log])
        assert not outcome.rejects
        found.append(outcome.tables[record].to_pylist() if record in outcome.tables else [])
    assert found[0] == found[1]
    return found[0]


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, float):
        return f"{value:.6f}"
    return (",".join(map(_text, value)) or "(empty)") if isinstance(value, list) else str(value)
