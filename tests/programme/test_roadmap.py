"""Road map files: what is wrong is told in one line; what is right goes into the ledger and comes back in order."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tocsin.errors import Unreadable
from tocsin.programme import import_roadmap, read_roadmap, roadmap, shipped_roadmap, slip_days, state_at
from tocsin.programme._roadmap import SHIPPED
from tocsin.records import Roadmap, RoadmapItem
from tocsin.store.ledger import Ledger, read

HEAD = """\
id: test
title: A test
published: 2018-11-29
next_report: {baseline: 2018-11-29, days: 365, mark: recalled}
items:
- {id: G1, kind: goal, title: A goal, mark: recalled}
- {id: A1, kind: action, parent: G1, title: An action, mark: recalled}
"""
TASK = "- {id: T1, kind: task, parent: A1, title: A task, mark: recalled}\n"


def write(folder: Path, text: str | bytes) -> Path:
    file = folder / "roadmap.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def load(folder: Path, text: str | bytes) -> dict[str, RoadmapItem]:
    _, items = read_roadmap(write(folder, text), party="example-provider", marking="TLP:GREEN")
    return {item.id: item for item in items}


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        (HEAD + "- {id: G1, kind: goal, title: Again, mark: recalled}\n", 8, "id G1 stands twice"),
        (HEAD + TASK.replace("A1", "A9"), 8, "no such parent: A9"),
        (HEAD + TASK.replace("A1", "G1"), 8, "task T1 stands under goal"),
        (HEAD + TASK.replace("parent: A1, ", ""), 8, "task T1 stands under nothing"),
        (HEAD.replace("parent: G1", "parent: A1"), 7, "action A1 stands under action"),
        (HEAD + TASK.replace("mark:", "depends_on: [T9], mark:"), 8, "no such task to depend on: T9"),
        (HEAD + TASK.replace("mark:", "depends_on: [A1], mark:"), 8, "no such task to depend on: A1"),
        (HEAD + TASK.replace("mark:", "depends_on: [T1], mark:"), 8, "items wait for each other: T1 - T1"),
        (
            HEAD
            + TASK.replace("mark:", "depends_on: [T2], mark:")
            + TASK.replace("T1", "T2").replace("mark:", "depends_on: [T1], mark:"),
            8,
            "items wait for each other: T1 - T2 - T1",
        ),
        (HEAD + TASK.replace("mark:", "start: 2019-02-01, due: 2019-01-31, mark:"), 8, "due 2019-01-31 lies before"),
        (HEAD + TASK.replace("mark:", "start: 2019-02-01, forecast: 2018-01-01, mark:"), 8, "forecast 2018-01-01"),
        (HEAD + TASK.replace("mark:", "due: 2019-02-30, mark:"), 8, "due: no such day: 2019-02-30"),
        (HEAD + TASK.replace("mark:", "due: 1548892800, mark:"), 8, "due: no such day: 1548892800"),
        (HEAD + TASK.replace("mark:", "state: done, mark:"), 8, "state done with finished None"),
        (HEAD + TASK.replace("mark:", "finished: 2019-01-01, mark:"), 8, "state unknown with finished 2019-01-01"),
        (HEAD + TASK.replace("mark:", "state: finished, mark:"), 8, "state: Input should be 'planned'"),
        (HEAD + TASK.replace("mark:", "deu: 2019-01-01, mark:"), 8, "unknown key 'deu'"),
        (HEAD + TASK.replace("mark:", "measures: [happiness], mark:"), 8, "no such measure: happiness"),
        (HEAD + TASK.replace("recalled", "read"), 8, "marked read without a reference"),
        (HEAD + TASK.replace(", mark: recalled", ""), 8, "no 'mark'"),
        (HEAD + TASK.replace("id: T1", "id: T 1"), 8, "id: String should match"),
        (HEAD + TASK.replace("mark:", "title: B task, mark:"), 8, "'title' stands twice"),
        (HEAD.replace("title: A test\n", ""), 1, "no 'title'"),
        (HEAD.replace("days: 365", "days: many"), 4, "next_report.days: Input should be a valid integer"),
        ("- a list\n", 1, "Input should be a valid dictionary"),
        ("id: [unclosed\n", 2, "not YAML"),
        ("id: \x07\n", 1, "not YAML"),
        ("? [a]\n: b\n", 1, "a key that is no word"),
        ("a: 1\n---\nb: 2\n", 2, "not YAML"),
        ("# nothing but a remark\n", 1, "nothing in it"),
        ("a: &a [x]\nb: *a\n", 2, "alias *a"),
        ("<<: {a: 1}\n" * 2, 2, "'<<' stands twice"),
        ("a: " + "[" * 30 + "]" * 30, 1, "nested deeper than"),
        ("a: " + "[" * 200_000, 1, "nested deeper than"),
        ("a: [" + "b," * 400_000 + "]", 1, "more than 300000 keys and values"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path: Path, text: str, line: int, wrong: str) -> None:
    with pytest.raises(Unreadable) as error:
        load(tmp_path, text)
    message = str(error.value)
    assert message.startswith(wrong), message
    assert re.search(rf": roadmap\.yaml, line {line}: \S", message), message
    assert "\n" not in message


def test_yaml_that_explodes_is_refused_before_it_does(tmp_path: Path) -> None:
    bomb = "a: &a [lol, lol]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(Unreadable, match=r"^alias \*a: roadmap\.yaml, line 2: "):
        load(tmp_path, bomb)


def test_tags_make_no_objects(tmp_path: Path) -> None:
    items = load(tmp_path, HEAD.replace("A goal", "!!python/name:os.getcwd text"))
    assert items["G1"].title == "text"
    with pytest.raises(Unreadable, match=r"^title: Input should be a valid string: "):
        load(tmp_path, HEAD.replace("A goal", "!!python/object/apply:os.mkdir [made]"))


def test_a_file_too_large_not_text_or_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"^larger than 5 MB: roadmap\.yaml: split it$"):
        load(tmp_path, HEAD + "#" * 5_000_000)
    with pytest.raises(Unreadable, match=r"^not UTF-8: roadmap\.yaml: "):
        load(tmp_path, b"id: \xff\xfe\n")
    with pytest.raises(Unreadable, match=r"^cannot be read: .*none\.yaml: No such file or directory$"):
        read_roadmap(tmp_path / "none.yaml", party="p", marking="TLP:CLEAR")
    with pytest.raises(Unreadable, match=r"^cannot be read: .*: Is a directory$"):
        read_roadmap(tmp_path, party="p", marking="TLP:CLEAR")


def test_values_are_taken_as_they_are_written(tmp_path: Path) -> None:
    items = load(tmp_path, HEAD.replace("A1", "1.10") + TASK.replace("A1", "1.10").replace("A task", "no"))
    assert items["1.10"].kind == "action"
    assert items["T1"].title == "no"


def test_nothing_behind_a_key_is_not_known(tmp_path: Path) -> None:
    items = load(tmp_path, HEAD + TASK.replace("mark:", "due: , start: null, leads: ~, mark:"))
    assert (items["T1"].due, items["T1"].start, items["T1"].leads) == (None, None, [])


def test_the_tree_comes_back_in_order_whatever_the_order_of_the_file(tmp_path: Path, ledger: Ledger) -> None:
    late = "- {id: B, kind: goal, title: Second, mark: recalled}\n" + TASK + TASK.replace("T1", "T0")
    header, items = read_roadmap(write(tmp_path, HEAD + late), party="example-provider", marking="TLP:GREEN")
    with ledger.write() as connection:
        import_roadmap(connection, header, items)
        shipped = shipped_roadmap("example-provider")
        import_roadmap(connection, *shipped)
        back = roadmap(connection)
    assert [item.id for item in back if item.roadmap == "test"] == ["G1", "A1", "T1", "T0", "B"]
    assert back == [*items, *shipped[1]]
    assert {item.marking for item in items} == {"TLP:GREEN"}
    assert {item.marking for item in shipped[1]} == {"TLP:CLEAR"}
    assert {item.source for item in shipped[1]} == {SHIPPED}


def test_a_new_issue_takes_the_place_of_the_old(tmp_path: Path, ledger: Ledger) -> None:
    with ledger.write() as connection:
        import_roadmap(connection, *read_roadmap(write(tmp_path, HEAD + TASK), party="p", marking="TLP:CLEAR"))
        import_roadmap(connection, *read_roadmap(write(tmp_path, HEAD), party="p", marking="TLP:CLEAR"))
        assert [item.id for item in roadmap(connection)] == ["G1", "A1"]
        assert len(read(connection, Roadmap)) == 1


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("dates", "moment", "state"),
    [
        ("state: done, finished: 2019-05-10", "2019-05-09T23:59:59", "unknown"),
        ("state: done, finished: 2019-05-10", "2019-05-10", "done"),
        ("state: done, start: 2019-01-01, finished: 2019-05-10", "2018-12-31", "planned"),
        ("state: done, start: 2019-01-01, finished: 2019-05-10", "2019-01-01", "active"),
        ("state: dropped, start: 2019-01-01, finished: 2019-05-10", "2019-05-09", "active"),
        ("state: dropped, start: 2019-01-01, finished: 2019-05-10", "2019-05-11", "dropped"),
        ("state: blocked, start: 2019-01-01", "2018-12-31", "planned"),
        ("state: blocked, start: 2019-01-01", "2019-01-01", "blocked"),
        ("due: 2019-01-01", "2019-02-01", "unknown"),
    ],
)
def test_state_is_what_was_known_then(tmp_path: Path, dates: str, moment: str, state: str) -> None:
    item = load(tmp_path, HEAD + TASK.replace("mark:", f"{dates}, mark:"))["T1"]
    assert state_at(item, at(moment)) == state


@pytest.mark.parametrize(
    ("dates", "moment", "slip"),
    [
        ("state: active, due: 2019-01-31", "2019-01-31", None),
        ("state: active, due: 2019-01-31", "2019-02-10", 10),
        ("state: active, due: 2019-01-31, forecast: 2019-03-02", "2019-01-01", 30),
        ("state: active, due: 2019-01-31, forecast: 2019-02-02", "2019-02-10", 10),
        ("state: active, due: 2019-01-31, forecast: 2019-01-21", "2019-01-01", -10),
        ("state: done, start: 2019-01-01, due: 2019-01-31, finished: 2019-02-05", "2019-02-03", 3),
        ("state: done, start: 2019-01-01, due: 2019-01-31, finished: 2019-02-05", "2019-02-10", 5),
        ("state: dropped, due: 2019-01-31, finished: 2019-02-05", "2019-02-10", None),
        ("state: unknown, due: 2019-01-31", "2019-02-10", None),
        ("state: active", "2019-02-10", None),
    ],
)
def test_slip_is_what_was_known_then(tmp_path: Path, dates: str, moment: str, slip: int | None) -> None:
    item = load(tmp_path, HEAD + TASK.replace("mark:", f"{dates}, mark:"))["T1"]
    assert slip_days(item, at(moment)) == slip


def test_the_report_is_due_so_many_days_after_its_baseline(tmp_path: Path) -> None:
    header, _ = read_roadmap(write(tmp_path, HEAD), party="p", marking="TLP:CLEAR")
    assert header.report_due == date(2019, 11, 29)
