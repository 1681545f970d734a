"""The one decision: may this be given to that recipient, for this purpose? Every read and every exit asks it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from tocsin.access.markings import AMBER, AMBER_STRICT, CLEAR, GREEN, MEMBERS, PUBLIC, RED, known
from tocsin.errors import WrongUse
from tocsin.records import LedgerRecord
from tocsin.workspace import Workspace

Row = TypeVar("Row", bound=LedgerRecord)

PURPOSES = VIEW, NOTIFY, EXPORT, PUBLISH = "view", "notify", "export", "publish"

OWNER = "the party that it belongs to"
RESPONSIBLE = "the party responsible for it"
COMMUNITY = "a member of a shared community"
STRANGER = "a stranger"
_NEAR_TO_FAR = (OWNER, RESPONSIBLE, COMMUNITY, STRANGER)

_REACH = {CLEAR: STRANGER, GREEN: COMMUNITY, AMBER: RESPONSIBLE, AMBER_STRICT: OWNER, RED: OWNER}

_ROLES = {
    "viewer": {VIEW},
    "analyst": {VIEW, NOTIFY, EXPORT},
    "coordinator": {VIEW, NOTIFY, EXPORT, PUBLISH},
    "programme_lead": {VIEW, EXPORT, PUBLISH},
    "administrator": {VIEW, NOTIFY, EXPORT, PUBLISH},
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a person or program that acts for a party in a role (one of those of a user)."""

    party: str
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and why, and whether the recipient may also learn a subject's address."""

    allowed: bool
    reason: str
    subjects: bool


def local(workspace: Workspace) -> Principal:
    """Whoever works in the workspace itself, by command or pipeline: the operator party's administrator."""
    return Principal(workspace.party, "administrator", "local")


def decide(
    principal: Principal,
    recipient: str,
    *,
    marking: str,
    owner: str,
    purpose: str,
    responsible: str | None = None,
    community: Collection[str] = (),
) -> Decision:
    """Decide whether ``principal`` may give something to ``recipient``: a party's id, ``members`` or ``public``.

    ``owner`` is the party that it belongs to, ``responsible`` the party that must act on its subject, ``community``
    the parties that share one with the owner. A marking reaches so far, and each step holds those before it:

    ================  ==========================================================================
    TLP:CLEAR         anyone
    TLP:GREEN         members of a community shared with the owner
    TLP:AMBER         the party responsible for the subject: the owner's client, who needs to know
    TLP:AMBER+STRICT  the owner's organisation
    TLP:RED           the owner's organisation, to look at; it never leaves
    anything else     as TLP:RED
    ================  ==========================================================================

    Whatever the marking: the principal must be within its reach too, and its role must have the purpose; a notice
    goes to the responsible party only; a subject's address goes to the owner and the responsible party only.
    """
    label, relation = known(marking), _relation(recipient, owner, responsible, community)
    if purpose not in _ROLES.get(principal.role, ()):
        return _no(f"the role {principal.role} may not {purpose}")
    if not _reaches(label, _relation(principal.party, owner, responsible, community)):
        return _no(f"{label} does not reach {principal.party}, who asks")
    if purpose == NOTIFY and recipient != responsible:
        return _no(f"{recipient} is not responsible for it")
    if label == RED and purpose != VIEW:
        return _no(f"{label} never leaves")
    if not _reaches(label, relation):
        return _no(f"{label} goes no further than {_REACH[label]}; {recipient} is {relation}")
    return Decision(True, f"{label} reaches {relation}", subjects=relation in (OWNER, RESPONSIBLE))


def require(
    principal: Principal,
    recipient: str,
    *,
    marking: str,
    owner: str,
    purpose: str,
    responsible: str | None = None,
    community: Collection[str] = (),
) -> Decision:
    """The same decision, for one thing that was asked for by name. Raises WrongUse when it is no."""
    decision = decide(
        principal,
        recipient,
        marking=marking,
        owner=owner,
        purpose=purpose,
        responsible=responsible,
        community=community,
    )
    if not decision.allowed:
        raise WrongUse(f"not allowed: {purpose} to {recipient}: {decision.reason}")
    return decision


def shown(workspace: Workspace, rows: Iterable[Row]) -> list[Row]:
    """The rows that whoever works in the workspace may look at."""
    asker = local(workspace)
    return [
        row for row in rows if decide(asker, asker.party, marking=row.marking, owner=row.party, purpose=VIEW).allowed
    ]


def _relation(recipient: str, owner: str, responsible: str | None, community: Collection[str]) -> str:
    if recipient == PUBLIC:
        return STRANGER
    if recipient == owner:
        return OWNER
    if recipient == responsible:
        return RESPONSIBLE
    return COMMUNITY if recipient == MEMBERS or recipient in community else STRANGER


def _reaches(label: str, relation: str) -> bool:
    return _NEAR_TO_FAR.index(relation) <= _NEAR_TO_FAR.index(_REACH[label])


def _no(reason: str) -> Decision:
    return Decision(False, reason, subjects=False)
