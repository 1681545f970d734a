"""Files take the place of others all at once, or not at all."""

from collections.abc import Iterator

import pytest

from tests.store.lakes import HOST, NEW, contents, fill, flow, listed, on_disk, three_ingests
from tocsin.errors import Unreachable
from tocsin.records import LakeFile
from tocsin.store import exchange
from tocsin.store.exchange import Overtaken, abandon, losing, merged, rework, thinned
from tocsin.store.ledger import Ledger, read, remove
from tocsin.store.place import place
from tocsin.store.reading import equal
from tocsin.workspace import Workspace


def files(ledger: Ledger) -> list[LakeFile]:
    with ledger.look() as connection:
        return read(connection, LakeFile)


def test_a_file_whose_rows_all_stay_is_not_written_again(workspace: Workspace, ledger: Ledger) -> None:
    three_ingests(workspace, ledger)
    where, file = place(workspace.lake), files(ledger)[0]
    assert thinned(where, file, lambda rows: ~equal(rows, "initiator", "203.0.113.1")) is None
    assert losing(where, file, lambda rows: equal(rows, "initiator", HOST)) == 25
    nothing = thinned(where, file, lambda rows: equal(rows, "initiator", "203.0.113.1"))
    assert nothing is not None
    assert (nothing.gone, nothing.fresh) == (50, None)
    assert on_disk(workspace) == listed(ledger)


def test_what_counts_no_longer_is_not_exchanged(workspace: Workspace, ledger: Ledger) -> None:
    three_ingests(workspace, ledger)
    where, old = place(workspace.lake), files(ledger)[:2]
    fresh = merged(where, old, "test")
    with ledger.write() as connection:
        remove(connection, LakeFile, path=old[1].path)
    with pytest.raises(Overtaken), ledger.write() as connection:
        exchange.exchange(connection, old, [fresh], workspace.now())
    abandon([fresh])
    assert len(files(ledger)) == 5
    assert len(on_disk(workspace)) == 6


def test_who_is_overtaken_begins_anew_and_gives_up_in_the_end(workspace: Workspace, ledger: Ledger) -> None:
    three_ingests(workspace, ledger)
    rounds = []

    def thin(chosen: list[LakeFile]) -> Iterator[exchange.Thinned]:
        rounds.append(len(chosen))
        if len(rounds) < until:
            fill(workspace, ledger, f"more-{until}-{len(rounds)}", [flow(NEW, 1)])
        where = place(workspace.lake)
        for file in chosen:
            if each := thinned(where, file, lambda rows: ~equal(rows, "initiator", HOST)):
                yield each

    def run() -> int:
        return rework(workspace, ledger, lambda c: read(c, LakeFile), thin, lambda _, done: len(done))

    until = 99
    with pytest.raises(Unreachable, match="nothing of the lake was changed: other processes"):
        run()
    assert rounds == [6, 7, 8, 9, 10]
    assert on_disk(workspace) == listed(ledger)
    until, rounds = 2, []
    assert run() == 6 + 5 + 1
    assert not [row for row in contents(workspace, ledger) if row["initiator"] == HOST]
    assert on_disk(workspace) == listed(ledger)
