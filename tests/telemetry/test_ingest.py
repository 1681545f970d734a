"""An ingest into a workspace: what the lake holds and what the ledger says of it."""

import gzip
import lzma
import os
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tocsin.errors import TocsinError, WrongUse
from tocsin.records import Coverage, Flow, Ingest, LakeFile, Quarantine
from tocsin.store.lake import lake_files, missing, strays
from tocsin.store.ledger import Ledger, read
from tocsin.store.undo import undo
from tocsin.telemetry import State, ingest
from tocsin.units import units
from tocsin.workspace import Workspace

NETWORK = "192.0.2.0/24"


def rows_in_lake(workspace: Workspace, ledger: Ledger) -> int:
    with ledger.look() as connection:
        assert not missing(connection, workspace.lake)
        assert not strays(connection, workspace.lake)
        return sum(pq.read_metadata(file).num_rows for file in lake_files(connection, Path(workspace.lake), Flow))


def test_a_file_is_kept_quarantined_and_covered(workspace: Workspace, ledger: Ledger, samples: Path) -> None:
    file = samples / "conn_with_faults.log"
    summary = ingest(workspace, ledger, [file], sensor="tap", networks=[NETWORK, "192.0.2.0/24"])
    (result,) = summary.files
    assert (result.state, result.format, result.rows, result.quarantined) == (State.READ, "zeek_conn", 3, 11)
    assert summary.days == (date(2026, 1, 5), date(2026, 1, 6))
    assert summary.first == datetime(2026, 1, 5, 0, 0, 0, 1, UTC)
    assert summary.last == datetime(2026, 1, 6, 0, 0, 1, 1, UTC)
    assert summary.exit_code == 1
    with ledger.look() as connection:
        (kept,) = read(connection, Ingest)
        assert (kept.id, kept.path, kept.sensor, kept.rows, kept.quarantined) == (
            result.ingest,
            str(file),
            "tap",
            3,
            11,
        )
        assert kept.time == workspace.now()
        assert [(f.telemetry, f.day.day, f.rows) for f in read(connection, LakeFile)] == [
            ("flow", 5, 2),
            ("flow", 6, 1),
        ]
        assert [q.line for q in read(connection, Quarantine)] == [10, 11, 12, 13, 14, 15, 16, 19, 20, 29, 34]
        covered = read(connection, Coverage)
    assert [(c.network, c.day.day, c.rows, c.sampling) for c in covered] == [(NETWORK, 5, 2, 1), (NETWORK, 6, 1, 1)]
    assert covered[0].last == datetime(2026, 1, 5, 0, 0, 31, 500_000, UTC)
    assert rows_in_lake(workspace, ledger) == 3


