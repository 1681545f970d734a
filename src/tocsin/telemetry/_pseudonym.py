"""Nobody's name goes into the lake: an identifier becomes a keyed pseudonym before anything is kept.

The key is the workspace's. Who has it can tell whether a pseudonym is somebody's, by making it again from the
identifier; who has only the lake cannot, and with the key destroyed nobody can.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import pyarrow as pa

from tocsin.errors import TocsinError, WrongUse
from tocsin.records import Lease
from tocsin.telemetry._columns import replaced
from tocsin.telemetry._identifiers import account
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._values import TEXT
from tocsin.units import Unit
from tocsin.workspace import Workspace

KEY_FILE = "pseudonym.key"
KEY_BYTES = 32
KINDS = ("client:", "inside:")
# 128 bits: two of a billion subscribers get the same one with a chance of about 1 in 10^20.
DIGITS = 32
# A shorter key could be guessed.
SHORTEST_KEY = 32


def pseudonym(key: bytes, identifier: str) -> str:
    """HMAC-SHA-256 of an identifier, its first 32 hexadecimal digits.

    >>> pseudonym(bytes(32), "mac:02:00:5e:00:53:01")
    '5932485049c8f921988dec829d099ebd'
    """
    return hmac.new(key, identifier.encode(), hashlib.sha256).hexdigest()[:DIGITS]


def pseudonym_key(workspace: Workspace) -> bytes:
    """The key: the one that the settings name, else the file in the workspace, made with the first need of it.

    Raises WrongUse for a key of fewer than 32 characters, TocsinError when the file cannot be read or made.
    """
    named = workspace.settings.pseudonym_key
    file = workspace.folder / KEY_FILE
    try:
        key = named.encode() if named else _kept(file)
    except OSError as error:
        raise TocsinError(f"the key of the pseudonyms cannot be read or made: {file}: {error.strerror}") from None
    if len(key) < SHORTEST_KEY:
        where = "pseudonym_key" if named else str(file)
        raise WrongUse(f"the key of the pseudonyms is too short: {where}: it needs {SHORTEST_KEY} characters or more")
    return key


def subscriber_token(workspace: Workspace, name: str) -> str:
    """The pseudonym that the lake has for a subscriber who is known by this name.

    ``name`` is an account or a device's hardware address in any form, or, with its kind before it, a DHCP client's
    identifier (``client:01…``) or an inside address of a NAT (``inside:100.64.0.5``). Raises WrongUse for a blank name,
    and what ``pseudonym_key`` raises.
    """
    identifier = name if name.startswith(KINDS) else account(name)
    if not identifier:
        raise WrongUse("no subscriber: the name is blank: give an account or a hardware address")
    return pseudonym(pseudonym_key(workspace), identifier)


def names_people(reader: Unit) -> bool:
    """Whether lines that this reader reads may name somebody: it says so with ``PERSONAL``."""
    return bool(getattr(reader.load(), "PERSONAL", False))


def pseudonymous(parts: Iterable[Batch | Reject], workspace: Workspace, personal: bool) -> Iterator[Batch | Reject]:
    """What a reader gives, with pseudonyms in place of subscribers.

    Of what is rejected in a ``personal`` file only the form is kept, for a line may name somebody.
    """
    veil: Callable[[Batch], Batch] | None = None
    for part in parts:
        if isinstance(part, Reject):
            yield _masked(part) if personal else part
        elif part.record is Lease:
            veil = veil or _veil(pseudonym_key(workspace))
            yield veil(part)
        else:
            yield part


def _veil(key: bytes) -> Callable[[Batch], Batch]:
    def veil(batch: Batch) -> Batch:
        encoded = batch.rows["subscriber"].combine_chunks().dictionary_encode()
        tokens = pa.array([pseudonym(key, str(name)) for name in encoded.dictionary.to_pylist()], TEXT)
        return Batch(batch.record, replaced(batch.rows, "subscriber", tokens.take(encoded.indices)))

    return veil


def _masked(reject: Reject) -> Reject:
    """Letters and digits become ``x`` and ``0``; of the reason the value is left away that it quotes."""
    text = "".join("0" if c.isdigit() else "x" if c.isalpha() else c for c in reject.text)
    return Reject(reject.line, re.sub(r""": (?:'.*|".*)$""", "", reject.reason), text)


def _kept(file: Path) -> bytes:
    try:
        return file.read_bytes().strip()
    except FileNotFoundError:
        return _made(file)


def _made(file: Path) -> bytes:
    """Written whole beside its place and then linked there, so that two ingests at once agree on one."""
    with NamedTemporaryFile(dir=file.parent, prefix=f".{KEY_FILE}-") as new:
        new.write(os.urandom(KEY_BYTES).hex().encode() + b"\n")
        new.flush()
        os.fsync(new.fileno())
        with suppress(FileExistsError):
            os.link(new.name, file)
    return file.read_bytes().strip()
