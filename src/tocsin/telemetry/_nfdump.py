"""What ``nfdump`` says of files that ``nfcapd`` wrote."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tocsin.errors import Unreadable
from tocsin.telemetry._program import output, path_of
from tocsin.telemetry._rows import CutOff

PROGRAM, PACKAGE = "nfdump", "nfdump"
SEPARATOR = "|"
# nfdump's own names of what is printed, in their order. Times as dates: 1.7.1 prints wrong fractions with ``ter``.
TAGS = ("ts", "te", "pr", "sa", "sp", "da", "dp", "flg", "ipkt", "ibyt", "opkt", "obyt", "exp", "ra")
_FORMAT = "fmt:" + SEPARATOR.join(f"%{tag}" for tag in TAGS)
_UTC = {"TZ": "UTC", "LC_ALL": "C"}
# What nfdump prints in the place of records.
NOTHING = b"No matching flows"
_MOST_EXPORTERS_BYTES = 1 << 20


@contextmanager
def flows(path: Path) -> Iterator[Iterator[bytes]]:
    """The records of a file as text, one a line, TAGS between bars.

    Raises Unreadable when nfdump is missing, or refuses the file; CutOff, at the end of the ``with``, when the file's
    end is missing.
    """
    command = [path_of(PROGRAM, PACKAGE), "-r", str(path), "-q", "-N", "-6", "-o", _FORMAT]
    with output(command, path.stat().st_size, _UTC) as (pieces, complaints):
        yield pieces
    if any("hort read" in line or "Unexpected end" in line for line in complaints):
        raise CutOff("its end is missing")
    if complaints:
        raise Unreadable(f"nfdump cannot read it: {complaints[0]}")


def sampling_rates(path: Path) -> Mapping[int, int]:
    """1 in how many packets each exporter looked at, by nfdump's number for it; exporters that do not say so are left
    out, and of several samplers of one the coarsest counts.
    """
    command = [path_of(PROGRAM, PACKAGE), "-E", str(path)]
    with output(command, path.stat().st_size, _UTC) as (pieces, _):
        text = b"".join(_bounded(pieces)).decode("utf-8", "replace")
    return parse_samplers(text)


def parse_samplers(text: str) -> Mapping[int, int]:
    """The rates in what ``nfdump -E`` prints.

    >>> parse_samplers("SysID: 4, IP: 192.0.2.1\\n Sampler: Generic Sampler: packet interval: 1, packet space: 9")
    {4: 10}
    """
    rates: dict[int, int] = {}
    exporter = None
    for line in text.splitlines():
        if found := re.search(r"SysID: (\d+)", line):
            exporter = int(found[1])
        elif exporter is not None and (found := re.search(r"interval:? +(\d+)", line)):
            taken = max(int(found[1]), 1)
            left = re.search(r"space:? +(\d+)", line)
            rate = (taken + int(left[1])) // taken if left else taken
            rates[exporter] = max(rate, rates.get(exporter, 1))
    return rates


def _bounded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    left = _MOST_EXPORTERS_BYTES
    for piece in pieces:
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return
