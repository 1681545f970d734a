"""A workspace is opened whole or refused in one line."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tocsin.errors import WrongUse
from tocsin.workspace import Workspace, chosen_folder, create_workspace, open_workspace

NOW = datetime(2018, 12, 22, 14, 50, 14, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "work space"


def _with(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "tocsin.toml").write_text(text, encoding="utf-8")
    return folder


def test_what_was_made_opens_again(folder: Path) -> None:
    made = create_workspace(folder, "example-isp", "TLP:GREEN", NOW)
    opened = open_workspace(folder)
    assert opened == made
    assert (opened.party, opened.settings.marking, opened.now()) == ("example-isp", "TLP:GREEN", NOW)
    assert Path(opened.lake).is_dir()
    assert opened.outbox.is_dir()
    assert opened.ledger == folder / "ledger.db"


def test_a_workspace_is_never_made_over_another(folder: Path) -> None:
    create_workspace(folder, "example-isp")
    with pytest.raises(WrongUse, match="there is a workspace already"):
        create_workspace(folder, "another")
    assert open_workspace(folder).party == "example-isp"


@pytest.mark.parametrize(("party", "marking"), [("Not A Name", "TLP:AMBER"), ("", "TLP:AMBER"), ("isp", "TLP:WHITE")])
def test_wrong_names_and_markings_make_nothing(folder: Path, party: str, marking: str) -> None:
    with pytest.raises(WrongUse, match="wrong setting") as told:
        create_workspace(folder, party, marking)
    assert "\n" not in str(told.value)
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WrongUse, match="workspace cannot be made"):
        create_workspace(tmp_path / "file" / "workspace", "example-isp")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("party = ", "settings are not TOML"),
        ('party = "a"\ncolour = "red"', "colour: Extra inputs are not permitted"),
        ("", "party: Field required"),
        ('party = "a"\nmarking = "secret"', "marking: Value error, must be one of TLP:CLEAR"),
        ('party = "a"\nnow = 2018-12-22T14:50:14', "now: Input should have timezone info"),
    ],
)
def test_wrong_settings_are_told_in_one_line(folder: Path, text: str, told: str) -> None:
    with pytest.raises(WrongUse) as error:
        open_workspace(_with(folder, text))
    assert told in str(error.value)
    assert str(folder / "tocsin.toml") in str(error.value)
    assert "\n" not in str(error.value)


def test_no_workspace_says_how_to_make_one(folder: Path) -> None:
    with pytest.raises(WrongUse, match=r"no workspace.*tocsin init"):
        open_workspace(folder)


def test_settings_that_are_a_folder_are_told(folder: Path) -> None:
    (folder / "tocsin.toml").mkdir(parents=True)
    with pytest.raises(WrongUse, match="settings cannot be read"):
        open_workspace(folder)


def test_the_environment_overrides_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_workspace(folder, "example-isp", now=NOW)
    monkeypatch.setenv("TOCSIN_NOW", "2019-01-01T01:00:00+01:00")
    monkeypatch.setenv("TOCSIN_LEDGER", "sqlite:////elsewhere.db")
    opened = open_workspace(folder)
    assert opened.now() == datetime(2019, 1, 1, tzinfo=UTC)
    assert opened.ledger == "sqlite:////elsewhere.db"


def test_a_setting_may_name_where_its_secret_stands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_workspace(folder, "example-isp")
    secret = folder / "secret"
    secret.write_text("postgresql://tocsin:from-file@127.0.0.1/tocsin\n")
    monkeypatch.setenv("DATABASE", "postgresql://tocsin:from-environment@127.0.0.1/tocsin")
    for named, found in (("env:DATABASE", "from-environment"), (f"file:{secret}", "from-file")):
        (folder / "tocsin.toml").write_text(f'party = "example-isp"\nledger = "{named}"\n')
        assert open_workspace(folder).ledger == f"postgresql://tocsin:{found}@127.0.0.1/tocsin"
    (folder / "tocsin.toml").write_text('party = "example-isp"\nledger = "file:/gone"\n')
    with pytest.raises(WrongUse, match="ledger: Value error, /gone: No such file or directory"):
        open_workspace(folder)


@pytest.mark.parametrize(("variable", "value"), [("TOCSIN_NOW", "tomorrow"), ("TOCSIN_LEDGER", "env:NOT_THERE")])
def test_a_wrong_variable_is_told_by_its_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    create_workspace(folder, "example-isp")
    monkeypatch.setenv(variable, value)
    with pytest.raises(WrongUse) as told:
        open_workspace(folder)
    assert variable.removeprefix("TOCSIN_").lower() in str(told.value).lower()
    assert str(folder) not in str(told.value)
    assert "\n" not in str(told.value)


def test_the_clock_is_utc_and_stands_still_in_a_replay(folder: Path) -> None:
    zone = timezone(timedelta(hours=-8))
    replay = create_workspace(folder, "example-isp", now=NOW.astimezone(zone))
    assert replay.now() == replay.now() == NOW
    assert replay.now().utcoffset() == timedelta(0)


def test_without_a_replay_the_clock_goes(workspace: Workspace, folder: Path) -> None:
    running = create_workspace(folder, "example-isp")
    first, second = running.now(), running.now()
    assert first <= second
    assert first > workspace.now()


def test_the_folder_is_the_option_else_the_variable_else_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_WORKSPACE", "from-variable")
    assert chosen_folder(Path("given")) == Path("given")
    assert chosen_folder(None) == Path("from-variable")
    monkeypatch.setenv("TOCSIN_WORKSPACE", "")
    assert chosen_folder(None) == Path("tocsin")
    monkeypatch.delenv("TOCSIN_WORKSPACE")
    assert chosen_folder(None) == Path("tocsin")


def test_the_lake_is_a_folder_or_a_url(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_workspace(folder, "example-isp")
    url = "s3://bucket/lake?region=eu-central-1"
    for lake, place in (("store", folder / "store"), ("/srv/lake", Path("/srv/lake")), (url, url)):
        (folder / "tocsin.toml").write_text(f'party = "example-isp"\nlake = "{lake}"\n')
        assert open_workspace(folder).lake == place
    monkeypatch.setenv("LAKE", "s3://somebody:secret@bucket/lake")
    (folder / "tocsin.toml").write_text('party = "example-isp"\nlake = "env:LAKE"\n')
    assert open_workspace(folder).lake == "s3://somebody:secret@bucket/lake"


def test_a_secret_of_the_lake_stands_elsewhere_than_in_the_settings(folder: Path) -> None:
    text = 'party = "example-isp"\nlake = "s3://somebody:secret@bucket/lake"\n'
    with pytest.raises(WrongUse, match="lake: Value error, holds a secret: put the URL elsewhere") as told:
        open_workspace(_with(folder, text))
    assert "secret@" not in str(told.value)


def test_each_class_of_data_has_its_days_and_its_legal_basis(folder: Path) -> None:
    create_workspace(folder, "example-isp")
    kept = open_workspace(folder).settings.retention
    assert [kept.telemetry.days, kept.history.days, kept.evidence.days] == [7, 21, 90]
    assert (kept.aggregates.days, kept.editions.days) == (None, None)
    (folder / "tocsin.toml").write_text(
        'party = "example-isp"\n[retention.telemetry]\nbasis = "an act"\n[retention.editions]\ndays = 3650\n'
    )
    kept = open_workspace(folder).settings.retention
    assert (kept.telemetry.days, kept.telemetry.basis, kept.evidence.days) == (7, "an act", 90)
    assert kept.editions.days == 3650
    for wrong in (
        "[retention.telemetry]\ndays = -1",
        "[retention.flows]\ndays = 1",
        '[retention.telemetry]\nday = "1"',
    ):
        (folder / "tocsin.toml").write_text(f'party = "example-isp"\n{wrong}\n')
        with pytest.raises(WrongUse, match=r"wrong setting: .*retention"):
            open_workspace(folder)
