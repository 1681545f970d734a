"""One Parquet file in the making.

In a folder it has a name of its own until it is whole, and then, in one step, the name that it is to have. An object
store shows a file only when it is whole and can rename none, so there it has its final name from the start: one that
no other attempt has.
"""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.store.place import Place

PARTIAL = ".partial"
ENDING = ".parquet"


@dataclass(slots=True)
class Part:
    """A file that is being written: ``path`` is what the manifest will call it, ``partial`` what it is called now."""

    place: Place
    path: str
    partial: str
    writer: pq.ParquetWriter
    rows: int = 0

    def write(self, rows: pa.Table, row_group: int | None = None) -> None:
        """Append rows, ``row_group`` of them in each row group."""
        self.writer.write_table(rows, row_group_size=row_group)
        self.rows += rows.num_rows

    def close(self) -> None:
        """End the file and have the disk hold it; it does not count yet."""
        self.writer.close()
        if self.place.local:
            _sync(self.place.path(self.partial))

    def size(self) -> int:
        """Bytes of the file once it is settled."""
        return int(self.place.filesystem.get_file_info(self.place.path(self.path)).size)

    def abandon(self) -> None:
        """Remove what is there of a file that will not count; a full disk may refuse to have it closed."""
        with suppress(OSError):
            self.writer.close()
        with suppress(OSError):
            self.place.filesystem.delete_file(self.place.path(self.partial))


def begin(place: Place, folder: str, name: str, schema: pa.Schema) -> Part:
    """Begin a file in a folder below the lake's root. ``name`` has no ending, and gets a suffix on an object store.

    Raises OSError when the lake cannot be written.
    """
    if place.local:
        path = f"{folder}/{name}{ENDING}"
        partial = f"{path}.{secrets.token_hex(4)}{PARTIAL}"
        Path(place.path(folder)).mkdir(parents=True, exist_ok=True)
    else:
        path = partial = f"{folder}/{name}-{secrets.token_hex(4)}{ENDING}"
    try:
        writer = pq.ParquetWriter(place.path(partial), schema, filesystem=place.filesystem, compression="zstd")
    except OSError:
        # A full disk may have room for a name and none for the first bytes.
        with suppress(OSError):
            place.filesystem.delete_file(place.path(partial))
        raise
    return Part(place, path, partial, writer)


def settle(parts: Iterable[Part]) -> None:
    """Give closed files their names, and have the disk hold the folders that they are in.

    Call it in the transaction that lists them: a name may be that of a file which another process listed meanwhile.
    """
    local = [part for part in parts if part.place.local]
    for part in local:
        Path(part.place.path(part.partial)).replace(part.place.path(part.path))
    days = {PurePosixPath(part.place.path(part.path)).parent for part in local}
    for folder in days | {day.parent for day in days} | {day.parent.parent for day in days}:
        _sync(str(folder))


def _sync(path: str) -> None:
    """Have the disk hold a file or folder before the ledger says that it is there."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
