"""The whole flow, from what sensors recorded to the status report, visible in one tuple of stages."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tocsin.access import shown
from tocsin.cases import evidence, merge, revise
from tocsin.detect import DetectSummary, Unable, detect, grouped, hide
from tocsin.errors import TocsinError
from tocsin.parties.enrol import Entry, checked, enrol
from tocsin.programme import clock, import_roadmap, measure, moved, shipped_roadmap
from tocsin.records import Measure, Roadmap
from tocsin.respond import respond
from tocsin.store.ledger import Ledger, open_ledger, read
from tocsin.store.retention import Expired, expire
from tocsin.store.undo import undo
from tocsin.telemetry import State, ingest
from tocsin.wording import many, number
from tocsin.workspace import SETTINGS_FILE, Workspace, create_workspace

# A week: short enough to show change, long enough to even out weekends.
WINDOW_DAYS = 7

Advance = Callable[[int, int], None]
Progress = Callable[[str], AbstractContextManager[Advance]]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the flow: where, over what, and how it shows that it goes on.

    ``paths`` are what to read, ``days`` the length of the window that is measured, up to the present.
    """

    workspace: Workspace
    ledger: Ledger
    progress: Progress
    paths: Sequence[Path] = ()
    days: int = WINDOW_DAYS
    engine: str = "duckdb"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the flow: ``act`` does it and says in lines for people what came of it."""

    name: str
    doing: str
    act: Callable[[Run, Advance], list[str]]


def found(folder: Path, operator: Entry, marking: str = "TLP:AMBER", now: datetime | None = None) -> Workspace:
    """Make a workspace with its operator party and the road map that comes with Tocsin."""
    entry = checked(operator)
    workspace = create_workspace(folder, entry.id, marking, now)
    try:
        with open_ledger(workspace.ledger) as ledger, ledger.write() as connection:
            enrol(connection, workspace, entry)
            import_roadmap(connection, *shipped_roadmap(workspace.party))
    except TocsinError:
        # Without its settings the folder is no workspace, and can be made one by the same command.
        (folder / SETTINGS_FILE).unlink(missing_ok=True)
        raise
    return workspace


def flow(run: Run, stages: Sequence[Stage]) -> list[str]:
    """Run stages in their order, and return what they say."""
    lines: list[str] = []
    for stage in stages:
        with run.progress(stage.doing) as advance:
            lines += stage.act(run, advance)
    return lines


def _ingest(run: Run, advance: Advance) -> list[str]:
    read = ingest(run.workspace, run.ledger, run.paths, progress=advance)
    already = sum(file.state is State.ALREADY_READ for file in read.files)
    before = f"; {many(already, 'file')} read before" if already else ""
    return [f"{number(read.rows)} rows read, {number(read.quarantined)} quarantined{before}"]


def _detect(run: Run, advance: Advance) -> list[str]:
    return found_lines(detect(run.workspace, run.ledger, engine=run.engine, progress=advance))


def found_lines(summary: DetectSummary) -> list[str]:
    """What a run of the detectors found, and what it could not know, in lines for people."""
    if not summary.days:
        return ["there is no telemetry: read some with 'tocsin ingest PATH'"]
    visible = [finding for finding in summary.findings if finding.suppressed_by is None]
    lines = [f"your networks are not told, so {each.prefix} is taken for one: {each.why}" for each in summary.inferred]
    if summary.inferred:
        lines.append("tell them with 'tocsin party add NAME --networks CIDR'")
    for finding in visible:
        lines.append(f"{finding.day}  {finding.subject['value']}  {finding.behaviour}  {finding.confidence} %")
        lines.append(f"    {finding.explanation}")
    return [*lines, *_counts(summary, len(visible)), *map(_unable, grouped(summary.unable))]


def _counts(summary: DetectSummary, visible: int) -> Iterator[str]:
    looked = len(summary.days) - len(summary.skipped)
    if looked and not visible:
        yield f"nothing found in {many(looked, 'day')} of telemetry"
    if summary.skipped:
        yield f"{many(len(summary.skipped), 'day')} not looked at again: nothing there has changed"
    if summary.gone:
        yield f"{many(len(summary.gone), 'day')} taken back, and what was found there"
    if summary.hidden:
        yield f"{many(summary.hidden, 'finding')} hidden by rules: 'tocsin findings --all' shows them"


def _unable(group: Unable) -> str:
    several = group.days > 1
    days = f"{group.first_day} to {group.last_day} ({group.days} days)" if several else str(group.first_day)
    return f"cannot judge {', '.join(group.detectors)} at sensor {group.sensor}, {days}: {group.reason}"


def _hide(run: Run, _: Advance) -> list[str]:
    with run.ledger.write() as connection:
        hidden = hide(run.workspace, connection)
    changed = f": {many(hidden.changed, 'finding')} changed" if hidden.changed else ""
    return [f"{many(hidden.findings, 'finding')} hidden by rules{changed}"]


def _merge(run: Run, _: Advance) -> list[str]:
    summary = merge(run.workspace, run.ledger)
    done = {"opened": summary.opened, "extended": summary.extended, "reopened": summary.reopened}
    told = [f"{many(len(cases), 'case')} {what}" for what, cases in done.items() if cases]
    return [", ".join(told) or "no case changed"]


def _respond(run: Run, _: Advance) -> list[str]:
    lines = []
    for outcome in respond(run.workspace, run.ledger):
        withdrawn = f", {outcome.withdrawn} withdrawn" if outcome.withdrawn else ""
        lines.append(f"{outcome.unit}: {outcome.waiting} awaiting approval{withdrawn}")
        lines += [f"{outcome.unit}: not done: {reason}" for reason in outcome.refused]
    return lines


def _measure(run: Run, _: Advance) -> list[str]:
    end = run.workspace.now()
    length = timedelta(days=run.days)
    with run.ledger.write() as connection:
        before = measure(connection, run.workspace, end - 2 * length, end - length, end)
        after = measure(connection, run.workspace, end - length, end)
        running = [clock(plan, end) for plan in read(connection, Roadmap)]
    return [*(move.text for move in moved(before, after)), *(ticks.text for ticks in running if ticks)]


def undone(run: Run, ingest: str) -> list[str]:
    """Take an ingest back, look again at what is left of its days, and return what the stages say.

    ``ingest`` is an id, the beginning of one, or a path that was read. Where no detector had looked at its days, none
    looks now. Raises WrongUse when no ingest is meant, or more than one.
    """
    done = undo(run.workspace, run.ledger, ingest)
    lines = [f"taken back: {done.path}: {many(done.rows, 'row')}, {many(len(done.days), 'day')}"]
    if done.again:
        lines = [f"taken back before: {done.path}: what rested on it is looked at again"]
    if not done.judged:
        return lines
    lines += flow(run, (DETECT,))
    gone = len(revise(run.workspace, run.ledger, done.days).forgotten)
    lines += [f"{many(gone, 'case')} rested on nothing else, and went"] if gone else []
    return lines + flow(run, (MERGE, RESPOND))


def expired(workspace: Workspace, ledger: Ledger, *, dry_run: bool, progress: Advance) -> Expired:
    """Remove what is past the time for which it is kept, except what cases need; with ``dry_run`` only say it."""
    with ledger.look() as connection:
        held = evidence(connection, workspace)
    return expire(workspace, ledger, held, dry_run=dry_run, progress=progress)


def measured(run: Run) -> list[Measure]:
    """The figures of the window that was measured last, as they stand in the ledger."""
    with run.ledger.look() as connection:
        figures = shown(run.workspace, read(connection, Measure))
    newest = max((figure.end for figure in figures), default=None)
    length = timedelta(days=run.days)
    return [figure for figure in figures if figure.end == newest and figure.end - figure.start == length]


INGEST = Stage("ingest", "Reading telemetry", _ingest)
DETECT = Stage("detect", "Looking for bots", _detect)
HIDE = Stage("rules", "Putting rules to findings", _hide)
MERGE = Stage("cases", "Merging findings into cases", _merge)
RESPOND = Stage("respond", "Preparing notices and blocks", _respond)
MEASURE = Stage("measure", "Measuring", _measure)

STAGES = (INGEST, DETECT, MERGE, RESPOND, MEASURE)
