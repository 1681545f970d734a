"""Running the units, and what each says it did."""

from dataclasses import dataclass

from tocsin.store.ledger import Ledger
from tocsin.units import units
from tocsin.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one unit did.

    Attributes:
        unit: name of the unit
        waiting: how many things of it wait for a person's yes now
        withdrawn: how many that waited before no longer hold
        refused: one line for each thing that was not done, and why
    """

    unit: str
    waiting: int
    withdrawn: int
    refused: tuple[str, ...]


def respond(workspace: Workspace, ledger: Ledger) -> tuple[Outcome, ...]:
    """Have every unit prepare what the cases ask for, in one transaction. A second run changes nothing."""
    with ledger.write() as connection:
        return tuple(unit.load().act(workspace, connection) for unit in units("tocsin.respond").values())
