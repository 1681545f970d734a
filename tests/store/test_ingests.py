"""What was read is listed with its days, and meant by id, beginning or path."""

import pytest

from tests.store.lakes import NEW, OLD, fill, flow, three_ingests
from tocsin.errors import WrongUse
from tocsin.store.compaction import compact
from tocsin.store.ingests import listed, named
from tocsin.store.ledger import Ledger
from tocsin.workspace import Workspace


@pytest.mark.parametrize("compacted", [False, True])
def test_every_ingest_has_its_days(workspace: Workspace, ledger: Ledger, compacted: bool) -> None:
    three_ingests(workspace, ledger)
    fill(workspace, ledger, "other", [flow(NEW, 1)])
    if compacted:
        compact(workspace, ledger)
    with ledger.look() as connection:
        connection.exec_driver_sql("DELETE FROM coverage")
        found = {each.ingest.id: each.days for each in listed(connection)}
    assert found == {"one": (OLD, NEW), "two": (OLD, NEW), "three": (OLD, NEW), "other": (NEW,)}


@pytest.mark.parametrize("name", ["three", "three"[:4], "THREE"[:4], "/var/log/three"])
def test_an_ingest_has_several_names(workspace: Workspace, ledger: Ledger, name: str) -> None:
    three_ingests(workspace, ledger)
    with ledger.look() as connection:
        assert named(connection, name).id == "three"


@pytest.mark.parametrize("name", ["thr", "%%%%", "____", "", "/var/log/none"])
def test_what_is_none_is_told(workspace: Workspace, ledger: Ledger, name: str) -> None:
    three_ingests(workspace, ledger)
    with ledger.look() as connection, pytest.raises(WrongUse, match=r"no such ingest: .*'tocsin ingests' lists them"):
        named(connection, name)


def test_what_is_more_than_one_is_told_with_the_ids(workspace: Workspace, ledger: Ledger) -> None:
    for name in ("beginning-a", "beginning-b"):
        fill(workspace, ledger, name, [flow(NEW, 1)])
    with ledger.look() as connection, pytest.raises(WrongUse, match=r"2 ingests .* one: beginning-a, beginning-b"):
        named(connection, "begin")
