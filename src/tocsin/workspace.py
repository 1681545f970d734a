"""A workspace: one folder with settings, lake, ledger and outbox, and the only clock."""

import json
import os
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from tocsin.errors import WrongUse

SETTINGS_FILE = "tocsin.toml"
PARTY_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")
MARKINGS = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")


class Retention(BaseModel):
    """How long one class of data is kept: ``days``, for ever when there are none, and the legal ``basis`` for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int | None = Field(default=None, ge=0, le=36_500)
    basis: str = "not stated: name it in the settings"


class Retentions(BaseModel):
    """The classes of data.

    ``telemetry`` is what sensors saw, by its UTC day. ``evidence`` is what of it the findings of a case rest on,
    counted from the day on which the case ended. ``history`` are the sums of who met whom on a day: detection looks two
    weeks back from each day of telemetry. ``aggregates`` are measures, which name nobody, and ``editions`` are
    the status reports that were frozen; both are kept.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    telemetry: Retention = Retention(days=7)
    evidence: Retention = Retention(days=90)
    history: Retention = Retention(days=21)
    aggregates: Retention = Retention()
    editions: Retention = Retention()

    @field_validator("telemetry", "evidence", "history", mode="before")
    @classmethod
    def _days(cls, value: object, info: ValidationInfo) -> object:
        """A class of which the settings state the basis only has the days that it has without."""
        days = cls.model_fields[info.field_name or ""].default.days
        return {"days": days, **value} if isinstance(value, dict) else value


class Settings(BaseSettings):
    """``tocsin.toml``. ``TOCSIN_NOW`` and the like override it; unknown keys are refused."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_", extra="forbid", validate_default=True)

    party: str = Field(pattern=PARTY_ID.pattern)
    marking: str = "TLP:AMBER"
    ledger: str = ""
    pseudonym_key: str = ""
    lake: str = ""
    retention: Retentions = Retentions()
    now: AwareDatetime | None = None

    @field_validator("marking")
    @classmethod
    def _known(cls, marking: str) -> str:
        if marking not in MARKINGS:
            raise ValueError(f"must be one of {', '.join(MARKINGS)}")
        return marking

    @field_validator("pseudonym_key")
    @classmethod
    def _elsewhere(cls, key: str) -> str:
        if key and not key.startswith(("env:", "file:")):
            raise ValueError("a key does not stand in the settings: say where it does, env:NAME or file:PATH")
        return key

    @field_validator("ledger", "pseudonym_key")
    @classmethod
    def _placed(cls, value: str) -> str:
        return _named(value)

    @field_validator("lake")
    @classmethod
    def _lake(cls, lake: str) -> str:
        """A URL with a secret in it stands elsewhere than in the settings."""
        if "://" in lake and urlsplit(lake).password is not None:
            raise ValueError("holds a secret: put the URL elsewhere and write env:NAME or file:PATH here")
        return _named(lake)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then the file."""
        return env_settings, init_settings


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace on disk, and what its settings say."""

    folder: Path
    settings: Settings

    @property
    def party(self) -> str:
        """Id of the operator party."""
        return self.settings.party

    @property
    def lake(self) -> Path | str:
        """The lake: a folder, unless the settings name a filesystem by its URL."""
        lake = self.settings.lake or "lake"
        return lake if "://" in lake else self.folder / lake

    @property
    def outbox(self) -> Path:
        """Folder of what waits for a person's yes."""
        return self.folder / "outbox"

    @property
    def ledger(self) -> Path | str:
        """The ledger: a file in the folder, unless the settings name a database by its URL."""
        return self.settings.ledger or self.folder / "ledger.db"

    def now(self) -> datetime:
        """The present, UTC; in a replay the moment that ``now`` or ``TOCSIN_NOW`` sets. There is no other clock."""
        return (self.settings.now or datetime.now(UTC)).astimezone(UTC)


def seconds_since(written_ns: int) -> float:
    """How long ago a file was written, by the machine's clock, which alone can be compared with a file's times.

    ``written_ns`` are nanoseconds since 1970. A replay does not turn it back; nothing but waiting depends on it.
    """
    return datetime.now(UTC).timestamp() - written_ns / 1e9


def open_workspace(folder: Path) -> Workspace:
    """Open the workspace in ``folder``. Raises WrongUse when there is none or its settings are wrong."""
    file = folder / SETTINGS_FILE
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        return Workspace(folder, Settings(**values))
    except FileNotFoundError:
        raise WrongUse(f"no workspace: {folder}: make one with 'tocsin init {folder}'") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongUse(f"settings are not TOML: {file}: {error}") from None
    except ValidationError as error:
        raise WrongUse(_wrong_setting(error, file)) from None
    except SettingsError as error:
        raise WrongUse(f"wrong setting: environment: {error}") from None
    except OSError as error:
        raise WrongUse(f"settings cannot be read: {file}: {error.strerror}") from None


def create_workspace(folder: Path, party: str, marking: str = "TLP:AMBER", now: datetime | None = None) -> Workspace:
    """Make a workspace in ``folder``. Raises WrongUse when one is there or the folder cannot be written."""
    file = folder / SETTINGS_FILE
    lines = [f"party = {json.dumps(party)}", f"marking = {json.dumps(marking)}"]
    if now is not None:
        lines.append(f"now = {now.astimezone(UTC).isoformat()}")
    try:
        Settings(party=party, marking=marking)
        (folder / "lake").mkdir(parents=True, exist_ok=True)
        (folder / "outbox").mkdir(exist_ok=True)
        with file.open("x", encoding="utf-8") as out:  # last: with this file the folder is a workspace
            out.write("\n".join(lines) + "\n")
    except FileExistsError:
        raise WrongUse(f"there is a workspace already: {folder}: choose another folder") from None
    except ValidationError as error:
        raise WrongUse(_wrong_setting(error, file)) from None
    except OSError as error:
        raise WrongUse(f"workspace cannot be made: {folder}: {error.strerror}") from None
    return open_workspace(folder)


def chosen_folder(option: Path | None) -> Path:
    """The folder that the user means: the option, else TOCSIN_WORKSPACE, else ./tocsin."""
    return option or Path(os.environ.get("TOCSIN_WORKSPACE") or "tocsin")


def _named(value: str) -> str:
    """A URL may hold a password: ``env:NAME`` and ``file:PATH`` say where it stands."""
    kind, _, place = value.partition(":")
    if kind == "env":
        if place not in os.environ:
            raise ValueError(f"the environment has no {place}")
        return os.environ[place]
    if kind == "file" and not place.startswith("//"):
        try:
            return Path(place).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ValueError(f"{place}: {error.strerror}") from None
    return value


def _wrong_setting(error: ValidationError, file: Path) -> str:
    """One line about the first setting that is wrong, with the place where it was set."""
    first = error.errors()[0]
    name = ".".join(map(str, first["loc"]))
    variable = f"TOCSIN_{name.upper()}"
    return f"wrong setting: {variable if variable in os.environ else file}: {name}: {first['msg']}"
