"""Show what each sensor has watched: networks, tables, days, at which sampling, and where it has gaps.

A gap is at least one whole hour without a row between hours with rows. Days and hours are known where a network is
known to be watched: name them with 'tocsin ingest --networks', or enter parties that hold them.
"""

from typing import Annotated

import typer

from tocsin.access import shown
from tocsin.cli._output import fact, json_line
from tocsin.cli._session import session
from tocsin.records import Coverage, Ingest
from tocsin.store.ledger import read
from tocsin.telemetry import Sensor, sensors
from tocsin.wording import duration, many, moment, number, span

# As many as fit a screen; --json has all.
GAPS_SHOWN = 10


def run(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout, one a sensor.")] = False,
) -> None:
    with session(context) as (workspace, ledger), ledger.look() as connection:
        known = sensors(shown(workspace, read(connection, Ingest)), shown(workspace, read(connection, Coverage)))
    for sensor in known:
        if as_json:
            json_line(sensor)
        else:
            _tell(sensor)
    if not known and not as_json:
        fact("no sensor yet: read telemetry with 'tocsin ingest PATH'")


def _tell(sensor: Sensor) -> None:
    when = f", {span(sensor.first, sensor.last)}" if sensor.first and sensor.last else ""
    sampled = f", 1 in {number(sensor.sampling)} packets" if sensor.sampling and sensor.sampling > 1 else ""
    fact(f"{sensor.sensor}: {many(sensor.rows, 'row')} of {many(sensor.files, 'file')}{when}{sampled}")
    if not sensor.networks:
        fact("    no network is known to be watched: name them with 'tocsin ingest --networks'")
        return
    fact(f"    networks: {', '.join(sensor.networks)}")
    for telemetry in sorted({day.telemetry for day in sensor.days}):
        days = [day for day in sensor.days if day.telemetry == telemetry]
        fact(f"    {telemetry}: {many(sum(day.rows for day in days), 'row')} on {many(len(days), 'day')}")
    for gap in sensor.gaps[:GAPS_SHOWN]:
        fact(f"    no rows between {moment(gap.start)} and {moment(gap.end)}: {duration(gap.end - gap.start)}")
    if len(sensor.gaps) > GAPS_SHOWN:
        fact(f"    and {many(len(sensor.gaps) - GAPS_SHOWN, 'more gap', 'more gaps')}: --json shows all")
