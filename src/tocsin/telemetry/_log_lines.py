"""Lines of a program's log: a time, then a message. Some messages are rows, others the program's own affairs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._blocks import Lines, blocks, joined
from tocsin.telemetry._columns import Field, converted
from tocsin.telemetry._rows import Reject, rejected
from tocsin.telemetry._stamps import STAMP
from tocsin.telemetry._values import INTEGER, TEXT, Values, text

# Where a row's line stands among the lines of its block.
PLACE = Field("place", "place", text, "a number", INTEGER)
_STAMPED = re.compile(rf"^{STAMP}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Messages:
    """What is a row in a log.

    ``forms`` are expressions with named groups, in RE2's language; the first that matches a line gives its values.
    ``mark`` matches what no other message has in it: a line with the mark and no form is broken. ``what`` says what
    a row is.
    """

    forms: Sequence[str]
    mark: str
    what: str


def known_by(head: bytes, form: str) -> bool:
    """Whether one of the first lines has this form. RE2 takes no longer for a line that was made to take long."""
    lines = pa.array([_text(line.removesuffix(b"\r")) for line in head.split(b"\n")], TEXT)
    return bool(pc.any(pc.match_substring_regex(lines, f"^(?:{form})")).as_py())


def read_messages(
    content: Iterable[bytes], messages: Messages, fields: Sequence[Field]
) -> Iterator[tuple[Lines, pa.Table] | Reject]:
    """Rows with the columns that ``fields`` give, with their lines, and the lines that are wrong.

    A row's line is the one at its ``place``. Other messages are left out. A line that does not
    begin with a time is no message, so it is wrong.
    """
    names = list(dict.fromkeys(field.name for field in fields))
    mark = re.compile(messages.mark)
    for block in blocks(content):
        if isinstance(block, Reject):
            yield block
            continue
        numbered = [(number, line) for number, line in block.numbered() if line]
        found = _found(pa.array([_text(line) for _, line in numbered], TEXT), messages.forms)
        is_row = found.is_valid().to_pylist()
        for (number, line), ok in zip(numbered, is_row, strict=True):
            if not ok and (flaw := _flaw(_text(line), mark, messages.what)):
                yield rejected(number, flaw, line)
        lines = joined([pair for pair, ok in zip(numbered, is_row, strict=True) if ok])
        for good in converted(lines, _table(found.drop_null(), names), (*fields, PLACE)):
            yield good if isinstance(good, Reject) else (lines, good)


def _found(texts: Values, forms: Sequence[str]) -> Values:
    """The values of the first form that matches each text: a struct, null where none matches."""
    names = list(dict.fromkeys(name for form in forms for name in re.findall(r"\(\?P<(\w+)>", form)))
    matches = [pc.extract_regex(texts, form) for form in forms]
    columns = [
        pc.coalesce(
            *(pc.struct_field(match, name) for match in matches if name in _names(match)), pa.scalar(None, TEXT)
        )
        for name in names
    ]
    found: Values = pa.StructArray.from_arrays(columns, names, mask=_all_null(matches))
    return found


def _all_null(matches: Sequence[Values]) -> Values:
    none = pc.is_null(matches[0])
    for match in matches[1:]:
        none = pc.and_(none, pc.is_null(match))
    return none


def _names(match: Values) -> list[str]:
    return [field.name for field in match.type]


def _table(found: Values, names: Sequence[str]) -> pa.Table:
    columns = {name: pc.struct_field(found, name) for name in names}
    return pa.table({**columns, "place": pa.array(range(len(found)), INTEGER)})


def _flaw(line: str, mark: re.Pattern[str], what: str) -> str | None:
    if not _STAMPED.match(line):
        return "it does not begin with a time, as the log has to have it"
    return f"not {what}" if mark.search(line) else None


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace")
