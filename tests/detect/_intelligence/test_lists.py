"""A list is imported, replaced by its next import, and keeps the age of what it still has."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.detect._intelligence.test_files import archive
from tocsin.detect._intelligence.entries import Entry, entry
from tocsin.detect._intelligence.files import lines
from tocsin.detect._intelligence.lists import Options, folder, import_lists
from tocsin.errors import TocsinError, WrongUse
from tocsin.records import IndicatorList
from tocsin.store.ledger import Ledger, read
from tocsin.workspace import Workspace


def later(workspace: Workspace, days: int) -> Workspace:
    now = workspace.now() + timedelta(days=days)
    return replace(workspace, settings=workspace.settings.model_copy(update={"now": now}))


def rows(workspace: Workspace) -> dict[str, dict[str, object]]:
    (path,) = folder(workspace).glob("*.parquet")
    return {row["value"]: row for row in pq.read_table(path).to_pylist()}


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "bad-hosts.txt"
    path.write_text("c2.example.net\n93.184.215.14:4444\n192.168.1.1\nc2.example.net\n")
    return path


def test_what_is_taken_and_what_is_not_is_counted(workspace: Workspace, ledger: Ledger, listed: Path) -> None:
    (imported,) = import_lists(workspace, ledger, [listed], Options(until=date(2027, 1, 1)))
    assert (imported.added, imported.removed) == (2, 0)
    with ledger.look() as connection:
        (list_,) = read(connection, IndicatorList)
    assert list_ == imported.list
    assert (list_.id, list_.indicators, list_.kinds) == ("bad-hosts", 2, {"name": 1, "address": 1})
    assert list_.refused == {"an address that is not on the Internet": 1, "listed twice": 1}
    row = rows(workspace)["93.184.215.14"]
    assert (row["port"], row["confidence"], row["until"], row["family"]) == (4444, 50, date(2027, 1, 1), None)


def test_importing_again_replaces_and_keeps_the_age(workspace: Workspace, ledger: Ledger, listed: Path) -> None:
    import_lists(workspace, ledger, [listed], Options())
    (same,) = import_lists(later(workspace, 1), ledger, [listed], Options())
    assert (same.added, same.removed, same.list.imported) == (0, 0, workspace.now() + timedelta(days=1))
    listed.write_text("93.184.215.14:4444\n93.184.215.14\nnew.example.net\n")
    (imported,) = import_lists(later(workspace, 30), ledger, [listed], Options())
    assert (imported.added, imported.removed) == (2, 1)
    assert imported.list.first == workspace.now()
    (path,) = folder(workspace).glob("*")
    kept = {(row["value"], row["port"]): row["since"] for row in pq.read_table(path).to_pylist()}
    first = workspace.now().replace(tzinfo=None)
    assert kept == {
        ("93.184.215.14", 4444): first,
        ("93.184.215.14", None): first + timedelta(days=30),
        ("new.example.net", None): first + timedelta(days=30),
    }


def test_an_archive_says_the_family_and_how_sure_it_is(workspace: Workspace, ledger: Ledger, tmp_path: Path) -> None:
    members = {
        "t/malware/mirai-1.txt": b"c2.example.net",
        "t/suspicious/odd.txt": b"odd.example.net",
        "t/mass_scanner.txt": b"93.184.215.14",
    }
    (path := tmp_path / "trails.tar.xz").write_bytes(archive(members))
    (imported,) = import_lists(workspace, ledger, [path], Options())
    found = rows(workspace)
    assert {name: (row["family"], row["confidence"]) for name, row in found.items()} == {
        "c2.example.net": ("mirai", 50),
        "odd.example.net": ("odd", 30),
    }
    assert imported.list.refused == {"who calls, not who is called": 1}
    import_lists(workspace, ledger, [path], Options(confidence=90))
    assert {row["confidence"] for row in rows(workspace).values()} == {90}


def test_a_list_that_breaks_off_leaves_the_old_one(workspace: Workspace, ledger: Ledger, tmp_path: Path) -> None:
    whole = archive({f"{n}.txt": b"c2.example.net\n" * 100 for n in range(9)})
    (path := tmp_path / "list.tar.xz").write_bytes(whole)
    (before,) = import_lists(workspace, ledger, [path], Options())
    path.write_bytes(whole[:-40])
    with pytest.raises(TocsinError, match="cannot be read"):
        import_lists(workspace, ledger, [path], Options())
    with ledger.look() as connection:
        assert read(connection, IndicatorList) == [before.list]
    assert len(rows(workspace)) == 1


def test_an_empty_list_is_a_list(workspace: Workspace, ledger: Ledger, listed: Path) -> None:
    import_lists(workspace, ledger, [listed], Options())
    listed.write_text("# nothing today\n")
    (imported,) = import_lists(workspace, ledger, [listed], Options())
    assert (imported.removed, imported.list.indicators) == (2, 0)


@pytest.mark.parametrize(
    ("options", "source", "said"),
    [
        (Options(kind="hash"), "", "no such kind"),
        (Options(confidence=101), "", "not a confidence"),
        (Options(), "../list", "not a name for a list"),
    ],
)
def test_wrong_options(
    workspace: Workspace, ledger: Ledger, listed: Path, options: Options, source: str, said: str
) -> None:
    with pytest.raises(WrongUse, match=said):
        import_lists(workspace, ledger, [listed], options, source=source)
    with pytest.raises(WrongUse, match="no such file"):
        import_lists(workspace, ledger, [listed.with_name("absent")], Options())


def test_a_large_collection_is_understood(test_data: Path) -> None:
    """The beginning of it; the whole is measured in the decision on rules and lists."""
    trails = islice(lines(test_data / "intelligence" / "maltrail.tar.xz"), 50_000)
    told = [entry(line.text) for line in trails if line.text]
    assert sum(isinstance(each, Entry) for each in told) > 45_000
