"""The tables that detectors see, put together from those of the lake.

What was still open when it was looked at lies apart in the lake: it is seen once, as it was at the latest look, and no
more once its end is known. Handshakes that only name their certificate get from ``certificate`` what it says.
"""

from collections.abc import Iterable
from pathlib import Path

import ibis
import ibis.expr.types as ir

from tocsin.records import OPEN_TABLES, SEEN_TABLES, Certificate, LakeFile, table_name
from tocsin.store.engine import Engine
from tocsin.store.lake import located

TABLES = {table_name(record): record for record in SEEN_TABLES}
CERTIFICATE = table_name(Certificate)

# Each table of what is open, with the table that detectors see it in.
_OPEN = {table_name(unended): table_name(record) for record, unended in OPEN_TABLES.items()}
RECORDS = {table_name(record): record for record in (*SEEN_TABLES, *OPEN_TABLES.values(), Certificate)}

# A connection is one by its uid; in it, handshakes and requests are told apart by their time.
_NAMED_BY = {"flow": ("sensor", "uid"), "tls": ("sensor", "uid", "time"), "http": ("sensor", "uid", "time")}
# Where a source gives no uid, and for requests of one moment.
_SAME = {"flow": (), "tls": (), "http": ("path",)}
_ENDS = ("initiator", "initiator_port", "responder", "responder_port")
# What only grows from look to look, or is known only later.
_LATER = {
    "flow": ("duration_us", "initiator_packets", "responder_packets"),
    "tls": ("version", "certificate_id", "server_name"),
    "http": ("status", "response_bytes", "request_bytes"),
}


def seen(files: Iterable[LakeFile]) -> list[str]:
    """The tables that detectors see in some files of the lake."""
    return sorted({_OPEN.get(file.telemetry, file.telemetry) for file in files} & TABLES.keys())


def lake_tables(engine: Engine, root: Path | str, files: Iterable[LakeFile]) -> dict[str, ir.Table]:
    """Every table that detectors may read, over files of the lake; empty where there are none."""
    paths: dict[str, list[str]] = {name: [] for name in RECORDS}
    for file in files:
        paths[file.telemetry].append(file.path)
    tables = {name: engine.table(record, located(root, paths[name])) for name, record in RECORDS.items()}
    for unended, name in _OPEN.items():
        if paths[unended]:
            still_open = engine.keep(latest_open(name, tables[unended], tables[name]))
            # Ibis does not unite an empty table in memory with one of files: their columns differ in being nullable.
            tables[name] = tables[name].union(still_open) if paths[name] else still_open
    if paths[CERTIFICATE] and (paths["tls"] or paths["open_tls"]):
        tables["tls"] = explained(tables["tls"], engine.keep(each_once(tables[CERTIFICATE])))
    return {name: tables[name] for name in TABLES}


def latest_open(name: str, looks: ir.Table, ended: ir.Table) -> ir.Table:
    """Of the table ``name``: each exchange once, as at the latest look, without those that are among the ended."""
    keys = _NAMED_BY[name]
    same = [looks[column] for column in (*keys, *_ENDS, *_SAME[name])]
    later = [ibis.desc(looks[column], nulls_first=False) for column in _LATER[name]]
    ranked = looks.mutate(look=ibis.row_number().over(ibis.window(group_by=same, order_by=later)))
    latest = ranked.filter(ranked.look == 0).drop("look")
    # The ended are many, the open few: only those of both are carried into the second join.
    known = ended.semi_join(looks, keys).select(*keys).distinct()
    return latest.anti_join(known, keys)


def each_once(certificates: ir.Table) -> ir.Table:
    """What is known of each certificate that a sensor names."""
    named = certificates.filter(certificates.certificate_id.notnull())
    return named.group_by(by=named.sensor, name=named.certificate_id).agg(
        sha256=named.sha256.max(), subject=named.subject.max(), issuer=named.issuer.max()
    )


def explained(tls: ir.Table, known: ir.Table) -> ir.Table:
    """Handshakes with what is known of their certificates, where they do not say it themselves."""
    joined = tls.left_join(known, [tls.sensor == known.by, tls.certificate_id == known.name])
    return joined.mutate(
        certificate_sha256=ibis.coalesce(joined.certificate_sha256, joined.sha256),
        certificate_subject=ibis.coalesce(joined.certificate_subject, joined.subject),
        certificate_issuer=ibis.coalesce(joined.certificate_issuer, joined.issuer),
    ).select(tls.columns)
