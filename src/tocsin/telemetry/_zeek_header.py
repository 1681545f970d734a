"""Which header lines hold in the middle of a Zeek log, so that one that grows can be read in parts."""

import re
from collections.abc import Iterator

_WORD = re.compile(rb"#(separator|set_separator|empty_field|unset_field|path|fields)(?![a-z_])")


def header(above: bytes, lines: bytes) -> bytes:
    """The header lines that hold below ``lines``, when ``above`` held before. JSON has none.

    >>> header(b"#path\\tconn\\n#fields\\tts\\n", b"1.0\\n#close\\t2026\\n#fields\\tts\\tuid\\n1.0\\tC1\\n")
    b'#path\\tconn\\n#fields\\tts\\tuid\\n'
    """
    if not (lines.startswith(b"#") or b"\n#" in lines):
        return above
    held: dict[bytes, bytes] = {}
    for line in _header_lines(above + lines):
        if word := _WORD.match(line):
            if word[1] == b"separator":
                held.clear()
            held[word[1]] = line
    return b"".join(line + b"\n" for line in held.values())


def _header_lines(data: bytes) -> Iterator[bytes]:
    """Lines that begin with ``#``; the many rows between them are passed over at once."""
    at = 0 if data.startswith(b"#") else data.find(b"\n#") + 1
    while True:
        end = data.find(b"\n", at)
        yield data[at : end if end >= 0 else None]
        at = data.find(b"\n#", end) + 1 if end >= 0 else 0
        if not at:
            return
