"""The text of RADIUS accounting: a time, then one attribute a line, then an empty line."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.telemetry._blocks import numbered_lines
from tocsin.telemetry._cut import say_cut, until_cut
from tocsin.telemetry._rows import CutOff, Reject, rejected

_HEADER = re.compile(rb"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}")
_ATTRIBUTE = re.compile(rb"\s+([A-Za-z0-9-]+)(?::\d+)? [:+]?= (.*)")
_STATUS = re.compile(rb"^\s+Acct-Status-Type = ", re.MULTILINE)
_EVENT = re.compile(r'"?([A-Z][a-z]{2}) ([ \d]\d) (\d{4}) (\d\d:\d\d:\d\d) (UTC|GMT)"?')
_ESCAPED = re.compile(r"\\([0-7]{3}|.)")
# A record has some dozens of attributes; only a damaged file has one that does not end.
MOST_LINES = 2000

NO_RECORD = "it stands in no record"
NO_ATTRIBUTE = "it is no attribute"


@dataclass(slots=True)
class Accounting:
    """One record: where it begins, and the first value of each attribute."""

    line: int
    begins: bytes
    flaw: str | None = None
    lines: int = 0
    attributes: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A value without its quotes; empty where there is none."""
        value = self.attributes.get(name, "")
        if len(value) < 2 or value[0] not in "\"'" or value[0] != value[-1]:
            return value
        return _ESCAPED.sub(lambda found: _plain(found[1]), value[1:-1])

    def number(self, name: str) -> int | None:
        """A whole number; None where there is none."""
        value = self.text(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 13 else None

    def time(self) -> int | None:
        """When it happened, in seconds: as the event says with its zone, else when it came less its delay."""
        if event := _EVENT.fullmatch(self.attributes.get("Event-Timestamp", "")):
            month, day, year, clock, _ = event.groups()
            try:
                return int(datetime.strptime(f"{year} {month} {day} {clock} +0000", "%Y %b %d %H:%M:%S %z").timestamp())
            except ValueError:
                return None
        came = self.number("Event-Timestamp")
        if came is not None:
            return came
        came = self.number("Timestamp")
        return None if came is None else max(0, came - (self.number("Acct-Delay-Time") or 0))


def is_accounting(head: bytes) -> bool:
    """Whether there is a record's time and, below it, what kind of accounting it is."""
    return _STATUS.search(head) is not None and any(_HEADER.fullmatch(line.rstrip()) for line in head.split(b"\n"))


def records(content: Iterable[bytes]) -> Iterator[Accounting | Reject]:
    """Records one by one, and lines that stand in none. Raises CutOff as ``content`` does, after the last."""
    opened: Accounting | None = None
    cuts: list[CutOff] = []
    for number, line in numbered_lines(until_cut(content, cuts)):
        if isinstance(line, Reject):
            yield line
        elif (begins := _HEADER.fullmatch(line.rstrip())) or not line.strip():
            if opened:
                yield opened
            opened = Accounting(number, line) if begins else None
        elif opened is None or opened.lines > MOST_LINES:
            yield rejected(number, NO_RECORD, line)
        else:
            _take(opened, line)
    if opened:
        yield opened
    say_cut(cuts)


def _take(record: Accounting, line: bytes) -> None:
    """An attribute that cannot be read spoils its record, for it may be the one that matters."""
    record.lines += 1
    if attribute := _ATTRIBUTE.fullmatch(line):
        record.attributes.setdefault(attribute[1].decode(), attribute[2].decode("utf-8", "backslashreplace").strip())
    else:
        record.flaw = NO_ATTRIBUTE


def _plain(escaped: str) -> str:
    if len(escaped) == 3:
        return chr(int(escaped, 8))
    return {"n": "\n", "r": "\r", "t": "\t"}.get(escaped, escaped)
