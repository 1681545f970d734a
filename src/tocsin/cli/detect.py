"""Look for bots in the lake, open cases, and prepare what to tell and to block.

Nothing is sent and nothing is blocked: notices and blocks wait in the outbox for a person's yes. Looking again at the
same telemetry changes nothing: only days that are new or have changed are looked at. Where your networks are not
told, they are taken from the traffic, and it is said which and why. What could not be judged is said too.
"""

from dataclasses import asdict
from typing import Annotated

import typer

from tocsin.cli._output import fact, json_line, progress, say
from tocsin.cli._session import session
from tocsin.detect import DetectSummary, detect, grouped
from tocsin.pipeline import DETECT, MERGE, RESPOND, Run, flow


def run(
    context: typer.Context,
    engine: Annotated[str, typer.Option(help="duckdb, or spark where one machine is not enough.")] = "duckdb",
    as_json: Annotated[bool, typer.Option("--json", help="What came of it as one line of JSON on stdout.")] = False,
) -> None:
    with session(context) as (workspace, ledger):
        run_ = Run(workspace, ledger, progress, engine=engine)
        if not as_json:
            for line in flow(run_, (DETECT, MERGE, RESPOND)):
                fact(line)
            return
        with progress(DETECT.doing) as advance:
            summary = detect(workspace, ledger, engine=engine, progress=advance)
        for line in flow(run_, (MERGE, RESPOND)):
            say(line)
    json_line(_document(summary))


def _document(summary: DetectSummary) -> dict[str, object]:
    return {
        "days": len(summary.days),
        "days_skipped": len(summary.skipped),
        "days_gone": [day.isoformat() for day in summary.gone],
        "findings": [finding.id for finding in summary.findings if finding.suppressed_by is None],
        "findings_hidden": summary.hidden,
        "networks_inferred": [asdict(network) for network in summary.inferred],
        "cannot_judge": [asdict(group) for group in grouped(summary.unable)],
    }
