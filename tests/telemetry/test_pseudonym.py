"""Nobody's name goes into the lake, nor into quarantine."""

import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.telemetry.told import LEASE
from tocsin.errors import TocsinError, WrongUse
from tocsin.records import Quarantine
from tocsin.store.ledger import Ledger, read
from tocsin.telemetry import ingest, subscriber_token
from tocsin.telemetry._pseudonym import KEY_FILE, names_people, pseudonym, pseudonym_key
from tocsin.units import units
from tocsin.workspace import Workspace, open_workspace

SECRETS = [b"line-1001", b"isp.example", b"02:00:5e:00:53:01", b"100.64.0.5"]


def subscribers(workspace: Workspace) -> set[str]:
    files = sorted((workspace.folder / "lake").glob("**/*.parquet"))
    return {name for file in files for name in map(str, pq.read_table(file)["subscriber"].to_pylist())}


def all_bytes(workspace: Workspace) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(workspace.folder.rglob("*")) if file.is_file())


def test_what_is_kept_of_leases_names_nobody(workspace: Workspace, ledger: Ledger, tmp_path: Path) -> None:
    damaged = tmp_path / "detail"
    damaged.write_bytes(
        (LEASE / "radius-detail")
        .read_bytes()
        .replace(b"Framed-IP-Address = 203.0.113.11", b"Framed-IP-Address = line-1001")
        + b'\tUser-Name = "line-1001@isp.example"\n'
    )
    kea = tmp_path / "kea.csv"
    kea.write_bytes((LEASE / "kea-leases4.csv").read_bytes() + b"02:00:5e:00:53:01,line-1001,,600,9,1,0,0,,0,\n")
    summary = ingest(workspace, ledger, [damaged, kea, LEASE / "nat.log"])
    assert [file.format for file in summary.files] == ["radius_detail", "kea_leases", "cgnat_blocks"]
    assert summary.quarantined == 4
    assert all(len(name) == 32 and set(name) <= set("0123456789abcdef") for name in subscribers(workspace))
    ledger.engine.dispose()
    kept = all_bytes(workspace)
    assert not [secret for secret in SECRETS if secret in kept]


def test_of_a_line_that_is_wrong_only_the_form_is_kept(workspace: Workspace, ledger: Ledger, tmp_path: Path) -> None:
    table = tmp_path / "leases.csv"
    table.write_text("address,subscriber,from\nLine-4711,203.0.113.7,2026-01-05\n203.0.113.7,a,2026-01-05\n")
    ingest(workspace, ledger, [table])
    with ledger.look() as connection:
        (row,) = read(connection, Quarantine)
    assert (row.reason, row.text) == ("address is not an address or a prefix", "xxxx-0000,000.0.000.0,0000-00-00")


def test_the_same_subscriber_has_the_same_pseudonym_everywhere(workspace: Workspace, ledger: Ledger) -> None:
    ingest(workspace, ledger, [LEASE / "kea-leases4.csv", LEASE / "dhcpd.leases"])
    key = pseudonym_key(workspace)
    devices = {pseudonym(key, f"mac:02:00:5e:00:53:0{device}") for device in (1, 2, 3, 4)}
    assert subscribers(workspace) == devices


def test_a_subscriber_is_found_by_name(workspace: Workspace, ledger: Ledger) -> None:
    ingest(workspace, ledger, [LEASE / "kea-leases4.csv", LEASE / "radius-detail", LEASE / "nat.log"])
    names = ["02-00-5E-00-53-01", " line-1001@isp.example", "inside:100.64.0.5"]
    assert {subscriber_token(workspace, name) for name in names} < subscribers(workspace)
    assert subscriber_token(workspace, "line-4711") not in subscribers(workspace)
    with pytest.raises(WrongUse, match="the name is blank"):
        subscriber_token(workspace, " ")


def test_the_key_is_made_once_and_only_its_owner_may_read_it(workspace: Workspace) -> None:
    key = pseudonym_key(workspace)
    file = workspace.folder / KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (len(key), pseudonym_key(workspace)) == (64, key)
    assert [path.name for path in workspace.folder.iterdir() if KEY_FILE in path.name] == [KEY_FILE]


def test_without_leases_no_key_is_made(workspace: Workspace, ledger: Ledger) -> None:
    ingest(workspace, ledger, [LEASE.parent / "zeek/conn.log"])
    assert not (workspace.folder / KEY_FILE).exists()


def test_another_key_gives_other_pseudonyms(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = workspace.folder / "tocsin.toml"
    settings.write_text(settings.read_text() + 'pseudonym_key = "env:THE_KEY"\n')
    monkeypatch.setenv("THE_KEY", "k" * 32)
    assert pseudonym_key(open_workspace(workspace.folder)) == b"k" * 32
    assert pseudonym(b"k" * 32, "mac:a") != pseudonym(b"l" * 32, "mac:a")
    assert not (workspace.folder / KEY_FILE).exists()


def test_a_key_does_not_stand_in_the_settings(workspace: Workspace) -> None:
    settings = workspace.folder / "tocsin.toml"
    settings.write_text(settings.read_text() + f'pseudonym_key = "{"k" * 32}"\n')
    with pytest.raises(WrongUse, match="say where it does, env:NAME or file:PATH"):
        open_workspace(workspace.folder)


def test_a_key_that_can_be_guessed_is_refused(workspace: Workspace) -> None:
    (workspace.folder / KEY_FILE).write_text("secret\n")
    with pytest.raises(WrongUse, match="it needs 32 characters or more"):
        pseudonym_key(workspace)


def test_a_key_that_cannot_be_read_is_one_line(workspace: Workspace) -> None:
    (workspace.folder / KEY_FILE).mkdir()
    with pytest.raises(TocsinError, match=r"cannot be read or made: .*pseudonym\.key: Is a directory"):
        pseudonym_key(workspace)


@pytest.mark.parametrize("unit", units("tocsin.telemetry").values(), ids=lambda unit: unit.name)
def test_every_reader_of_leases_says_that_it_names_people(unit: object) -> None:
    reader = units("tocsin.telemetry")[unit.name]  # type: ignore[attr-defined]
    assert names_people(reader) is ("_leases import" in reader.file.read_text(encoding="utf-8"))
