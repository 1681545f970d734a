"""Which addresses are local, which are nowhere in particular; all others are outside."""

from collections.abc import Iterable, Iterator

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from tocsin.parties.directory import Directory
from tocsin.parties.lookup import NONE, prefix_table
from tocsin.store.engine import Engine

# Not a place on the Internet (RFC 6890, RFC 5771, RFC 4291): talk to these is never talk to a peer outside.
NOWHERE = (
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "224.0.0.0/4",
    "255.255.255.255/32",
    "::/128",
    "::1/128",
    "fe80::/10",
    "ff00::/8",
)

SCHEMA = pa.schema([("address", pa.string()), ("place", pa.string())])


def places(engine: Engine, directory: Directory, tables: Iterable[ir.Table]) -> ir.Table:
    """Table ``place``: address and ``local`` or ``nowhere``, for the addresses of ``tables`` that are either.

    Local are the networks that the directory holds; they win over ``nowhere``, for a party may hold link-local space.
    """
    nowhere = prefix_table(NOWHERE)
    found: list[dict[str, str]] = []
    for addresses in met(engine, tables):
        is_local, is_nowhere = directory.table.find(addresses) != NONE, nowhere.find(addresses) != NONE
        found += [
            {"address": addresses[index], "place": "local" if is_local[index] else "nowhere"}
            for index in np.flatnonzero(is_local | is_nowhere).tolist()
        ]
    return engine.memory(pa.Table.from_pylist(sorted(found, key=lambda row: row["address"]), schema=SCHEMA))


def met(engine: Engine, tables: Iterable[ir.Table]) -> Iterator[list[str]]:
    """Every address of ``tables`` once, piece by piece: a scan meets millions."""
    sides = [table.select(address=table[side].nullif("")) for table in tables for side in ("initiator", "responder")]
    distinct = ibis.union(*sides, distinct=True).filter(lambda row: row.address.notnull())
    for batch in engine.batches(distinct):
        yield [str(address) for address in batch["address"].to_pylist()]
