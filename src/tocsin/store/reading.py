"""Reading files of the lake row by row and by their footers, where no engine is needed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time
from typing import cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tocsin.errors import TocsinError
from tocsin.records import LakeFile
from tocsin.store.place import Place, answering

# One boolean a row.
Mask = npt.NDArray[np.bool_]
# Rows in memory at a time.
ROWS_READ = 1 << 18


class Vanished(TocsinError):
    """A file is not there: another process has put others in its place meanwhile, or it was lost."""


@contextmanager
def opened(place: Place, file: LakeFile) -> Iterator[pq.ParquetFile]:
    """A file of the lake, open.

    Raises Vanished when it is not there, another TocsinError when it is no Parquet or the lake does not answer.
    """
    try:
        with answering(place), pq.ParquetFile(place.path(file.path), filesystem=place.filesystem) as parquet:
            yield parquet
    except FileNotFoundError:
        raise Vanished(f"missing in the lake: {place.shown}/{file.path}: see 'tocsin doctor'") from None
    except pa.ArrowInvalid as error:
        raise TocsinError(f"cannot be read: {place.shown}/{file.path}: {error}: see 'tocsin doctor'") from None


def tables(parquet: pq.ParquetFile, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The rows of a file, some at a time; those of ``columns`` that it has, or all."""
    chosen = None if columns is None else [name for name in parquet.schema_arrow.names if name in columns]
    for batch in parquet.iter_batches(batch_size=ROWS_READ, columns=chosen):
        yield pa.Table.from_batches([batch])


def first_time(place: Place, file: LakeFile) -> datetime:
    """Time of the first row of a file, by its footer; the start of its day where the footer does not say."""
    with opened(place, file) as parquet:
        column = parquet.schema_arrow.names.index("time")
        groups = [parquet.metadata.row_group(n).column(column).statistics for n in range(parquet.num_row_groups)]
    known = [cast("datetime", group.min) for group in groups if group and group.has_min_max]
    return min(known, default=datetime.combine(file.day, time.min))


def equal(rows: pa.Table, column: str, value: str) -> Mask:
    """Which rows have a text in a column; null is none."""
    return np.asarray(pc.fill_null(pc.equal(rows[column], pa.scalar(value)), pa.scalar(False)), bool)


def among(rows: pa.Table, column: str, values: Iterable[str]) -> Mask:
    """Which rows have one of several texts in a column; null is none of them."""
    return np.asarray(pc.is_in(rows[column], pa.array(list(values), pa.string())), bool)
