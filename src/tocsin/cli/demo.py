"""Run the whole job on a real capture of an infected device: find the bot, name who must act, report.

The flows are IoT-23 scenario 34-1 (Stratosphere Laboratory, DOI 10.5281/zenodo.4743746), replayed as if it were the
moment of their end. The parties are examples. Nothing leaves the machine.
"""

import os
import tomllib
from importlib.resources import as_file
from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli._output import command, fact, progress, write_file
from tocsin.cli._report import write_report
from tocsin.content import packaged
from tocsin.errors import WrongUse
from tocsin.parties.enrol import Entry, enrol
from tocsin.pipeline import DETECT, INGEST, MEASURE, MERGE, RESPOND, Run, Stage, flow, found
from tocsin.records import Case, Outbox
from tocsin.respond import export
from tocsin.store.ledger import Ledger, open_ledger, read
from tocsin.web import serve
from tocsin.workspace import SETTINGS_FILE, Workspace, open_workspace

FOLDER = Path("tocsin-demo")
EXPORTS = {"nftables": "block.nft", "stix": "findings.stix.json"}

STORY: tuple[tuple[str, Stage], ...] = (
    ("What the sensor recorded", INGEST),
    ("What is in it", DETECT),
    ("Whose problem it is", MERGE),
    ("What waits for a person's yes", RESPOND),
    ("What moved", MEASURE),
)


def run(
    context: typer.Context,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop after the files; serve no page.")] = False,
    port: Annotated[int, typer.Option(help="Port of the page on 127.0.0.1.")] = 8000,
) -> None:
    # The demo is a world of its own: what the user's shell sets for another workspace does not reach into it.
    for name in [name for name in os.environ if name.startswith("TOCSIN_") and name != "TOCSIN_DEBUG"]:
        del os.environ[name]
    world = tomllib.loads(packaged("demo/demo.toml").read_text(encoding="utf-8"))
    workspace = _workspace(context.find_root().obj or FOLDER, world)
    with open_ledger(workspace.ledger) as ledger, as_file(packaged(world["flows"])) as flows:
        going = Run(workspace, ledger, progress, (flows,), world["window_days"])
        for title, stage in STORY:
            fact(f"\n{title}")
            for line in flow(going, [stage]):
                fact(f"  {line}")
            if stage is MERGE:
                _tell_responsible(ledger)
        files = _write_files(workspace, ledger)
        _tell_files(workspace, ledger, files)
    if no_serve:
        fact(f"\nThe page with the same figures: {command()} --workspace {workspace.folder} serve")
    else:
        serve(workspace, port=port)


def _workspace(folder: Path, world: dict[str, Any]) -> Workspace:
    """The demo's workspace; one that is there already is used again, unless it is another's."""
    operator, *members = (Entry(**party) for party in world["party"])
    if (folder / SETTINGS_FILE).exists():
        workspace = open_workspace(folder)
        if workspace.party != operator.id or workspace.settings.now != world["now"]:
            raise WrongUse(f"not the demo's workspace: {folder}: choose another folder with --workspace")
        return workspace
    workspace = found(folder, operator, now=world["now"])
    with open_ledger(workspace.ledger) as ledger, ledger.write() as connection:
        for member in members:
            enrol(connection, workspace, member)
    return workspace


def _tell_responsible(ledger: Ledger) -> None:
    with ledger.look() as connection:
        for case in read(connection, Case):
            fact(f"  case {case.id}: {case.subject['value']}, {case.state}")
            fact(f"  responsible: {case.responsible['party']}: {case.responsible['how']}")


def _write_files(workspace: Workspace, ledger: Ledger) -> list[Path]:
    """Exports and report, in the workspace's folder."""
    files = []
    for kind, name in EXPORTS.items():
        files.append(workspace.folder / name)
        write_file(files[-1], export(workspace, ledger, kind).content)
    for name in ("report.html", "report.pdf"):
        files.append(workspace.folder / name)
        with progress(f"Writing {name}"):
            write_report(workspace, ledger, files[-1])
    return files


def _tell_files(workspace: Workspace, ledger: Ledger, files: list[Path]) -> None:
    with ledger.look() as connection:
        waiting = [workspace.outbox / entry.path for entry in read(connection, Outbox, state="awaiting_approval")]
    fact("\nWhere it lies")
    for path in waiting:
        fact(f"  awaiting approval, not sent   {path}")
    for path in files:
        fact(f"  {path.name:<29} {path}")
    fact("\nWith your own traffic")
    fact(f"  {command()} init my-workspace --party my-isp --networks 203.0.113.0/24")
    fact(f"  {command()} --workspace my-workspace ingest /var/log/zeek/2026-03-01")
    fact(f"  {command()} --workspace my-workspace detect")
    fact(f"  {command()} --workspace my-workspace measures")
    fact(f"  {command()} --workspace my-workspace report -o report.pdf")
