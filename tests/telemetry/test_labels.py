"""Labels stand aside: beside the flows that they are of, in a table that no detector sees."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.reading import Outcome, read_file, read_pieces
from tests.telemetry.zeek_logs import EXCHANGE, as_json, tsv
from tocsin.records import SEEN_TABLES, Flow, Ingest, Label, LakeFile
from tocsin.store.ledger import Ledger, read
from tocsin.telemetry import argus, ingest, zeek_conn
from tocsin.telemetry._labels import PACKED
from tocsin.workspace import Workspace

CONNECTION = {**EXCHANGE, "proto": "tcp", "conn_state": "SF"}

# By the reference (truth.yaml, ``basis``) or, for the two attacked hosts, by the columns of the file itself.
CAPTURES: dict[str, dict[tuple[str, str | None], int]] = {
    "iot23-34-1-mirai/conn.log.labeled.gz": {
        ("Malicious", "DDoS"): 14_394,
        ("Malicious", "C&C"): 6_706,
        ("Malicious", "PartOfAHorizontalPortScan"): 122,
        ("Benign", None): 1_923,
    },
    "strato-001-njrat/labeled-conn.log": {
        ("Malicious", "CC"): 244,
        ("Background", None): 739,
        ("Benign", "Google"): 9,
    },
    "idps-test7/conn.log.labeled": {("Malicious", None): 322, ("Benign", None): 51, ("Background", None): 1},
}


def said(outcome: Outcome) -> list[tuple[str, str | None]]:
    return [(row["label"], row["detail"]) for row in outcome.tables[Label].to_pylist()]


@pytest.mark.parametrize("columns", [("label", "detailedlabel"), ("label", "detailed-label")])
@pytest.mark.parametrize("form", [lambda rows: tsv("conn", rows), as_json])
def test_labels_in_columns_are_kept_aside(columns: tuple[str, str], form: Any) -> None:
    given = [("Malicious", "C&C"), ("Benign", "(empty)"), (None, None), ("-", "-")]
    rows = [CONNECTION | dict(zip(columns, values, strict=True)) for values in given]
    outcome = read_pieces(zeek_conn, [form(rows)])
    assert said(outcome) == [("Malicious", "C&C"), ("Benign", None)]
    assert outcome.table.num_rows == 4
    first = outcome.tables[Label].to_pylist()[0]
    flow = outcome.rows[0]
    assert all(first[name] == flow[name] for name in ("sensor", "time", "initiator", "responder_port", "uid"))


@pytest.mark.parametrize("blanks", ["   ", " "])
def test_labels_that_are_packed_into_a_column_are_unpacked(blanks: str) -> None:
    packed = [blanks.join(words) for words in (("-", "Malicious", "C&C FileDownload"), ("(empty)", "Benign", "-"))]
    rows = [CONNECTION | {PACKED.replace(" ", blanks): value} for value in [*packed, "-"]]
    outcome = read_pieces(zeek_conn, [tsv("conn", rows)])
    assert said(outcome) == [("Malicious", "C&C FileDownload"), ("Benign", None)]
    assert outcome.table.num_rows == 3


def test_a_label_is_bounded_and_spoils_no_row() -> None:
    outcome = read_pieces(zeek_conn, [as_json([CONNECTION | {"label": "a\x1b" + "b" * 300}])])
    ((label, _),) = said(outcome)
    assert label == (r"a\x1b" + "b" * 300)[:200]


def test_argus_labels_are_kept_aside() -> None:
    log = b"StartTime,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,Label\n" + b"".join(
        b"2026/01/05 10:00:00.5,tcp,192.0.2.1,4000,  %b,198.51.100.7,80,SPA_SPA,%b\n" % row
        for row in ((b"->", b"flow=From-Botnet"), (b"<-", b"flow=Background"), (b"->", b""))
    )
    outcome = read_file(argus, log)
    assert said(outcome) == [("flow=From-Botnet", None), ("flow=Background", None)]
    assert [row["initiator"] for row in outcome.tables[Label].to_pylist()] == ["192.0.2.1", "198.51.100.7"]
    assert outcome.table.num_rows == 3


def test_no_detector_sees_them_and_no_row_counts_twice(tmp_path: Path, workspace: Workspace, ledger: Ledger) -> None:
    log = tmp_path / "conn.log.labeled"
    log.write_bytes(tsv("conn", [CONNECTION | {"label": "Malicious"}]))
    assert ingest(workspace, ledger, [log]).rows == 1
    with ledger.look() as connection:
        (done,) = read(connection, Ingest)
        written = {file.telemetry: file.rows for file in read(connection, LakeFile)}
    assert (done.rows, written) == (1, {"flow": 1, "label": 1})
    assert Label not in SEEN_TABLES


@pytest.mark.parametrize("capture", CAPTURES)
def test_labels_of_the_test_data_are_as_many_as_its_reference_says(test_data: Path, capture: str) -> None:
    outcome = read_file(zeek_conn, (test_data / "captures" / capture).read_bytes())
    assert Counter(said(outcome)) == CAPTURES[capture]


@pytest.mark.parametrize(
    ("capture", "attacks"), [("strato-008-attacked-host", 4_201), ("strato-010-attacked-host", 3_373)]
)
def test_attacks_of_the_test_data_are_as_many_as_its_reference_says(
    test_data: Path, capture: str, attacks: int
) -> None:
    outcome = read_file(zeek_conn, (test_data / "captures" / capture / "conn.log.labeled").read_bytes())
    assert outcome.tables[Label].num_rows == outcome.tables[Flow].num_rows
    assert Counter(said(outcome))["Malicious", "External-Attack-to-Device"] == attacks
