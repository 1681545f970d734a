"""Imports lists of indicators and keeps each as one file beside the lake, which its next import replaces."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tocsin.detect._intelligence.entries import KINDS, Entry, entry
from tocsin.detect._intelligence.files import Line, family, lines
from tocsin.errors import TocsinError, WrongUse
from tocsin.records import IndicatorList, ListedIndicator, arrow_schema
from tocsin.store.ledger import Ledger, one, put
from tocsin.workspace import PARTY_ID, Workspace

# As likely wrong as right, and exactly as much as makes a fresh match of something specific worth reporting: a list
# that does not say how sure it is has mostly been right once.
CONFIDENCE = 50
# Lists of what is only odd say less.
SUSPICIOUS, SUSPICIOUS_CONFIDENCE = "suspicious", 30
# They list who calls, not who is called: nobody's host is infected because a scanner came by.
CALLERS = ("mass_scanner", "mass_scanner_cidr")

ROWS_HELD = 1 << 18
INDICATORS_MAX = 20_000_000
NO_PORT = -1
KEY = ("kind", "value", "at")

TOO_LONG = "longer than a list's line"
CALLING = "who calls, not who is called"
TWICE = "listed twice"

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How lists are read: the kind of all entries, where it is said, how sure they are, and until when they hold."""

    kind: str | None = None
    confidence: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a list: as it is now, how many indicators are new, and how many it no longer has."""

    list: IndicatorList
    added: int
    removed: int


def import_lists(
    workspace: Workspace,
    ledger: Ledger,
    paths: Sequence[Path],
    options: Options,
    *,
    source: str = "",
    progress: Progress = lambda _read: None,
) -> list[Imported]:
    """Import files; each is a list of its own, called after its file, unless ``source`` makes one of them all.

    Importing a list again replaces it: what it no longer has goes, what it has still keeps its age. ``progress`` is
    told the lines read. Raises WrongUse for wrong options, Unreadable for a file that cannot be read.
    """
    if options.kind is not None and options.kind not in KINDS:
        raise WrongUse(f"no such kind of indicator: {options.kind}: choose from {', '.join(KINDS)}")
    if options.confidence is not None and not 0 <= options.confidence <= 100:
        raise WrongUse(f"not a confidence: {options.confidence}: it lies between 0 and 100")
    for path in paths:
        if not path.is_file():
            raise WrongUse(f"no such file: {path}")
    named = {_named(source): list(paths)} if source else _by_file(paths)
    return [_import(workspace, ledger, name, files, options, progress) for name, files in named.items()]


def folder(workspace: Workspace) -> Path:
    """Where the lists' files lie."""
    return workspace.folder / "intelligence"


def _by_file(paths: Sequence[Path]) -> dict[str, list[Path]]:
    named: dict[str, list[Path]] = {}
    for path in paths:
        named.setdefault(_named(path.name.split(".")[0].lower().replace("_", "-")), []).append(path)
    return named


def _named(text: str) -> str:
    if not PARTY_ID.fullmatch(text):
        raise WrongUse(f"not a name for a list: {text}: give one with --source, of small letters, digits and hyphens")
    return text


def _import(
    workspace: Workspace, ledger: Ledger, name: str, paths: Sequence[Path], options: Options, progress: Progress
) -> Imported:
    with ledger.look() as connection:
        before = one(connection, IndicatorList, id=name)
    digest = _digest(paths, options)
    if before is not None and before.digest == digest:
        made, added, removed = replace(before, imported=workspace.now()), 0, 0
    else:
        rows, refused = _read(workspace, name, paths, options, progress)
        old = pq.read_table(folder(workspace) / before.path) if before else rows.slice(0, 0)
        rows, kept = _with_age(rows, old)
        made, added, removed = (
            _list(workspace, name, digest, rows, refused, options),
            rows.num_rows - kept,
            old.num_rows - kept,
        )
        made = replace(made, first=before.first if before else made.first)
        _write(workspace, made, rows)
    with ledger.write() as connection:
        put(connection, [made])
    if before is not None and before.path != made.path:
        (folder(workspace) / before.path).unlink(missing_ok=True)
    return Imported(made, added, removed)


