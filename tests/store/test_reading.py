"""Files of the lake are read in pieces; one that is gone or damaged is told of in one line."""

from pathlib import Path

import pytest

from tests.store.lakes import NEW, OTHER, fill, flow
from tocsin.errors import TocsinError
from tocsin.records import LakeFile
from tocsin.store.ledger import Ledger, read
from tocsin.store.place import place
from tocsin.store.reading import Vanished, first_time, opened, tables
from tocsin.workspace import Workspace


@pytest.fixture
def file(workspace: Workspace, ledger: Ledger) -> LakeFile:
    fill(workspace, ledger, "one", [flow(NEW, 5), flow(NEW, 2.5, OTHER), flow(NEW, 9)])
    with ledger.look() as connection:
        return read(connection, LakeFile)[0]


def test_footers_and_columns_are_read_alone(workspace: Workspace, file: LakeFile) -> None:
    where = place(workspace.lake)
    assert first_time(where, file) == flow(NEW, 2.5)["time"]
    with opened(where, file) as parquet:
        (rows,) = tables(parquet, ["uid", "there is none"])
    assert rows.to_pylist() == [{"uid": "C5"}, {"uid": "C2.5"}, {"uid": "C9"}]


def test_a_file_that_is_gone_or_damaged_is_told(workspace: Workspace, file: LakeFile) -> None:
    path = Path(workspace.lake) / file.path
    path.write_bytes(b"PAR1 no more")
    with pytest.raises(TocsinError, match=f"cannot be read: .*{file.path}"):
        first_time(place(workspace.lake), file)
    path.unlink()
    with pytest.raises(Vanished, match=f"missing in the lake: .*{file.path}: see 'tocsin doctor'"):
        first_time(place(workspace.lake), file)
