"""Rows of many small ingests go into one file for each table and day: a file costs far more than a thousand rows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa

from tocsin.records import LakeFile, LakeShare, LedgerRecord, Record, arrow_schema, record_id, table_name
from tocsin.store.exchange import INGEST
from tocsin.store.lake import LakeWriter, day_folder
from tocsin.store.part import Part, begin, settle
from tocsin.store.place import Place, writing

NOTHING_KEPT = "nothing of these files was kept"

# Rows of a table and day, and the ingest that they came by.
Shares = Mapping[str, pa.Table]


def finish_together(writers: Sequence[LakeWriter], party: str, marking: str, source: str) -> list[LedgerRecord]:
    """Finish writers of one lake as ``LakeWriter.finish`` does; returns the rows of the ledger that make all count.

    Those that have no file yet share one for each table and day, in which each row has the id of its ingest, so that
    one can be taken back without the others. Call it in the transaction that lists them. Raises TocsinError when the
    lake cannot be written; then none has left anything.
    """
    small = [writer for writer in writers if writer.is_small]
    alone = [writer for writer in writers if not writer.is_small or len(small) == 1]
    listed: list[LedgerRecord] = [file for writer in alone for file in writer.finish(party, marking, source)]
    if len(small) > 1:
        own = {"party": party, "marking": marking, "source": source}
        listed += _shared(small[0].place, small, own)
    return listed


def _shared(where: Place, writers: Sequence[LakeWriter], own: Mapping[str, str]) -> list[LedgerRecord]:
    groups: defaultdict[tuple[type[Record], date], dict[str, pa.Table]] = defaultdict(dict)
    for writer in writers:
        for key, tables in writer.held.items():
            groups[key][writer.ingest] = pa.concat_tables(tables)
    name = record_id("together", *(writer.ingest for writer in writers))
    done: list[tuple[Part, tuple[type[Record], date], Shares]] = []
    try:
        with writing(where, NOTHING_KEPT):
            for (record, day), shares in groups.items():
                done.append((_written(where, record, day, name, shares), (record, day), shares))
            settle(part for part, _, _ in done)
    except BaseException:
        for part, _, _ in done:
            part.abandon()
        raise
    return [row for part, key, shares in done for row in _listed(part, name, key, shares, own)]


def _written(where: Place, record: type[Record], day: date, name: str, shares: Shares) -> Part:
    rows = [table.append_column(INGEST, pa.repeat(ingest, table.num_rows)) for ingest, table in shares.items()]
    together = pa.concat_tables(rows).combine_chunks()
    schema = arrow_schema(record).append(pa.field(INGEST, pa.string()))
    part = begin(where, day_folder(table_name(record), day), name, schema)
    try:
        part.write(together.cast(schema))
        part.close()
    except BaseException:
        part.abandon()
        raise
    return part


def _listed(
    part: Part, name: str, key: tuple[type[Record], date], shares: Shares, own: Mapping[str, str]
) -> list[LedgerRecord]:
    record, day = key
    file = LakeFile(
        **own,
        path=part.path,
        ingest=name,
        telemetry=table_name(record),
        day=day,
        rows=part.rows,
        bytes=part.size(),
    )
    return [file, *(LakeShare(**own, path=part.path, ingest=ingest, rows=t.num_rows) for ingest, t in shares.items())]