def _read(
    workspace: Workspace, name: str, paths: Sequence[Path], options: Options, progress: Progress
) -> tuple[pa.Table, Counter[str]]:
    """The indicators of the files, each once, and what was refused."""
    refused: Counter[str] = Counter()
    schema = arrow_schema(ListedIndicator)
    found = _found(paths, options, refused, progress)
    parts = []
    while part := list(islice(found, ROWS_HELD)):
        columns = list(zip(*part, strict=True))
        arrays = [pa.array(column, schema.field(at).type) for at, column in enumerate(columns, start=1)]
        parts.append(
            pa.Table.from_arrays(
                [*_same(name, len(part)), *arrays, *_ages(workspace, options, len(part))], schema=schema
            )
        )
    return pa.concat_tables(parts or [schema.empty_table()]), refused


def _found(
    paths: Sequence[Path], options: Options, refused: Counter[str], progress: Progress
) -> Iterator[tuple[object, ...]]:
    """Kind, value, port, family and confidence of each indicator, once."""
    known: set[int] = set()
    numbered = enumerate(line for path in paths for line in lines(path))
    for number, line in numbered:
        if number % ROWS_HELD == 0:
            progress(number)
        about = family(line.member)
        found = _checked(line, about, options.kind)
        if isinstance(found, str):
            refused[found] += 1
        elif (key := hash((found.kind, found.value, found.port))) in known:
            refused[TWICE] += 1
        else:
            known.add(key)
            yield found.kind, found.value, found.port, about, _confidence(line, options)
    if len(known) > INDICATORS_MAX:
        raise WrongUse(f"too many indicators: {paths[0]}: a list has at most {INDICATORS_MAX:,}: part it")


def _checked(line: Line, about: str | None, kind: str | None) -> Entry | str:
    if line.text is None:
        return TOO_LONG
    return CALLING if about in CALLERS else entry(line.text, kind)


def _confidence(line: Line, options: Options) -> int:
    if options.confidence is not None:
        return options.confidence
    return SUSPICIOUS_CONFIDENCE if line.member and SUSPICIOUS in line.member.parts else CONFIDENCE


def _list(
    workspace: Workspace, name: str, digest: str, rows: pa.Table, refused: Counter[str], options: Options
) -> IndicatorList:
    return IndicatorList(
        party=workspace.party,
        marking=workspace.settings.marking,
        source="intel",
        id=name,
        path=f"{name}-{digest[:16]}.parquet",
        digest=digest,
        indicators=rows.num_rows,
        kinds=dict(sorted(Counter(map(str, rows["kind"].to_pylist())).items())),
        refused=dict(sorted(refused.items())),
        confidence=CONFIDENCE if options.confidence is None else options.confidence,
        until=options.until,
        first=workspace.now(),
        imported=workspace.now(),
    )


def _same(value: str, times: int) -> list[Any]:
    return [pa.repeat(pa.scalar(value), times)]


def _ages(workspace: Workspace, options: Options, times: int) -> list[Any]:
    now = workspace.now().astimezone(UTC).replace(tzinfo=None)
    return [
        pa.repeat(pa.scalar(now, pa.timestamp("us")), times),
        pa.repeat(pa.scalar(options.until, pa.date32()), times),
    ]


def _with_age(rows: pa.Table, old: pa.Table) -> tuple[pa.Table, int]:
    """The indicators, with the age of those that the list had before; and how many those are."""
    if not old.num_rows:
        return rows, 0
    known = _keyed(old).select([*KEY, "since"]).rename_columns([*KEY, "known"])
    joined = _keyed(rows).join(known, list(KEY), join_type="left outer")
    place = joined.schema.get_field_index("since")
    aged = joined.set_column(place, "since", pc.coalesce(joined["known"], joined["since"]))
    schema = arrow_schema(ListedIndicator)
    return aged.select(schema.names).cast(schema), joined.num_rows - joined["known"].null_count


def _keyed(rows: pa.Table) -> pa.Table:
    """With ``at``, the port or a number that stands for none: nulls do not join."""
    port: Any = rows["port"]
    return rows.append_column("at", port.fill_null(NO_PORT))


def _write(workspace: Workspace, list_: IndicatorList, rows: pa.Table) -> None:
    path = folder(workspace) / list_.path
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(exist_ok=True)
        pq.write_table(rows.sort_by([("kind", "ascending"), ("value", "ascending")]), partial, compression="zstd")
        partial.replace(path)
    except OSError as error:
        raise TocsinError(f"cannot be written: {path}: {error.strerror or error}; the list is as before") from None


def _digest(paths: Sequence[Path], options: Options) -> str:
    digest = hashlib.sha256(str(options).encode())
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
