"""The document of a status report: built once from ledger and lake; page, HTML and PDF are drawn from it alone."""

import hashlib
from datetime import datetime
from typing import Any, cast

import rfc8785
import sqlalchemy as sa

from tocsin.access import MEMBERS, PUBLIC, strictest
from tocsin.programme.report._annex import annex
from tocsin.programme.report._answer import answer, sureness, timing
from tocsin.programme.report._cases import case_parts
from tocsin.programme.report._facts import Facts, facts, marked
from tocsin.programme.report._figures import figures
from tocsin.programme.report._goals import roadmap_part
from tocsin.programme.report._steps import steps
from tocsin.programme.report.shape import SCHEMA, Document
from tocsin.records import Flow
from tocsin.store.engine import open_engine
from tocsin.store.lake import lake_files
from tocsin.wording import listing, moment
from tocsin.workspace import Workspace

AUDIENCES = {PUBLIC: "the public", MEMBERS: "members"}


def build_document(
    workspace: Workspace,
    connection: sa.Connection,
    *,
    as_of: datetime | None = None,
    audience: str | None = None,
    edition: str | None = None,
) -> Document:
    """The report of what was known at ``as_of`` (the present), for ``audience`` (the operator party).

    ``audience`` is ``public``, ``members`` or the id of a party; ``edition`` names the report, by default its day.
    Raises WrongUse for another audience.
    """
    moment_ = as_of or workspace.now()
    seen = facts(workspace, connection, moment_, audience or workspace.party)
    shown = figures(seen)
    next_steps, more_steps = steps(seen)
    with open_engine() as engine:
        parts, more_cases = case_parts(seen, engine, lake_files(connection, workspace.lake, Flow))
    return Document(
        schema=SCHEMA,
        title="Status report",
        edition=edition or moment_.date().isoformat(),
        as_of=moment_.isoformat(),
        as_of_text=moment(moment_),
        party=workspace.party,
        party_name=seen.name(workspace.party),
        audience=seen.audience,
        audience_name=AUDIENCES.get(seen.audience, seen.name(seen.audience)),
        marking=strictest(marked(seen)),
        answer=answer(shown),
        timing=timing(seen),
        next=next_steps,
        next_more=more_steps,
        sureness=sureness(seen, shown),
        figures=shown,
        cases=parts,
        cases_more=more_cases,
        withheld=_withheld(seen),
        roadmap=roadmap_part(seen, shown),
        annex=annex(seen, shown),
    )


def write_json(document: Document) -> bytes:
    """The document in canonical JSON (RFC 8785): ``sha256sum`` of these bytes is the digest."""
    return rfc8785.dumps(cast("dict[str, Any]", document))


def digest(document: Document) -> str:
    """SHA-256 of the document in canonical JSON, hex."""
    return hashlib.sha256(write_json(document)).hexdigest()


def _withheld(facts: Facts) -> str:
    """What these readers are not shown; how many cases that are is itself not told."""
    kinds = [name for name, count in (("cases", facts.withheld), ("figures", facts.unshown)) if count]
    if not kinds:
        return ""
    return f"Some {listing(kinds)} are withheld: their marking does not reach these readers."
