"""Runs every detector over the lake, day by day, and puts what it finds into the ledger as each day is done."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import ModuleType

from tocsin.detect._alerts import alerts_beside
from tocsin.detect._basis import DETECTORS, basis
from tocsin.detect._days import Days, days_of, gone
from tocsin.detect._findings import folded, named, narrowed, with_alerts
from tocsin.detect._hiding import hide
from tocsin.detect._history import SUMS, Past, look_back, past, write_sum
from tocsin.detect._inputs import SUMMARIES, Inputs, needed, parameters
from tocsin.detect._intelligence import Intelligence, indicators, intelligence
from tocsin.detect._judge import judge, sensor_facts
from tocsin.detect._keep import OfDay, forget, keep, looked_at
from tocsin.detect._local import Inferred, as_directory, infer
from tocsin.detect._places import places
from tocsin.detect._rarity import weighed
from tocsin.detect._tables import lake_tables, seen
from tocsin.errors import WrongUse
from tocsin.parties.directory import Directory, directory
from tocsin.records import Finding, Judgement, LakeFile
from tocsin.store.engine import Engine, open_engine
from tocsin.store.ledger import Ledger, read
from tocsin.store.place import place
from tocsin.units import units
from tocsin.workspace import Workspace

# What a detector reads beside the tables that it names, when it asks for rarity.
RARITY = ("prevalence", "name_prevalence")

# Lists of indicators: a detector that names this table does its days again when they change.
INDICATOR = "indicator"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known before any day is looked at."""

    local: Directory
    listed: Intelligence


@dataclass(frozen=True, slots=True)
class DetectSummary:
    """What one run did.

    ``days`` are all days of telemetry; of those ``skipped`` nothing had changed since they were looked at. ``findings``
    are those of what was looked at now, ``hidden`` counts those that rules hide. ``unable`` is what cannot be judged on
    any of the days. ``gone`` are days whose telemetry was taken back, and with it what was found.
    """

    days: tuple[date, ...]
    findings: tuple[Finding, ...]
    unable: tuple[Judgement, ...]
    skipped: tuple[date, ...] = ()
    gone: tuple[date, ...] = ()
    hidden: int = 0
    inferred: tuple[Inferred, ...] = ()


def detect(
    workspace: Workspace, ledger: Ledger, *, engine: str = "duckdb", progress: Progress | None = None
) -> DetectSummary:
    """Find what there is to find in the lake; the same lake gives the same findings.

    Only what is new is looked at: a detector does a day again when its code, the day's files, the local networks or
    what else it rests on have changed. Each day is kept when it is done, so that a run that is killed goes on there.
    ``progress`` is told the days done and the days in all. Without networks of its own the operator's are inferred from
    the traffic; raises WrongUse when it gives none away.
    """
    tell = progress or (lambda _done, _total: None)
    with ledger.look() as connection:
        told, listed = directory(connection, workspace.now().date()), intelligence(workspace, connection)
        days = days_of(connection)
        lost = gone(days, [day for _, day in looked_at(connection)])
    inferred = [] if told.networks else _inferred(workspace, days, engine)
    known = _Known(as_directory(workspace, inferred) if inferred else told, listed)
    for day in lost:
        with ledger.write() as connection:
            stale = forget(connection, day)
        _unlink(workspace, stale)
    found, skipped = _look(workspace, ledger, known, days, engine, tell)
    with ledger.write() as connection:
        hidden = hide(workspace, connection)
        kept = {finding.id: finding for finding in read(connection, Finding)}
        unable = [j for j in read(connection, Judgement) if not j.able and j.day in days.files]
    return DetectSummary(
        tuple(days.files),
        tuple(kept[name] for name in found),
        tuple(sorted(unable, key=lambda judgement: (judgement.day, judgement.detector, judgement.sensor))),
        skipped=tuple(skipped),
        gone=tuple(lost),
        hidden=hidden.findings,
        inferred=tuple(inferred),
    )


def _inferred(workspace: Workspace, days: Days, engine: str) -> list[Inferred]:
    """Local networks by the traffic of all days."""
    files = [file for of_day in days.files.values() for file in of_day]
    with open_engine(engine, workspace.folder / "tmp") as opened:
        tables = lake_tables(opened, workspace.lake, files) if files else {}
        found = infer(opened, [tables[name] for name in seen(files)]) if files else []
    if not found:
        raise WrongUse("no network is known to be yours: tell with 'tocsin party add NAME --networks CIDR'")
    return found


