"""Rules: those that ship with Tocsin, those that the party has made, and which of them hold today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from ipaddress import ip_network
from typing import Any

import sqlalchemy as sa
import yaml

from tocsin.content import packaged, warninglist
from tocsin.errors import WrongUse
from tocsin.parties.directory import canonical_prefix
from tocsin.records import ATTACKING, BEHAVIOURS, Rule
from tocsin.store.ledger import one, put, read, remove
from tocsin.workspace import PARTY_ID, Workspace

SHIPPED = "tocsin"
CRITERIA = ("behaviours", "subjects", "peers", "ports", "names")

# What a host that is known to scan is not accused of: whatever its own traffic shows, for probing looks like much else.
# What several parties know of a server is more than its traffic.
SCANNING = tuple(sorted(ATTACKING - {"corroborated_c2"}))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user asks a rule to hide. What is left empty is not asked for."""

    behaviours: Sequence[str] = ()
    subjects: Sequence[str] = ()
    peers: Sequence[str] = ()
    ports: Sequence[str] = ()
    names: Sequence[str] = ()
    scanner: bool = False


def rules(connection: sa.Connection) -> list[Rule]:
    """Every rule: the party's own first, then those that ship, switched off ones too."""
    own = {rule.id: rule for rule in read(connection, Rule)}
    return [
        *(rule for id_, rule in own.items() if id_ not in shipped()),
        *(own.get(id_, r) for id_, r in shipped().items()),
    ]


def in_force(rule: Rule, day: date) -> bool:
    """Whether a rule holds on a day."""
    return rule.removed is None and (rule.until is None or day <= rule.until)


def add_rule(
    connection: sa.Connection,
    workspace: Workspace,
    name: str,
    wanted: Wanted,
    *,
    reason: str = "",
    owner: str = "",
    until: date | None = None,
) -> Rule:
    """Enter a rule, or put another in its place; a rule that ships is switched on again by its name alone.

    Raises WrongUse for what is no rule.
    """
    if name in shipped():
        if wanted != Wanted():
            raise WrongUse(f"a rule that ships with Tocsin stays as it is: {name}: give yours another name")
        remove(connection, Rule, id=name)
        return shipped()[name]
    if not PARTY_ID.fullmatch(name):
        raise WrongUse(f"not a name for a rule: {name}: use small letters, digits and hyphens, as in office-monitoring")
    if not reason:
        raise WrongUse(f"a rule needs a reason: {name}: give one with --reason, for whoever finds it later")
    rule = Rule(
        party=workspace.party,
        marking=workspace.settings.marking,
        source="rule",
        id=name,
        matches=_checked(wanted),
        reason=reason,
        owner=owner or workspace.party,
        until=until,
    )
    put(connection, [rule])
    return rule


def remove_rule(connection: sa.Connection, workspace: Workspace, name: str) -> None:
    """Take a rule out; one that ships is switched off, and stays so. Raises WrongUse when there is none."""
    if name in shipped():
        kept = {"party": workspace.party, "marking": workspace.settings.marking}
        rule = shipped()[name]
        put(connection, [Rule(**{**_fields(rule), **kept, "removed": workspace.now().date()})])
    elif one(connection, Rule, id=name) is None:
        raise WrongUse(f"no such rule: {name}: 'tocsin rule list' shows all")
    else:
        remove(connection, Rule, id=name)


@cache
def shipped() -> Mapping[str, Rule]:
    """The rules that ship with Tocsin, by name."""
    files = sorted(packaged("rules").iterdir(), key=lambda file: file.name)
    found = [
        _shipped(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files if file.name.endswith(".yaml")
    ]
    return {rule.id: rule for rule in found}


def _shipped(words: Mapping[str, Any]) -> Rule:
    listed = {
        kind: [*words.get(kind, ()), *(entry for name in words.get(f"{kind}_from", ()) for entry in warninglist(name))]
        for kind in ("names", "networks")
    }
    wanted = Wanted(
        behaviours=words["behaviours"], ports=words["ports"], names=listed["names"], peers=listed["networks"]
    )
    return Rule(
        party=SHIPPED,
        marking="TLP:CLEAR",
        source=" ".join(words["source"].split()),
        id=words["id"],
        matches=_checked(wanted),
        reason=words["reason"],
        owner=SHIPPED,
        until=None,
    )


def _fields(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in rule.__dataclass_fields__}


def _checked(wanted: Wanted) -> dict[str, Any]:
    """The criteria in canonical form, those that are empty left out."""
    criteria: dict[str, Any] = {
        "behaviours": [_behaviour(name) for name in wanted.behaviours],
        "subjects": [_subject(text) for text in wanted.subjects],
        "peers": [canonical_prefix(text) for text in wanted.peers],
        "ports": [_port(text) for text in wanted.ports],
        "names": [_name(text) for text in wanted.names],
    }
    found = {kind: list(dict.fromkeys(values)) for kind, values in criteria.items() if values}
    if wanted.scanner:
        if set(found) - {"behaviours"} != {"subjects"}:
            raise WrongUse("a known scanner is a subject: name it with --subject, and no peer, port or name")
        return {"behaviours": list(SCANNING), **found, "scanner": True}
    if not found:
        raise WrongUse(
            "a rule that hides everything: say what it hides: --behaviour, --subject, --peer, --port, --name"
        )
    return found


def _behaviour(name: str) -> str:
    if name not in BEHAVIOURS:
        raise WrongUse(f"no such behaviour: {name}: choose from {', '.join(sorted(BEHAVIOURS))}")
    return name


def _subject(text: str) -> str:
    """A network, or the name of a party or sensor."""
    try:
        return str(ip_network(text.strip()))
    except ValueError:
        if "/" in text or not text.isprintable() or not text.strip():
            raise WrongUse(f"not a subject: {text}: name an address, a network, a party or a sensor") from None
        return text.strip()


def _port(text: str) -> str:
    """A port and its protocol, or a protocol without ports.

    >>> _port("443/TCP"), _port("icmp")
    ('443/tcp', 'icmp')
    """
    port, _, protocol = text.strip().lower().rpartition("/")
    if protocol.isalnum() and (not port or (port.isdecimal() and int(port) <= 65535)) and (port or protocol.isalpha()):
        return f"{int(port)}/{protocol}" if port else protocol
    raise WrongUse(f"not a port: {text}: write it as 443/tcp")


def _name(text: str) -> str:
    """A name, or ``*.`` and the end of names; what lies below one label would hide a country.

    >>> _name("*.Example.NET.")
    '*.example.net'
    """
    name = text.strip().lower().rstrip(".")
    bare = name.removeprefix("*.")
    if "." not in bare or "*" in bare or "/" in bare or not bare.isprintable() or " " in bare:
        raise WrongUse(f"not a name: {text}: write it as www.example.net or *.example.net")
    return name