def test_what_was_read_is_not_read_again(workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copy(samples / "conn.log", copy)
    first = ingest(workspace, ledger, [samples / "conn.log", copy])
    assert [file.state for file in first.files] == [State.READ, State.ALREADY_READ]
    again = ingest(workspace, ledger, [samples / "conn.log"])
    assert (again.files[0].state, again.rows, again.exit_code) == (State.ALREADY_READ, 0, 0)
    assert rows_in_lake(workspace, ledger) == 6
    other = ingest(workspace, ledger, [samples / "conn.log"], sensor="another tap")
    assert other.rows == 6


def test_without_networks_those_of_the_directory_that_were_seen_are_covered(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path
) -> None:
    ingest(workspace, ledger, [samples / "conn.log"])
    with ledger.look() as connection:
        assert not read(connection, Coverage), "no row has an address of a party, so none of their networks was watched"
    log = (samples / "conn.log").read_bytes()
    (tmp_path / "campus.log").write_bytes(log.replace(b"192.0.2.12", b"192.168.1.12"))
    (tmp_path / "provider.log").write_bytes(log.replace(b"192.0.2.10", b"192.168.9.9"))
    summary = ingest(workspace, ledger, [tmp_path / "campus.log", tmp_path / "provider.log"])
    campus, provider = (file.ingest for file in summary.files)
    with ledger.look() as connection:
        seen = {(c.ingest, c.network, c.day.day) for c in read(connection, Coverage)}
    assert seen == {
        (campus, "192.168.1.0/24", 5),
        (campus, "192.168.0.0/16", 5),
        (campus, "192.168.1.0/24", 6),
        (campus, "192.168.0.0/16", 6),
        (provider, "192.168.0.0/16", 5),
    }


def test_folders_are_read_in_order_and_what_is_no_telemetry_is_passed_over(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path
) -> None:
    for name in ("b/conn.log.gz", "a/conn.json.log", "a/.hidden.log", "README.md", ".git/conn.log"):
        (tmp_path / "logs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "logs" / name).write_bytes(b"nothing to read")
    (tmp_path / "logs/b/conn.log.gz").write_bytes(lzma.compress((samples / "conn.log").read_bytes()))
    shutil.copy(samples / "conn.json.log", tmp_path / "logs/a/conn.json.log")
    (tmp_path / "logs/empty.log").touch()
    summary = ingest(workspace, ledger, [tmp_path / "logs"])
    assert [(Path(file.path).name, file.state.value) for file in summary.files] == [
        ("README.md", "passed over"),
        ("empty.log", "passed over"),
        ("conn.json.log", "read"),
        ("conn.log.gz", "read"),
    ]
    assert (summary.rows, summary.exit_code) == (12, 0)


def test_one_unreadable_file_stops_no_other(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "junk").write_bytes(bytes(range(256)) * 100)
    (tmp_path / "wrong.log").write_bytes(b"#path\tconn\n#fields\tuid\tproto\nC1\ttcp\nC2\ttcp\n")
    (tmp_path / "damaged.gz").write_bytes(gzip.compress((samples / "conn.log").read_bytes())[:-8] + b"12345678")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    names = ["none", "empty", "junk", "wrong.log", "damaged.gz", "folder", "pipe"]
    summary = ingest(workspace, ledger, [*(tmp_path / name for name in names), samples / "conn.log"])
    assert {Path(file.path).name: file.note for file in summary.files if file.state is State.UNREADABLE} == {
        "none": "no such file or directory",
        "empty": "it is empty",
        "junk": f"no reader knows it: there are readers for {', '.join(units('tocsin.telemetry'))}",
        "wrong.log": "none of its 2 lines can be read: line 3: the #fields line does not name ts once",
        "damaged.gz": summary.files[4].note,
        "folder": "it holds no file that a reader knows",
        "pipe": "it is no regular file",
    }
    assert "its compression is damaged" in (summary.files[4].note or "")
    assert (summary.rows, summary.exit_code) == (6, 3)
    assert rows_in_lake(workspace, ledger) == 6


@pytest.mark.parametrize("kept", [0.6, 0.99])
def test_of_a_file_whose_end_is_missing_the_rest_is_kept(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path, kept: float
) -> None:
    header, row = (samples / "conn.log").read_bytes().partition(b"\n1767")[::2]
    rows = [b"1767571200.%06d" % n + row[len("571200.000001") :].partition(b"\n")[0] for n in range(20_000)]
    packed = gzip.compress(header + b"\n" + b"\n".join(rows) + b"\n")
    (tmp_path / "cut.gz").write_bytes(packed[: int(len(packed) * kept)])
    summary = ingest(workspace, ledger, [tmp_path / "cut.gz"])
    (result,) = summary.files
    assert (result.state, result.note, summary.exit_code) == (State.READ, "its end is missing", 1)
    assert 20_000 * (kept - 0.2) < result.rows < 20_000
    assert result.quarantined <= 1
    with ledger.look() as connection:
        assert read(connection, Ingest)[0].note == "its end is missing"


def test_a_log_without_rows_is_read(workspace: Workspace, ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "quiet.log").write_bytes(b"#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tproto\n#close\t2026\n")
    summary = ingest(workspace, ledger, [tmp_path / "quiet.log"], networks=[NETWORK])
    assert (summary.files[0].state, summary.rows, summary.exit_code) == (State.READ, 0, 0)
    with ledger.look() as connection:
        assert not read(connection, Coverage)


def test_quarantine_is_bounded_and_its_count_is_not(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.log").write_bytes((samples / "conn.log").read_bytes() + b"x\n" * 2500)
    summary = ingest(workspace, ledger, [tmp_path / "bad.log"])
    assert (summary.rows, summary.quarantined) == (6, 2500)
    with ledger.look() as connection:
        assert len(read(connection, Quarantine)) == 1000


def test_a_format_can_be_forced(workspace: Workspace, ledger: Ledger, tmp_path: Path) -> None:
    log = b"#fields\tts\tid.orig_h\tid.resp_h\tproto\n1.5\t192.0.2.1\t192.0.2.2\ttcp\n"
    (tmp_path / "short.log").write_bytes(log)
    assert ingest(workspace, ledger, [tmp_path / "short.log"]).exit_code == 3
    assert ingest(workspace, ledger, [tmp_path / "short.log"], format="zeek_conn").rows == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "zeek_con"},
        {"sampling": 0},
        {"sampling": 1 << 70},
        {"networks": ["192.0.2.1/24"]},
        {"networks": ["everything"]},
    ],
)
def test_wrong_options_are_refused_before_anything_is_read(
    workspace: Workspace, ledger: Ledger, samples: Path, wrong: dict[str, object]
) -> None:
    with pytest.raises(WrongUse):
        ingest(workspace, ledger, [samples / "conn.log"], **wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_progress_goes_up_to_the_whole(workspace: Workspace, ledger: Ledger, samples: Path) -> None:
    files = [samples / "conn.log", samples / "conn.json.log", samples / "conn.log"]
    told: list[tuple[int, int]] = []
    ingest(workspace, ledger, files, progress=lambda done, total: told.append((done, total)))
    whole = sum(file.stat().st_size for file in files)
    assert told == sorted(told)
    assert told[-1] == (whole, whole)
    assert len(told) > len(files)


def test_a_log_that_is_cut_to_nothing_while_it_is_read_is_left_for_later(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path
) -> None:
    log = tmp_path / "conn.log"
    shutil.copy(samples / "conn.log", log)
    summary = ingest(workspace, ledger, [log], progress=lambda _done, _total: os.truncate(log, 0))
    assert summary.files[0].note == "it changed while it was read: read it again when nobody writes to it"
    assert rows_in_lake(workspace, ledger) == 0


def test_names_that_are_not_text_are_stored(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path
) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.log"))
    shutil.copy(samples / "conn.log", odd)
    assert ingest(workspace, ledger, [odd]).files[0].path.endswith(r"/\xff.log")


def test_control_characters_in_names_are_written_out(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path
) -> None:
    odd = tmp_path / ("x" * 200 + "\x1b[2J\n.log")
    shutil.copy(samples / "conn.log", odd)
    (result,) = ingest(workspace, ledger, [odd]).files
    assert result.path == str(tmp_path / ("x" * 200 + r"\x1b[2J\n.log"))


def test_a_lake_that_cannot_be_written_is_one_clear_error(workspace: Workspace, ledger: Ledger, samples: Path) -> None:
    Path(workspace.lake).rmdir()
    Path(workspace.lake).touch()
    with pytest.raises(TocsinError, match=r"the lake cannot be written: .*lake: Not a directory; nothing"):
        ingest(workspace, ledger, [samples / "conn.log"])
    with ledger.look() as connection:
        assert not read(connection, Ingest)


def test_the_same_log_plain_and_packed_is_read_once(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path
) -> None:
    log = (samples / "conn.log").read_bytes()
    for name, packed in (("a.log", log), ("b.gz", gzip.compress(log)), ("c.xz", lzma.compress(log))):
        (tmp_path / "logs").mkdir(exist_ok=True)
        (tmp_path / "logs" / name).write_bytes(packed)
    summary = ingest(workspace, ledger, [tmp_path / "logs/*.*"])
    assert [file.state for file in summary.files] == [State.READ, State.ALREADY_READ, State.ALREADY_READ]
    again = ingest(workspace, ledger, [tmp_path / "logs"])
    assert {file.ingest for file in again.files} == {summary.files[0].ingest}
    assert rows_in_lake(workspace, ledger) == 6


def test_patterns_name_files_and_folders(workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path) -> None:
    for name in ("one/conn.log", "two/deep/conn.log", "two/dns.log", "odd[1].log"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(samples / "conn.log", tmp_path / name)
    found = ingest(workspace, ledger, [tmp_path / "**/conn.*"]).files
    assert [Path(file.path).parent.name for file in found] == ["one", "deep"]
    assert ingest(workspace, ledger, [tmp_path / "odd[1].log"]).files[0].path.endswith("odd[1].log")
    (missing_one,) = ingest(workspace, ledger, [tmp_path / "none*.log"]).files
    assert missing_one.note == "no such file or directory"


def test_small_files_share_files_of_the_lake_and_are_taken_back_alone(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path
) -> None:
    log = (samples / "conn.log").read_bytes()
    for number in range(4):
        (tmp_path / f"conn.{number}.log").write_bytes(log.replace(b"CExample", b"C%dxample" % number))
    summary = ingest(workspace, ledger, [tmp_path / "conn.*"])
    with ledger.look() as connection:
        assert len(read(connection, LakeFile)) == len(summary.days)
    undo(workspace, ledger, str(summary.files[1].ingest))
    assert uids_in_lake(workspace, ledger) == {b"0", b"2", b"3"}
    assert ingest(workspace, ledger, [tmp_path / "conn.*"]).rows == 6
    assert uids_in_lake(workspace, ledger) == {b"0", b"1", b"2", b"3"}


def uids_in_lake(workspace: Workspace, ledger: Ledger) -> set[bytes]:
    """The numbers of the files that the rows are from; each file has six rows."""
    with ledger.look() as connection:
        files = lake_files(connection, Path(workspace.lake), Flow)
    uids = [str(uid) for file in files for uid in pq.read_table(file, partitioning=None)["uid"].to_pylist()]
    assert len(uids) == len(set(uids)) or all(uids.count(uid) == uids.count(uids[0]) for uid in uids)
    return {uid[1].encode() for uid in uids}


def test_rows_ahead_of_the_clock_are_quarantined(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path
) -> None:
    log = (samples / "conn.log").read_bytes()
    ahead = [line.replace(b"17675", b"19675") for line in log.splitlines(keepends=True) if line.startswith(b"17675")]
    assert ahead
    (tmp_path / "conn.log").write_bytes(log + b"".join(ahead))
    summary = ingest(workspace, ledger, [tmp_path / "conn.log"])
    assert (summary.rows, summary.quarantined, summary.exit_code) == (6, len(ahead), 1)
    with ledger.look() as connection:
        wrong = read(connection, Quarantine)
    assert [row.line for row in wrong] == sorted(-number for number in range(7, 7 + len(ahead)))
    assert wrong[0].reason.endswith("is more than a day ahead of the clock here")


def test_a_clock_that_counts_from_zero_is_told(workspace: Workspace, ledger: Ledger, tmp_path: Path) -> None:
    log = b"#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tproto\n1.5\t192.0.2.1\t192.0.2.2\ttcp\n"
    (tmp_path / "conn.log").write_bytes(log)
    summary = ingest(workspace, ledger, [tmp_path])
    assert summary.files[0].hint == "its times begin in 1970: its clock looks relative, as of a replay"
    assert (summary.rows, summary.exit_code) == (1, 0)


def test_of_a_file_of_two_formats_each_line_is_kept_or_counted(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path
) -> None:
    tsv, json = (samples / "conn.log").read_bytes(), (samples / "conn.json.log").read_bytes()
    for number, log in enumerate((tsv + json, json + tsv)):
        (tmp_path / f"mixed.{number}").write_bytes(log)
        (result,) = ingest(workspace, ledger, [tmp_path / f"mixed.{number}"]).files
        assert (result.state, result.rows) == (State.READ, 6)
        assert result.quarantined >= 6


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="mount")
def test_a_full_disk_keeps_nothing_half_and_the_rest_is_read_once_there_is_room(
    workspace: Workspace, ledger: Ledger, samples: Path, tmp_path: Path
) -> None:
    lake = Path(workspace.lake)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", lake], capture_output=True).returncode:
        pytest.skip("mount")
    try:
        (lake / "filler").write_bytes(bytes(60_000))
        with pytest.raises(TocsinError, match="No space left on device"):
            ingest(workspace, ledger, [samples / "conn.log"])
        assert rows_in_lake(workspace, ledger) == 0
        (lake / "filler").unlink()
        assert ingest(workspace, ledger, [samples / "conn.log"]).rows == 6
        assert rows_in_lake(workspace, ledger) == 6
    finally:
        subprocess.run(["umount", lake], check=True)
