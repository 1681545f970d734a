"""Records of one layout are decoded at once, whichever packets they came in."""

from tests.telemetry.exporter import FIELDS, SECOND, body, record
from tocsin.telemetry._netflow.groups import Group, decoded
from tocsin.telemetry._netflow.layouts import layout
from tocsin.telemetry._netflow.sampling import Exporter
from tocsin.telemetry._netflow.templates import Field, Template
from tocsin.telemetry._uniflow import UNKNOWN


def test_each_record_has_the_header_of_its_packet() -> None:
    group = Group(layout(Template(tuple(Field(0, *field) for field in FIELDS))))
    quiet, sampled = Exporter(), Exporter(default=100)
    for count, packet, rate, number, exporter in (
        (2, 5, UNKNOWN, 0, quiet),
        (1, 6, 7, 0, quiet),
        (1, 9, UNKNOWN, 1, sampled),
    ):
        group.add(body([record()] * count), (count, packet, SECOND * 1_000_000, UNKNOWN, rate, number), exporter)
    rows = decoded(group)
    assert rows["line"].tolist() == [5, 5, 6, 9]
    assert rows["sampling"].tolist() == [UNKNOWN, UNKNOWN, 7, 100]
    assert rows["exporter"].tolist() == [0, 0, 0, 1]
    assert rows["start"].tolist() == [SECOND * 1_000_000] * 4
