"""Small files become few large ones; what they say, and whose rows they are, stays."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.lakes import KEPT, NEW, OLD, contents, fill, flow, listed, on_disk, three_ingests
from tocsin.records import Flow, LakeDiscard, LakeFile, LakeShare
from tocsin.store import compaction
from tocsin.store.compaction import compact, groups, small
from tocsin.store.engine import open_engine
from tocsin.store.exchange import Fresh, merged
from tocsin.store.lake import lake_files, missing, strays
from tocsin.store.ledger import Ledger, read
from tocsin.store.place import place
from tocsin.store.undo import undo
from tocsin.workspace import Workspace


def test_many_files_become_one_a_day_sorted_by_time(workspace: Workspace, ledger: Ledger) -> None:
    three_ingests(workspace, ledger)
    before = contents(workspace, ledger)
    done = compact(workspace, ledger)
    assert (done.before, done.after, done.rows, done.overtaken) == (6, 2, 300, 0)
    assert contents(workspace, ledger) == before
    with ledger.look() as connection:
        files = read(connection, LakeFile)
        shares = Counter({(share.path, share.ingest): share.rows for share in read(connection, LakeShare)})
        assert not missing(connection, workspace.lake)
    assert [file.day for file in sorted(files, key=lambda file: file.day)] == [OLD, NEW]
    assert shares == {(file.path, name): 50 for file in files for name in ("one", "two", "three")}
    for file in files:
        times = pq.ParquetFile(Path(workspace.lake) / file.path).read(["time"])["time"].to_numpy()
        assert (times[1:] >= times[:-1]).all()
        assert file.bytes == (Path(workspace.lake) / file.path).stat().st_size


def test_readers_go_on_reading_until_the_grace_is_over(workspace: Workspace, ledger: Ledger) -> None:
    three_ingests(workspace, ledger)
    with ledger.look() as connection:
        files = lake_files(connection, Path(workspace.lake), Flow)
    with open_engine() as engine:
        table = engine.table(Flow, files)
        compact(workspace, ledger)
        assert engine.rows(table.count().as_table())[0].to_pylist() == [300]
    with ledger.look() as connection:
        assert len(read(connection, LakeDiscard)) == 6
        assert not strays(connection, workspace.lake)
    assert compact(workspace, ledger).swept == 0
    again = compact(workspace, ledger, timedelta(0))
    assert (again.swept, again.before) == (6, 0)
    assert on_disk(workspace) == listed(ledger)


def test_engines_read_old_and_compacted_files_together(workspace: Workspace, ledger: Ledger) -> None:
    three_ingests(workspace, ledger)
    compact(workspace, ledger)
    fill(workspace, ledger, "four", [flow(NEW, 90), flow(OLD, 90)])
    with ledger.look() as connection:
        files = lake_files(connection, Path(workspace.lake), Flow)
    for order in (files, files[::-1]):
        with open_engine() as engine:
            table = engine.table(Flow, order)
            assert "ingest" not in table.columns
            assert engine.rows(table).num_rows == 302


def test_an_ingest_can_be_taken_back_out_of_a_compacted_file(workspace: Workspace, ledger: Ledger) -> None:
    three_ingests(workspace, ledger)
    rest = [row for row in contents(workspace, ledger) if not row["uid"].endswith(".1")]
    compact(workspace, ledger)
    undone = undo(workspace, ledger, "two")
    assert (undone.rows, undone.days) == (100, (OLD, NEW))
    assert contents(workspace, ledger) == rest
    with ledger.look() as connection:
        assert {share.ingest for share in read(connection, LakeShare)} == {"one", "three"}
        assert not read(connection, LakeDiscard)
    assert on_disk(workspace) == listed(ledger)


def test_a_file_that_is_large_already_stays(
    workspace: Workspace, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "ROWS_TOGETHER", 100)
    monkeypatch.setattr(compaction, "SMALL", 50)
    three_ingests(workspace, ledger)
    fill(workspace, ledger, "few", [flow(NEW, 1)])
    before = listed(ledger)
    assert compact(workspace, ledger).before == 0
    assert listed(ledger) == before


def test_what_another_process_changed_meanwhile_is_left_for_the_next_time(
    workspace: Workspace, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_ingests(workspace, ledger)

    def overtaken(*given: Any) -> Fresh:
        monkeypatch.undo()
        fresh = merged(*given)
        undo(workspace, ledger, "one")
        return fresh

    monkeypatch.setattr(compaction, "merged", overtaken)
    done = compact(workspace, ledger)
    assert (done.overtaken, done.after) == (2, 0)
    assert on_disk(workspace) == listed(ledger)
    assert compact(workspace, ledger).after == 2
    assert len(contents(workspace, ledger)) == 200


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 1 << 21), max_size=12))
def test_no_group_is_too_large_and_no_file_is_in_two(workspace: Workspace, sizes: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "_first", lambda _where, file: file.path)
        files = [
            LakeFile(path=f"{n:02}", ingest="one", telemetry="flow", day=NEW, rows=rows, bytes=0, **KEPT)
            for n, rows in enumerate(sizes)
        ]
        found = list(groups(place(workspace.lake), [file for file in files if small(file)]))
    grouped = [file.path for group in found for file in group]
    assert len(grouped) == len(set(grouped))
    assert all(len(group) > 1 and sum(file.rows for file in group) <= compaction.ROWS_TOGETHER for group in found)
    # Whoever is left alone did not fit to a neighbour.
    small_rows = [file.rows for file in files if small(file)]
    if len(small_rows) == 2:
        assert len(grouped) == 2
