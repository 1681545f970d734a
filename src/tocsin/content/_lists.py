"""Packaged lists of names and networks, one entry a line."""

import lzma
from functools import cache

from tocsin.content._packaged import packaged


@cache
def warninglist(name: str) -> tuple[str, ...]:
    """The entries of a warning list, such as ``cloudflare``: networks, or names with ``*.`` before what ends so.

    Raises WrongUse when no list of that name is packaged.
    """
    content = packaged(f"warninglists/{name}.txt.xz").read_bytes()
    return tuple(lzma.decompress(content).decode("utf-8").split())
