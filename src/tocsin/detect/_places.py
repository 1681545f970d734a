"""Which addresses are local, which are nowhere in particular; all others are outside."""

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir
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
    sides = [table.select(address=table[side].nullif("")) for table in tables for side in ("initiator", "responder")]
    met = engine.rows(ibis.union(*sides, distinct=True).filter(lambda row: row.address.notnull()))
    addresses = [str(address) for address in met["address"].to_pylist()]
    local = directory.table.find(addresses) != NONE
    nowhere = prefix_table(NOWHERE).find(addresses) != NONE
    found = [
        {"address": address, "place": "local" if is_local else "nowhere"}
        for address, is_local, is_nowhere in zip(addresses, local, nowhere, strict=True)
        if is_local or is_nowhere
    ]
    return engine.memory(pa.Table.from_pylist(sorted(found, key=lambda row: row["address"]), schema=SCHEMA))
