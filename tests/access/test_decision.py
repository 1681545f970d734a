from itertools import pairwise, product

import pytest

from tocsin.access import (
    EXPORT,
    MEMBERS,
    NOTIFY,
    PUBLIC,
    PUBLISH,
    VIEW,
    Principal,
    ceiling,
    decide,
    local,
    require,
    shown,
)
from tocsin.access.decision import PURPOSES
from tocsin.errors import WrongUse
from tocsin.records import Rule
from tocsin.workspace import MARKINGS, Workspace

OWNER, CAMPUS, FELLOW, STRANGER = "example-provider", "example-campus", "example-fellow", "example-stranger"
RECIPIENTS = (OWNER, CAMPUS, FELLOW, STRANGER, MEMBERS, PUBLIC)
ADMINISTRATOR = Principal(OWNER, "administrator", "test")

# Who may have what belongs to the owner when the campus is responsible for its subject: y as it is, n no,
# c without the subject's address.
TABLE = """
marking           purpose   owner  campus  fellow  stranger  members  public
TLP:CLEAR         view      y      y       c       c         c        c
TLP:CLEAR         export    y      y       c       c         c        c
TLP:CLEAR         publish   y      y       c       c         c        c
TLP:CLEAR         notify    n      y       n       n         n        n
TLP:GREEN         view      y      y       c       n         c        n
TLP:GREEN         export    y      y       c       n         c        n
TLP:GREEN         publish   y      y       c       n         c        n
TLP:GREEN         notify    n      y       n       n         n        n
TLP:AMBER         view      y      y       n       n         n        n
TLP:AMBER         export    y      y       n       n         n        n
TLP:AMBER         publish   y      y       n       n         n        n
TLP:AMBER         notify    n      y       n       n         n        n
TLP:AMBER+STRICT  view      y      n       n       n         n        n
TLP:AMBER+STRICT  export    y      n       n       n         n        n
TLP:AMBER+STRICT  publish   y      n       n       n         n        n
TLP:AMBER+STRICT  notify    n      n       n       n         n        n
TLP:RED           view      y      n       n       n         n        n
TLP:RED           export    n      n       n       n         n        n
TLP:RED           publish   n      n       n       n         n        n
TLP:RED           notify    n      n       n       n         n        n
TLP:WHITE         view      y      n       n       n         n        n
TLP:WHITE         export    n      n       n       n         n        n
TLP:WHITE         publish   n      n       n       n         n        n
TLP:WHITE         notify    n      n       n       n         n        n
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
EXPECTED = {
    (marking, purpose, recipient): expected
    for marking, purpose, *answers in ROWS
    for recipient, expected in zip(RECIPIENTS, answers, strict=True)
}


def answer(marking: str, purpose: str, recipient: str, principal: Principal = ADMINISTRATOR) -> str:
    decision = decide(
        principal,
        recipient,
        marking=marking,
        owner=OWNER,
        purpose=purpose,
        responsible=CAMPUS,
        community={FELLOW},
    )
    assert decision.reason
    return ("y" if decision.subjects else "c") if decision.allowed else "n"


def test_every_marking_relation_and_purpose() -> None:
    asked = product((*MARKINGS, "TLP:WHITE"), (VIEW, EXPORT, PUBLISH, NOTIFY), RECIPIENTS)
    assert {key: answer(*key) for key in asked} == EXPECTED


def test_the_owner_is_told_of_its_own_hosts_unless_the_marking_is_red() -> None:
    for marking in MARKINGS:
        decision = decide(
            ADMINISTRATOR, OWNER, marking=marking, owner=OWNER, purpose=NOTIFY, responsible=OWNER, community=()
        )
        assert decision.allowed == (marking != "TLP:RED")


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("viewer", {VIEW}),
        ("analyst", {VIEW, NOTIFY, EXPORT}),
        ("coordinator", {VIEW, NOTIFY, EXPORT, PUBLISH}),
        ("programme_lead", {VIEW, EXPORT, PUBLISH}),
        ("administrator", {VIEW, NOTIFY, EXPORT, PUBLISH}),
        ("no such role", set()),
    ],
)
def test_a_role_has_its_purposes(role: str, may: set[str]) -> None:
    principal = Principal(OWNER, role, "test")
    assert {purpose for purpose in PURPOSES if answer("TLP:CLEAR", purpose, CAMPUS, principal) != "n"} == may


def test_an_unknown_purpose_is_refused() -> None:
    assert answer("TLP:CLEAR", "sell", OWNER) == "n"


def test_nobody_gives_away_what_does_not_reach_it() -> None:
    for marking, party in product(MARKINGS, (CAMPUS, FELLOW, STRANGER)):
        reached = EXPECTED[marking, VIEW, party] != "n"
        principal = Principal(party, "administrator", "test")
        assert (answer(marking, VIEW, OWNER, principal) != "n") == reached


def test_a_narrower_marking_never_allows_more() -> None:
    for (wider, narrower), purpose, recipient in product(
        pairwise(MARKINGS), (VIEW, EXPORT, PUBLISH, NOTIFY), RECIPIENTS
    ):
        assert answer(narrower, purpose, recipient) == "n" or answer(wider, purpose, recipient) != "n"


@pytest.mark.parametrize("audience", [PUBLIC, MEMBERS, CAMPUS])
def test_a_document_holds_up_to_its_ceiling_and_nothing_beyond(audience: str) -> None:
    holds = [marking for marking in MARKINGS if answer(marking, PUBLISH, audience) != "n"]
    assert holds[-1] == ceiling(audience)


def test_require_says_why_not_in_one_line() -> None:
    with pytest.raises(WrongUse) as refusal:
        require(ADMINISTRATOR, STRANGER, marking="TLP:AMBER", owner=OWNER, purpose=EXPORT, responsible=CAMPUS)
    assert str(refusal.value) == (
        "not allowed: export to example-stranger: "
        "TLP:AMBER goes no further than the party responsible for it; example-stranger is a stranger"
    )


def test_require_gives_the_decision() -> None:
    asked = {"marking": "TLP:AMBER", "owner": OWNER, "purpose": NOTIFY, "responsible": CAMPUS}
    assert require(ADMINISTRATOR, CAMPUS, **asked) == decide(ADMINISTRATOR, CAMPUS, **asked)


def test_the_local_principal_acts_for_the_operator(workspace: Workspace) -> None:
    assert (local(workspace).party, local(workspace).role) == (OWNER, "administrator")


def test_in_the_workspace_its_own_rows_are_shown_and_no_others(workspace: Workspace) -> None:
    rules = [
        Rule(
            id=f"{owner}-{marking}",
            party=owner,
            marking=marking,
            source="test",
            matches={},
            reason="",
            owner=owner,
            until=None,
        )
        for owner in (OWNER, STRANGER)
        for marking in ("TLP:CLEAR", "TLP:AMBER", "TLP:RED", "nonsense")
    ]
    assert [rule.id for rule in shown(workspace, rules)] == [
        *(f"{OWNER}-{marking}" for marking in ("TLP:CLEAR", "TLP:AMBER", "TLP:RED", "nonsense")),
        f"{STRANGER}-TLP:CLEAR",
    ]
