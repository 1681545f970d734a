"""Runs every detector over the lake, day by day, and puts what it finds into the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import ModuleType

import sqlalchemy as sa

from tocsin.detect._findings import findings
from tocsin.detect._inputs import Inputs
from tocsin.detect._judge import judge, sensor_facts
from tocsin.detect._places import places
from tocsin.detect._tables import OF_ANY_DAY, RECORDS, lake_tables, seen
from tocsin.errors import WrongUse
from tocsin.parties.directory import Directory, directory
from tocsin.records import Finding, Judgement, LakeFile
from tocsin.store.engine import Engine, open_engine
from tocsin.store.ledger import Ledger, put, read, remove
from tocsin.units import units
from tocsin.workspace import Workspace

DETECTORS = "tocsin.detect"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class DetectSummary:
    """What one run found, and what it could not judge."""

    days: tuple[date, ...]
    findings: tuple[Finding, ...]
    unable: tuple[Judgement, ...]


def detect(
    workspace: Workspace, ledger: Ledger, *, engine: str = "duckdb", progress: Progress | None = None
) -> DetectSummary:
    """Find what there is to find in the lake; the same lake gives the same findings.

    ``progress`` is told the days done and the days in all. Raises WrongUse when no network is known to be local.
    """
    with ledger.look() as connection:
        known = directory(connection, workspace.now().date())
        files = [file for file in read(connection, LakeFile) if file.telemetry in RECORDS]
    if not known.networks:
        raise WrongUse("no network is known to be yours: tell with 'tocsin party add NAME --networks CIDR'")
    days = sorted({file.day for file in files if file.telemetry != OF_ANY_DAY})
    found: list[Finding] = []
    judged: list[Judgement] = []
    with open_engine(engine, workspace.folder / "tmp") as opened:
        for done, day in enumerate(days):
            if progress:
                progress(done, len(days))
            of_day = _detect_day(workspace, opened, known, day, [file for file in files if _concerns(day, file)])
            found += of_day[0]
            judged += of_day[1]
            opened.release()
    if progress:
        progress(len(days), len(days))
    with ledger.write() as connection:
        found = _keep(connection, found, judged)
    return DetectSummary(tuple(days), tuple(found), tuple(j for j in judged if not j.able))


def _detect_day(
    workspace: Workspace, engine: Engine, known: Directory, day: date, files: Sequence[LakeFile]
) -> tuple[list[Finding], list[Judgement]]:
    tables = lake_tables(engine, workspace.lake, files)
    recorded = {name: tables[name] for name in seen(files)}
    inputs = Inputs(engine, tables | {"place": places(engine, known, recorded.values())})
    facts = sensor_facts(engine, recorded)
    found: list[Finding] = []
    judged: list[Judgement] = []
    for name, detector in detectors().items():
        judgements = [judge(workspace, name, detector, sensor, day, fact) for sensor, fact in sorted(facts.items())]
        judged += judgements
        able = [judgement.sensor for judgement in judgements if judgement.able]
        if able:
            sensors = None if len(able) == len(judgements) else able
            rows = engine.rows(inputs.call(detector.detect, sensors))
            found += findings(workspace, name, detector, rows)
    return found, judged


def _concerns(day: date, file: LakeFile) -> bool:
    return file.day == day or file.telemetry == OF_ANY_DAY


def _keep(connection: sa.Connection, found: Sequence[Finding], judged: Sequence[Judgement]) -> list[Finding]:
    """Put findings in the place of those that the same detectors had on the same days.

    What a rule hides stays hidden.
    """
    fresh = {finding.id: finding for finding in found}
    looked = {(judgement.detector, judgement.day) for judgement in judged if judgement.able}
    for before in read(connection, Finding):
        if before.id in fresh:
            fresh[before.id] = replace(fresh[before.id], suppressed_by=before.suppressed_by)
        elif (before.behaviour, before.day) in looked:
            remove(connection, Finding, id=before.id)
    put(connection, [*fresh.values(), *judged])
    return list(fresh.values())


def detectors() -> dict[str, ModuleType]:
    """Every detector, by name."""
    return {name: unit.load() for name, unit in units(DETECTORS).items()}
