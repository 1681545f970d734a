"""The annex: definitions from the measures' own docstrings, coverage by sensor and day, method, data that was read."""

from pathlib import PurePath

from tocsin.programme.report._facts import Facts
from tocsin.programme.report.shape import Annex, Definition, Figure, Table
from tocsin.units import units
from tocsin.wording import many, number

METHOD = (
    "Every figure is computed from rows of the ledger, and names them in the JSON of this report, though not to the "
    "public and members where these are cases. Whoever has the ledger can compute it again.",
    "A figure that cannot be known is null, with its reason; it is never estimated and never zero.",
    "Intervals are of 95\u202f%. Times are UTC. Addresses are broken by brackets, so that no program follows them.",
    "A device counts as infected when it shows an attacking behaviour. Responsible is the party that holds the most "
    "specific network with its address.",
    "Pictures are drawn from flows in the lake, thinned to what can be seen; the counts beside them are of all flows.",
    "The digest is the SHA-256 of this report's JSON in canonical form (RFC 8785), as 'sha256sum' gives it.",
)


def annex(facts: Facts, figures: list[Figure]) -> Annex:
    """What the figures rest on."""
    return Annex(
        definitions=[_definition(name) for name in dict.fromkeys(figure["name"] for figure in figures)],
        coverage=_coverage(facts),
        method=list(METHOD),
        data=[
            f"{PurePath(ingest.path).name}, read as {ingest.format}, sensor {ingest.sensor}: "
            f"{many(ingest.rows, 'row')}, {number(ingest.quarantined)} set aside. SHA-256 {ingest.digest}"
            for ingest in facts.ingests
        ],
    )


def _definition(name: str) -> Definition:
    summary, *paragraphs = units("tocsin.programme.measures")[name].documentation.split("\n\n")
    parts = []
    for paragraph in paragraphs:
        heading, _, text = " ".join(paragraph.split()).partition(": ")
        parts.append([heading, text])
    return Definition(name=name, title=summary.rstrip("."), paragraphs=parts)


def _coverage(facts: Facts) -> Table:
    rows = [
        [
            f"{covered.day.isoformat()}",
            covered.sensor,
            covered.network,
            f"{covered.first:%H:%M} to {covered.last:%H:%M}",
            covered.telemetry,
            number(covered.rows),
            "every packet" if covered.sampling == 1 else f"1 in {number(covered.sampling)}",
        ]
        for covered in sorted(facts.coverage, key=lambda row: (row.day, row.sensor, row.network, row.telemetry))
    ]
    return Table(
        title="What was watched, by day and sensor; what has no row was not watched",
        columns=["Day", "Sensor", "Network", "Time, UTC", "Telemetry", "Rows", "Sampling"],
        numeric=["Rows"],
        rows=rows,
    )
