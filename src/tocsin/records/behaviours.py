"""What detectors look for: every behaviour once, with its ATT&CK technique and in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One behaviour.

    ``attacking`` behaviours make a host count as infected. ``commanded`` ones have peers that command the subject,
    ``seeking`` ones peers that it only looks for; the peers of all others may be attacked parties. ``technique`` is a
    MITRE ATT&CK technique id, null where none fits; ``phrase`` follows the name of a host.
    """

    name: str
    attacking: bool
    technique: str | None
    phrase: str
    commanded: bool = False
    seeking: bool = False


BEHAVIOURS: dict[str, Behaviour] = {
    behaviour.name: behaviour
    for behaviour in (
        Behaviour("c2_beacon", True, "T1071", "calls a control server at regular intervals", commanded=True),
        Behaviour("c2_channel", True, "T1095", "keeps a channel to a control server open", commanded=True),
        Behaviour("dga", True, "T1568.002", "asks for machine-made names to find its control server", seeking=True),
        Behaviour("dns_tunnel", True, "T1071.004", "carries data inside questions to resolvers", commanded=True),
        Behaviour("scan_horizontal", True, "T1595.001", "probes many addresses for one service"),
        Behaviour("scan_vertical", True, "T1046", "probes one address for many services"),
        Behaviour("brute_force", True, "T1110", "tries many passwords"),
        Behaviour("spam", True, None, "sends mail in bulk"),
        Behaviour("ddos_source", True, "T1498", "takes part in flooding another address"),
        Behaviour("p2p", True, "T1090", "takes part in a peer-to-peer botnet"),
        Behaviour("click_fraud", True, "T1496", "clicks on advertisements on its own"),
        Behaviour("exfiltration", True, "T1041", "sends data out to a place where it does not belong"),
        Behaviour(
            "corroborated_c2",
            True,
            "T1071",
            "calls a server that several parties know as a control server",
            commanded=True,
        ),
        Behaviour("ddos_victim", False, "T1498", "is flooded"),
        Behaviour("reflector", False, "T1498.002", "answers forged questions and so floods others"),
        Behaviour("spoofed_source", False, None, "lets out packets with addresses that are not its own"),
        Behaviour("indicator_match", False, None, "had contact with something that is on a list of indicators"),
        Behaviour("exposed_service", False, None, "answers from outside on a service that should not be open"),
    )
}

ATTACKING = frozenset(name for name, behaviour in BEHAVIOURS.items() if behaviour.attacking)

# Their peers command the subject.
C2_BEHAVIOURS = frozenset(name for name, behaviour in BEHAVIOURS.items() if behaviour.commanded)

# Their peers command the subject or are looked for by it; the peers of all other behaviours may be attacked parties.
UNHARMED_BEHAVIOURS = C2_BEHAVIOURS | {name for name, behaviour in BEHAVIOURS.items() if behaviour.seeking}

# One story a subject, the gravest first: what it is called when it shows these behaviours.
STORIES: tuple[tuple[str, frozenset[str]], ...] = (
    ("infected", ATTACKING),
    ("reflecting", frozenset({"reflector"})),
    ("victim", frozenset({"ddos_victim"})),
    ("exposed", frozenset({"exposed_service"})),
    ("unfiltered", frozenset({"spoofed_source"})),
    ("listed", frozenset({"indicator_match"})),
)

# What stands before a subject's name in the reader's language.
TITLES = {
    "infected": "infected device",
    "reflecting": "device that answers forged questions",
    "victim": "attacked device",
    "exposed": "open device",
    "unfiltered": "unfiltered way out",
    "listed": "device to look at",
}


def story(behaviours: Iterable[str]) -> str:
    """What a subject with these behaviours is: infected only when it acts itself, never for what is done to it.

    >>> story(["ddos_victim", "exposed_service"]), story(["exposed_service", "c2_beacon"]), story([])
    ('victim', 'infected', 'listed')
    """
    shown = set(behaviours)
    return next((name for name, wanted in STORIES if wanted & shown), "listed")
