"""What to do when the end of a file is missing: give what is still held back, and only then say so."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from tocsin.telemetry._rows import CutOff

T = TypeVar("T")


def until_cut(items: Iterable[T], cuts: list[CutOff]) -> Iterator[T]:
    """The items that are there; when CutOff rises after them, it is laid aside in ``cuts``."""
    try:
        yield from items
    except CutOff as cut:
        cuts.append(cut)


def say_cut(cuts: list[CutOff]) -> None:
    """Raise the CutOff that was laid aside, if there is one."""
    for cut in cuts:
        raise cut
