"""What a look at a day rests on, as a digest: while that stays the same, looking again would find the same."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from tocsin import __version__
from tocsin.detect._inputs import SUMMARIES, needed
from tocsin.records import LakeFile
from tocsin.units import units

DETECTORS = "tocsin.detect"
FOLDER = Path(__file__).parent


def basis(
    name: str, inputs: Iterable[str], files: Sequence[LakeFile], local: Iterable[str], more: Mapping[str, str]
) -> str:
    """Digest of what the detector or summary ``name`` rests on.

    ``inputs`` are the tables that it names, ``files`` all files of the day, for any of them may say which addresses
    there are, ``local`` the local networks. ``more`` has for other inputs, such as ``history``, what they rest on.
    """
    read = needed(inputs)
    parts = [
        __version__,
        _code(name, tuple(sorted(read & units(SUMMARIES).keys()))),
        *sorted(f"{file.telemetry} {file.path} {file.rows}" for file in files),
        *sorted(local),
        *(f"{input_} {more[input_]}" for input_ in sorted(read & more.keys())),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _code(name: str, summaries: tuple[str, ...]) -> str:
    """Digest of the text of a detector, of its summaries and of what all detectors share; thresholds are in it."""
    own = [units(DETECTORS)[name].file] if name in units(DETECTORS) else []
    shared = sorted([*FOLDER.glob("_*.py"), *FOLDER.glob("_*/*.py")])
    used = [units(SUMMARIES)[summary].file for summary in (*summaries, name) if summary in units(SUMMARIES)]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in (*own, *shared, *used))).hexdigest()
