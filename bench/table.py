"""Tables for the terminal."""

from collections.abc import Sequence


def table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Columns of one width each, the first to the left, the others to the right.

    >>> print(table(("name", "n"), [("one", "1"), ("a hundred", "100")]))
    name         n
    one          1
    a hundred  100
    """
    every = [tuple(header), *map(tuple, lines)]
    widths = [max(len(line[column]) for line in every) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in every
    )
