"""Names are told apart by who registered them, and by how machine-made they look."""

import shutil
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from publicsuffixlist import PublicSuffixList

from tests.detect.flows import Row
from tests.detect.questions import asked, each, generated
from tocsin.detect import dga, dns_tunnel
from tocsin.detect._inputs import Inputs
from tocsin.detect._name_model import model, runs, sums, usual_per_mille
from tocsin.detect._names import Registered, looks, registered
from tocsin.detect._places import places
from tocsin.parties.directory import Directory
from tocsin.parties.lookup import prefix_table
from tocsin.records import Dns, Network, arrow_schema
from tocsin.store.engine import Engine, open_engine

NAMES = [
    *("example.com", "www.example.com", "a.b.c.example.co.uk", "example.co.uk", "co.uk", "com", "x.ck", "a.x.ck"),
    *("www.ck", "a.www.ck", "city.kawasaki.jp", "a.city.kawasaki.jp", "b.a.kawasaki.jp", "kawasaki.jp"),
    *("a.b.s3.amazonaws.com", "bucket.s3.eu-west-1.amazonaws.com", "amazonaws.com", "d1.cloudfront.net", "x.se"),
    *("a.x.se", "домен.рф", "a.xn--d1acufc.xn--p1ai", "个人.香港", "a.个人.香港", "no.such.root", "localhost"),
    *("", ".", "..", "a..com", ".com", "com.", "a" * 300 + ".com", "a." * 200 + "net", "_dmarc.example.org"),
]


@pytest.mark.parametrize("name", NAMES)
def test_the_short_way_says_what_the_list_says(name: str) -> None:
    found = registered(name)
    assert (found.domain if found else None) == PublicSuffixList(accept_unknown=False).privatesuffix(name)


def test_who_registered_it() -> None:
    assert registered("a.b.example.co.uk") == Registered("example.co.uk", "co.uk", False)
    assert registered("a.customer.ddns.net") == Registered("customer.ddns.net", "ddns.net", True)
    assert registered("a.abcdef.bazar") == Registered("abcdef.bazar", "bazar", False)


@pytest.mark.parametrize("name", ["1.2.0.192.in-addr.arpa", "resolver.arpa", "printer.local", "host.corp", "bazar"])
def test_some_names_belong_to_nobody(name: str) -> None:
    assert registered(name) is None


def test_machine_made_looks_are_rare_among_popular_names() -> None:
    labels = ["wikipedia", "weather-forecast", "krankenversicherung", "googlevideo"]
    assert (usual_per_mille(labels) > 300).all()
    assert (usual_per_mille([name.partition(".")[0] for name in generated(50)]) <= 5).all()


def test_what_cannot_be_told_is_usual() -> None:
    assert looks(["qxzk", "xn--qxzkvbjw", "", "qxzkvbjwqxzk"]).tolist()[:3] == [1000, 1000, 1000]
    assert looks(["qxzkvbjwqxzk"])[0] < 5
    assert looks([]).tolist() == []


def test_looks_do_not_depend_on_the_company() -> None:
    labels = [name.partition(".")[0] for name in generated(9000)]
    together = usual_per_mille(labels)
    assert together[[0, 4095, 4096, 8999]].tolist() == [usual_per_mille([labels[n]])[0] for n in (0, 4095, 4096, 8999)]


def test_sums_are_those_of_the_runs() -> None:
    labels, weights = ["tocsin", "é1-_", "a"], model().weights
    rows, buckets = runs(labels)
    counted = [int(weights[buckets[rows == row]].astype(np.int64).sum()) for row in range(3)]
    assert sums(weights, labels).tolist() == counted


def test_the_table_holds_what_local_hosts_asked_for(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    rows: list[Row] = [
        asked(1, "a.bc.example.co.uk"),
        asked(2, "a.bc.example.co.uk"),
        asked(3, "4.3.2.1.zen.example.org"),
        asked(4, "localhost"),
        asked(5, "elsewhere.example", initiator="203.0.113.9"),
        asked(6, "qxzkvbjwqxzk.t.example.net"),
    ]
    found = engine.rows(inputs([], dns=rows).table("name").order_by("name")).to_pylist()
    assert [(row["name"], row["domain"], row["inner_length"], row["about_address"]) for row in found] == [
        ("4.3.2.1.zen.example.org", "example.org", 11, True),
        ("a.bc.example.co.uk", "example.co.uk", 4, False),
        ("qxzkvbjwqxzk.t.example.net", "example.net", 14, False),
    ]
    assert found[1]["label_length"] == 7
    assert found[2]["inner_usual_per_mille"] < 5 < found[1]["inner_usual_per_mille"]


def test_no_questions_are_an_empty_table(engine: Engine, inputs: Callable[..., Inputs]) -> None:
    assert engine.rows(inputs([]).table("name")).num_rows == 0


def found_on(engine: str, rows: list[Row]) -> list[list[Row]]:
    """What both detectors of names find on an engine."""
    ours = Network(
        holder="example",
        prefix="192.0.2.0/24",
        asn=None,
        since=date(2026, 1, 1),
        until=None,
        party="example",
        marking="TLP:CLEAR",
        source="test",
    )
    with open_engine(engine) as opened:
        dns = opened.memory(pa.Table.from_pylist(rows, schema=arrow_schema(Dns)))
        place = places(opened, Directory((ours,), prefix_table([ours.prefix])), [dns])
        given = Inputs(opened, {"dns": dns, "place": place})
        found = [opened.rows(given.call(detector.detect)).to_pylist() for detector in (dga, dns_tunnel)]
    return [sorted(rows, key=lambda row: (row["host"], row["name"])) for rows in found]


# PySpark leaves the sockets that rows come through to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.skipif(shutil.which("java") is None, reason="java")
def test_spark_finds_the_same() -> None:
    texts = ((place, f"{place:018x}.t.example.com", f"TXT {place}") for place in range(40))
    tunnel = [asked(place, name, query_type="TXT", answers=[text]) for place, name, text in texts]
    unknown: dict[str, Any] = {"response_code": None, "query_type": None, "responder": None, "responder_port": None}
    rows = [*each(generated(40, ("com", "net"))), *tunnel, asked(9000, "www.example.org", **unknown)]
    by_duckdb, by_spark = found_on("duckdb", rows), found_on("spark", rows)
    assert [len(found) for found in by_duckdb] == [20, 1]
    for mine, theirs in zip(by_duckdb, by_spark, strict=True):
        for one, other in zip(mine, theirs, strict=True):
            assert {key: value for key, value in one.items() if value != other[key]}.keys() <= {"minutes"}
            assert one["minutes"] == pytest.approx(other["minutes"], rel=1e-9)
