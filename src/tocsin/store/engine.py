"""The engines that run Ibis expressions: DuckDB in this process, or Spark. No other file knows them."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.dataset as ds
from ibis.util import gen_name

from tocsin.errors import WrongUse
from tocsin.records import Record, arrow_schema
from tocsin.store.place import Remote

# Both engines fuse selections themselves; doing it beforehand costs a fifth of the time that small tables take.
ibis.options.sql.fuse_selects = False

# Enough for a day of a mid-size operator; DuckDB spills to the temporary folder beyond it.
MEMORY_LIMIT = "2GB"
BATCH_ROWS = 1 << 17


@dataclass(frozen=True, slots=True)
class Engine:
    """An open engine, which is closed at the end of its ``with``.

    ``scan`` and ``load`` make tables of Parquet files and of rows in memory; ``stream`` computes a table piece by
    piece. Such tables belong to this engine; Ibis's own memtable belongs to none, so that what is kept of it would lie
    in another engine.
    """

    name: str
    backend: Any
    scan: Callable[[pa.Schema, Sequence[Path | Remote]], ir.Table]
    load: Callable[[pa.Table], ir.Table]
    stream: Callable[[ir.Table], Iterable[pa.RecordBatch]]
    _kept: list[Any] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()
        self.backend.disconnect()

    def table(self, record: type[Record], files: Sequence[Path | Remote]) -> ir.Table:
        """A lake table over its files; empty when there are none."""
        if not files:
            return self.memory(arrow_schema(record).empty_table())
        return self.scan(arrow_schema(record), files).select(arrow_schema(record).names)

    def memory(self, rows: pa.Table) -> ir.Table:
        """A table of rows that are in memory."""
        return self.load(rows)

    def keep(self, expression: ir.Table) -> ir.Table:
        """Compute a table once, for several readers, until ``release``.

        It has the types that it was asked for: Spark makes decimals of numbers that are written with a point.
        """
        cached = expression.cache()
        self._kept.append(cached)
        made = cached.schema()
        other = {n: kind for n, kind in expression.schema().items() if made[n].copy(nullable=kind.nullable) != kind}
        return cached.cast(other) if other else cached

    def release(self) -> None:
        """Drop the tables that were kept; no expression over them may be used any more."""
        while self._kept:
            self._kept.pop().release()

    def batches(self, expression: ir.Table) -> Iterator[pa.Table]:
        """Compute a table and fetch it piece by piece, for what may not fit in memory."""
        for batch in self.stream(expression):
            yield pa.Table.from_batches([batch])

    def rows(self, expression: ir.Table) -> pa.Table:
        """Compute a table and fetch it."""
        fetched: pa.Table = self.backend.to_pyarrow(expression)
        return fetched


def open_engine(name: str = "duckdb", temporary: Path | None = None) -> Engine:
    """Open ``duckdb`` or ``spark``. Raises WrongUse for another name, or when Spark is not installed."""
    if name == "duckdb":
        return _duckdb(temporary)
    if name == "spark":
        return _spark()
    raise WrongUse(f"no such engine: {name}: choose duckdb or spark")


def spark_path(file: Path | Remote) -> str:
    """A file of the lake as Spark reads it, by Hadoop's names of filesystems.

    >>> spark_path(Path("lake/flow/day=2026-01-05/one-0.parquet"))
    'lake/flow/day=2026-01-05/one-0.parquet'
    """
    return file.url if isinstance(file, Remote) else str(file)


def _duckdb(temporary: Path | None) -> Engine:
    settings: dict[str, Any] = {"memory_limit": MEMORY_LIMIT, "threads": os.cpu_count() or 1}
    if temporary is not None:
        settings["temp_directory"] = str(temporary)
    backend = ibis.duckdb.connect(**settings)

    def load(rows: pa.Table) -> ir.Table:
        table: ir.Table = backend.create_table(gen_name("rows"), rows, temp=True)
        return table

    def scan(schema: pa.Schema, files: Sequence[Path | Remote]) -> ir.Table:
        """DuckDB's own reader for files of this machine, which is the faster; PyArrow's for what lies elsewhere."""
        remote = [file for file in files if isinstance(file, Remote)]
        if not remote:
            local: ir.Table = backend.read_parquet([str(file) for file in files])
            return local
        name = gen_name("lake")
        paths = [file.path for file in remote]
        backend.con.register(name, ds.dataset(paths, schema, "parquet", remote[0].filesystem))
        found: ir.Table = backend.table(name)
        return found

    def stream(expression: ir.Table) -> Iterable[pa.RecordBatch]:
        """By DuckDB's own reader: Ibis calls it by a name that DuckDB is about to drop."""
        reader: Iterable[pa.RecordBatch] = backend.raw_sql(backend.compile(expression)).to_arrow_reader(BATCH_ROWS)
        return reader

    return Engine("duckdb", backend, scan, load, stream)


def _spark() -> Engine:
    """Spark with UTC sessions; where it runs is Spark's own configuration (``spark-submit``)."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  (an extra: not installed with the core)
    except ModuleNotFoundError:
        raise WrongUse("Spark is not installed: pip install 'tocsin[spark]', with Java 17 or 21") from None
    session = SparkSession.builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    backend = ibis.pyspark.connect(session)

    def table(frame: Any) -> ir.Table:
        name = gen_name("rows")
        frame.createTempView(name)
        found: ir.Table = backend.table(name)
        return found

    return Engine(
        "spark",
        backend,
        lambda _, files: table(session.read.parquet(*[spark_path(file) for file in files])),
        lambda rows: table(session.createDataFrame(rows)),
        lambda expression: backend.to_pyarrow_batches(expression, chunk_size=BATCH_ROWS),
    )