def _look(
    workspace: Workspace, ledger: Ledger, known: _Known, days: Days, engine: str, tell: Progress
) -> tuple[list[str], list[date]]:
    """Look at every day that is due; returns the ids of findings, and the days that were not due."""
    found: list[str] = []
    skipped: list[date] = []
    with open_engine(engine, workspace.folder / "tmp") as opened:
        for done, (day, files) in enumerate(days.files.items()):
            tell(done, len(days.files))
            with ledger.look() as connection:
                before, looked = past(connection, day), looked_at(connection)
            rests_on = _rests_on(files, known, before)
            due = {name: digest for name, digest in rests_on.items() if looked.get((name, day)) != digest}
            if not due or day in days.expired:
                skipped.append(day)
                continue
            of_day = _look_at(workspace, opened, known, OfDay(day, due), files, before)
            with ledger.write() as connection:
                stale = keep(connection, workspace, of_day)
            opened.release()
            _unlink(workspace, stale)
            found += [finding.id for finding in of_day.findings]
    tell(len(days.files), len(days.files))
    return found, skipped


def _rests_on(files: Sequence[LakeFile], known: _Known, before: Past) -> dict[str, str]:
    """What each detector and each sum that is kept of a day rests on."""
    local = [network.prefix for network in known.local.networks]
    more = before.basis() | {INDICATOR: known.listed.digest}
    asked = {name: _inputs(detector) for name, detector in detectors().items()}
    asked |= {name: parameters(units(SUMMARIES)[name].load().summarise) for name in SUMS}
    return {name: basis(name, inputs, files, local, more) for name, inputs in asked.items()}


def _inputs(detector: ModuleType) -> list[str]:
    return [*parameters(detector.detect), *(RARITY if _asks_for_rarity(detector) else ())]


def _asks_for_rarity(detector: ModuleType) -> bool:
    return getattr(detector, "RARITY", False)


def _look_at(
    workspace: Workspace, engine: Engine, known: _Known, of_day: OfDay, files: Sequence[LakeFile], before: Past
) -> OfDay:
    tables = lake_tables(engine, workspace.lake, files)
    recorded = {name: tables[name] for name in seen(files)}
    inputs = Inputs(engine, tables | {"place": places(engine, known.local, recorded.values())})
    inputs.add(look_back(engine, workspace, inputs, before))
    if any(INDICATOR in needed(_inputs(detectors()[name])) for name in of_day.basis.keys() - SUMS.keys()):
        inputs.add({INDICATOR: indicators(engine, known.listed, recorded.values())})
    facts = sensor_facts(engine, recorded)
    for name in of_day.basis.keys() & SUMS.keys():
        of_day.sums[name] = list(write_sum(engine, workspace, inputs, name, of_day.basis[name]))
    for name, detector in detectors().items():
        if name in of_day.basis:
            judgements = [judge(workspace, name, detector, s, of_day.day, fact) for s, fact in sorted(facts.items())]
            of_day.judgements += judgements
            _run(workspace, engine, inputs, of_day, name, detector, judgements)
    if "alert" in recorded:
        hosts = {finding.host for finding in of_day.findings if finding.host}
        beside = alerts_beside(engine, recorded["alert"], hosts)
        of_day.findings = [with_alerts(finding, beside.get(finding.host or "", {})) for finding in of_day.findings]
    return of_day


def _run(
    workspace: Workspace,
    engine: Engine,
    inputs: Inputs,
    of_day: OfDay,
    name: str,
    detector: ModuleType,
    judgements: Sequence[Judgement],
) -> None:
    """Run one detector over the sensors that it can judge."""
    able = [judgement.sensor for judgement in judgements if judgement.able]
    if not able:
        return
    # Computed once, for what follows reads the rows again and again.
    rows = engine.keep(inputs.call(detector.detect, None if len(able) == len(judgements) else able))
    rows = named(rows, inputs.table("address_name"))
    if _asks_for_rarity(detector):
        rows = weighed(rows, *(inputs.table(table) for table in RARITY))
    of_detector = folded(workspace, name, detector, engine.rows(narrowed(rows)))
    of_day.findings += of_detector.findings
    of_day.candidates += of_detector.candidates


def _unlink(workspace: Workspace, stale: Iterable[str]) -> None:
    """Remove files of the lake that count no more."""
    place(workspace.lake).remove(stale)


def detectors() -> dict[str, ModuleType]:
    """Every detector, by name."""
    return {name: unit.load() for name, unit in units(DETECTORS).items()}
