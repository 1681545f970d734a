import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.formats.infected import CASE, FINDINGS
from tests.programme.report.traffic import ATTACKED, ATTACKED_V6, CONTROL, HOST
from tocsin.errors import WrongUse
from tocsin.programme import measure
from tocsin.programme.report import build_document, digest, write_json
from tocsin.programme.report.shape import Document
from tocsin.records import Case, Finding, Measure, Subject, SubscriberCount
from tocsin.store.ledger import Ledger, put, read
from tocsin.wording import defanged
from tocsin.workspace import Workspace

Build = Callable[..., Document]


def texts(part: object) -> Iterator[str]:
    """Every text in a part of a document."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from texts(value)


def test_the_first_report_says_honestly_that_nothing_can_be_said(document: Document) -> None:
    assert document["answer"]["sentence"] == "It cannot be said yet."
    assert "no earlier window and no comparison group" in document["answer"]["reason"]


def test_a_figure_has_a_value_or_says_why_not(document: Document) -> None:
    assert document["figures"]
    for figure in document["figures"]:
        assert (figure["value"] is None) == bool(figure["missing"])
        if figure["value"] is None:
            assert figure["text"].startswith("Not known")


def test_every_figure_has_its_definition_in_the_annex(document: Document) -> None:
    defined = {definition["name"] for definition in document["annex"]["definitions"]}
    assert {figure["definition"] for figure in document["figures"]} == defined


def test_the_digest_is_that_of_the_json(document: Document) -> None:
    content = write_json(document)
    assert digest(document) == hashlib.sha256(content).hexdigest()
    assert json.loads(content) == document


def test_building_twice_gives_the_same_bytes(built: Build) -> None:
    assert write_json(built()) == write_json(built())


def test_the_edition_is_named_or_bears_its_day(built: Build) -> None:
    assert built()["edition"] == "2018-12-22"
    assert built(edition="first")["edition"] == "first"


def test_a_report_of_an_earlier_moment_knows_only_what_was_known_then(built: Build) -> None:
    before = built(as_of=datetime(2018, 12, 21, 12, tzinfo=UTC))
    assert before["cases"] == [] and before["figures"] == []
    assert before["as_of_text"] == "21 December 2018, 12:00 UTC"


def test_no_whole_address_stands_in_what_is_shown(document: Document) -> None:
    for text in texts({name: part for name, part in document.items() if name != "figures"}):
        assert text == defanged(text)


@pytest.mark.parametrize("audience", ["public", "members"])
def test_the_public_sees_no_address_of_anybody(built: Build, audience: str) -> None:
    document = built(audience=audience)
    whole = write_json(document).decode()
    for address in (HOST, CONTROL, ATTACKED, ATTACKED_V6):
        assert address not in whole and defanged(address) not in whole
    assert document["cases"] == [] and document["withheld"]
    assert document["roadmap"]["goals"]


def test_the_responsible_party_sees_its_case_and_only_the_networks_of_those_attacked(built: Build) -> None:
    document = built(audience="example-campus")
    whole = write_json(document).decode()
    assert document["cases"][0]["subject"] == defanged(HOST)
    assert defanged(ATTACKED) not in whole and ATTACKED not in whole and "198.51.100.0/24" in whole
    assert "shop" not in whole
    assert {figure["scope"] for figure in document["figures"]} == {"example-campus"}


def test_the_operator_sees_who_was_attacked(document: Document) -> None:
    peers = [peer["text"] for peer in document["cases"][0]["peers"]]
    assert "198.51.100[.]185, port 80/tcp" in peers
    assert "2001:db8:77:[:]148 (shop[.]example[.]org), port 80/tcp" in peers


def test_an_audience_that_is_nobody_is_refused(built: Build) -> None:
    with pytest.raises(WrongUse, match="no such audience: somebody: choose public, members or one of"):
        built(audience="somebody")


def test_small_counts_are_withheld_from_the_public(built: Build, filled: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        put(connection, [replace(measure, marking="TLP:CLEAR") for measure in read(connection, Measure)])
    figures = built(audience="public")["figures"]
    rates = [figure for figure in figures if figure["name"] == "infection_rate" and figure["denominator"] != 0]
    assert rates and all(figure["value"] is None and figure["numerator"] is None for figure in rates[:1])
    assert rates[0]["text"] == "Not told: it counts fewer than 5"
    progress = next(figure for figure in figures if figure["name"] == "programme_progress")
    assert progress["value"] is not None


@pytest.mark.parametrize("audience", ["public", "members"])
def test_no_id_that_is_a_digest_of_an_address_is_given_to_all(
    built: Build, filled: Workspace, ledger: Ledger, audience: str
) -> None:
    now = filled.now()
    start = now - timedelta(days=7)
    hosts: list[Subject] = [{"kind": "host", "value": f"192.168.1.{number}"} for number in range(10, 20)]
    count = SubscriberCount(
        party="example-provider", marking="TLP:CLEAR", source="test",
        holder="example-campus", day=start.date(), subscribers=2000,
    )  # fmt: skip
    with ledger.write() as connection:
        more = [replace(CASE, id=f"case-{host['value']}", subject=host, marking="TLP:CLEAR") for host in hosts]
        clear = [replace(finding, marking="TLP:CLEAR") for finding in FINDINGS]
        put(connection, [*more, *clear, replace(CASE, marking="TLP:CLEAR"), count])
        measure(connection, filled, start, now)
        rows = read(connection, Measure)
        put(connection, [replace(row, marking="TLP:CLEAR") for row in rows])
        ids = [case.id for case in read(connection, Case)] + [found.id for found in read(connection, Finding)]
    document = built(audience=audience)
    whole = write_json(document).decode()
    rate = next(figure for figure in document["figures"] if figure["scope"] == "example-campus")
    assert rate["value"] is not None and any(CASE.id in row.basis for row in rows)
    assert len(ids) > len(hosts) and not [id_ for id_ in ids if id_ in whole]
    assert {figure["name"] for figure in document["figures"] if figure["basis"]} == {"programme_progress"}


def test_an_empty_workspace_has_a_report_that_says_what_to_do(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.look() as connection:
        document = build_document(workspace, connection)
    assert "tocsin ingest" in document["sureness"]["sentence"]
    assert document["marking"] == "TLP:CLEAR"
