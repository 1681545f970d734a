"""Who is responsible for an address: the party with the most specific prefix, and how that is known."""

from collections.abc import Sequence

from tocsin.parties.directory import ALWAYS, Directory
from tocsin.parties.lookup import NONE
from tocsin.records import Responsible


def responsible(directory: Directory, addresses: Sequence[str]) -> list[Responsible]:
    """For each address, who must act, how that was found, how old the entry is, and who would answer otherwise."""
    return [
        _answer(directory, address, int(index))
        for address, index in zip(addresses, directory.table.find(addresses), strict=True)
    ]


def _answer(directory: Directory, address: str, index: int) -> Responsible:
    if index == NONE:
        return Responsible(party=None, how=f"no party holds a network with {address}", as_of=None, alternatives=[])
    network = directory.networks[index]
    wider = [directory.networks[around] for around in directory.table.around(index)]
    how = f"{address} lies in {network.prefix}, held by {network.holder}"
    if wider:
        how += f"; the most specific of {len(wider) + 1} networks that hold it"
    others = dict.fromkeys(other.holder for other in wider if other.holder != network.holder)
    as_of = None if network.since == ALWAYS else network.since.isoformat()
    return Responsible(party=network.holder, how=how, as_of=as_of, alternatives=list(others))
