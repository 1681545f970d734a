"""Enter, list or take out rules, which hide what is known to be harmless; what is hidden is counted and can be shown.

A rule hides findings that are there already and those to come, peer by peer: a finding is hidden when all its peers
are. Cases, notices and blocks follow. Taking a rule out shows again what it hid. Some rules ship with Tocsin; taking
one of them out switches it off, and entering it by its name alone switches it on again.
"""

from typing import Annotated

import typer

from tocsin.access import shown
from tocsin.cli._input import day, listed
from tocsin.cli._output import fact, json_line, progress
from tocsin.cli._session import session
from tocsin.detect import Wanted, add_rule, count, in_force, remove_rule, rules, shipped
from tocsin.pipeline import HIDE, MERGE, RESPOND, Run, flow
from tocsin.records import Finding, Rule
from tocsin.store.ledger import Ledger, read
from tocsin.wording import many
from tocsin.workspace import Workspace

# So many words of each kind are shown; --json has them all.
WORDS_SHOWN = 3

Name = Annotated[str, typer.Argument(help="Short name: small letters, digits, hyphens.")]


def add(
    context: typer.Context,
    rule: Name,
    behaviour: Annotated[str, typer.Option(help="Behaviours it hides, separated by commas; all unless given.")] = "",
    subject: Annotated[str, typer.Option(help="Whose findings: addresses, networks, parties, sensors.")] = "",
    peer: Annotated[str, typer.Option(help="Which other sides: addresses or networks.")] = "",
    port: Annotated[str, typer.Option(help="Ports of the other side, such as 443/tcp.")] = "",
    name: Annotated[str, typer.Option(help="Names of the other side, such as *.example.net.")] = "",
    scanner: Annotated[
        bool, typer.Option("--scanner", help="The subject is known to scan: accuse it of nothing.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, for whoever finds it later.")] = "",
    owner: Annotated[str, typer.Option(help="Who answers for it; your organisation unless given.")] = "",
    until: Annotated[str, typer.Option(help="Last day on which it holds; open unless given.")] = "",
) -> None:
    """Enter a rule, or put another in its place. What is given must all hold; of several words one."""
    wanted = Wanted(
        behaviours=listed(behaviour),
        subjects=listed(subject),
        peers=listed(peer),
        ports=listed(port),
        names=listed(name),
        scanner=scanner,
    )
    with session(context) as (workspace, ledger):
        last = day(until) if until else None
        with ledger.write() as connection:
            add_rule(connection, workspace, rule, wanted, reason=reason, owner=owner, until=last)
        fact(f"rule entered: {rule}")
        _settle(workspace, ledger)


def show(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False
) -> None:
    """List the rules and how much each hides now."""
    with session(context) as (workspace, ledger), ledger.look() as connection:
        hidden = count(read(connection, Finding))
        today = workspace.now().date()
        for rule in shown(workspace, rules(connection)):
            findings, peers = hidden.findings_by_rule[rule.id], hidden.peers_by_rule[rule.id]
            if as_json:
                state = {"holds": in_force(rule, today), "ships": rule.id in shipped()}
                json_line({**_values(rule), **state, "findings_hidden": findings, "peers_hidden": peers})
                continue
            state_ = "holds" if in_force(rule, today) else "off"
            until = f" until {rule.until}" if rule.until else ""
            fact(f"{rule.id}  {state_}{until}  hides {many(findings, 'finding')}, {many(peers, 'peer')}  {rule.owner}")
            fact(f"    {_asked(rule)}")
            fact(f"    {rule.reason}")


def remove(context: typer.Context, rule: Name) -> None:
    """Take a rule out; what it hid is shown again."""
    with session(context) as (workspace, ledger):
        with ledger.write() as connection:
            remove_rule(connection, workspace, rule)
        fact(f"rule switched off: {rule}" if rule in shipped() else f"rule removed: {rule}")
        _settle(workspace, ledger)


def _settle(workspace: Workspace, ledger: Ledger) -> None:
    """Let findings, cases, notices and blocks follow."""
    for line in flow(Run(workspace, ledger, progress), (HIDE, MERGE, RESPOND)):
        fact(line)


def _asked(rule: Rule) -> str:
    """What a rule hides, in words."""
    if rule.matches.get("scanner"):
        return f"known scanner: {', '.join(rule.matches['subjects'])}"
    return "; ".join(f"{kind}: {_some(words)}" for kind, words in rule.matches.items())


def _some(words: list[str]) -> str:
    more = len(words) - WORDS_SHOWN
    return ", ".join(words[:WORDS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _values(rule: Rule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in ("id", "matches", "reason", "source", "owner", "until", "removed")}


VERBS = {"add": add, "list": show, "remove": remove}
