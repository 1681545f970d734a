"""A file in the making has another name than the file that it becomes."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.store.part import begin, settle
from tocsin.store.place import place

ROWS = pa.table({"n": [1, 2, 3]})


def test_it_has_its_name_when_it_is_settled(tmp_path: Path) -> None:
    part = begin(place(tmp_path), "flow/day=2026-01-05", "one", ROWS.schema)
    part.write(ROWS, 2)
    part.close()
    (partial,) = place(tmp_path).sizes()
    assert partial.startswith("flow/day=2026-01-05/one.parquet.")
    settle([part])
    assert place(tmp_path).sizes() == {"flow/day=2026-01-05/one.parquet": part.size()}
    assert (part.rows, pq.read_metadata(tmp_path / part.path).num_row_groups) == (3, 2)


def test_what_is_abandoned_is_gone_and_the_file_of_the_same_name_stays(tmp_path: Path) -> None:
    first, second = (begin(place(tmp_path), "flow", "one", ROWS.schema) for _ in range(2))
    first.close()
    settle([first])
    second.write(ROWS)
    second.abandon()
    first.abandon()
    assert set(place(tmp_path).sizes()) == {"flow/one.parquet"}
