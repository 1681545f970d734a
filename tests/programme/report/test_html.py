import base64
import hashlib
import re
from dataclasses import replace

import pytest

from tests.formats.infected import CASE, FINDINGS
from tests.programme.report.shown import html_words, words
from tocsin.programme.report import build_document, digest, policy, write_html
from tocsin.programme.report.shape import Document
from tocsin.records import Party, Peer, Responsible
from tocsin.store.ledger import Ledger, put, read
from tocsin.workspace import Workspace

HOSTILE = "<script>alert('x')</script><img src=//evil.example/x onerror=alert(1)>"


@pytest.fixture
def page(document: Document) -> str:
    return write_html(document).decode()


def test_the_page_shows_every_figure_of_the_document(document: Document) -> None:
    shown = html_words(write_html(document))
    for figure in document["figures"]:
        for text in (
            figure["title"],
            figure["scope"],
            figure["text"],
            figure["note"],
            figure["moved"],
            figure["source"],
        ):
            assert words(text) in shown
    for part in (document["answer"]["sentence"], document["timing"]["sentence"], document["sureness"]["sentence"]):
        assert words(part) in shown
    for step in document["next"]:
        assert words(step["what"]) in shown
    assert digest(document) in shown


def test_the_numbers_of_every_picture_stand_in_tables(document: Document) -> None:
    shown = html_words(write_html(document))
    tables = [table for case in document["cases"] for picture in case["pictures"] for table in picture["tables"]]
    assert tables
    for table in tables:
        assert words("".join("".join(row) for row in table["rows"])) in shown


def test_every_picture_has_a_text_alternative(document: Document, page: str) -> None:
    pictures = [picture for case in document["cases"] for picture in case["pictures"]]
    assert {picture["kind"] for picture in pictures} == {"strip", "pulse", "thread"}
    assert page.count('role="img" aria-label="') == 2 * len(pictures)


def test_nothing_runs_and_nothing_is_loaded(page: str) -> None:
    assert "<script" not in page and "javascript:" not in page and not re.search(r"\son\w+=", page)
    loaded = re.findall(r"\s(?:src|srcset|href|xlink:href|action|data)=\"([^\"]*)\"|url\(([^)]*)\)|(@import)", page)
    assert loaded and all("".join(target).startswith(("#", "data:,")) for target in loaded)
    assert not re.search(r"\sstyle=", page), "a style attribute would break the content security policy"


def test_the_policy_allows_the_style_sheet_that_the_page_has(page: str) -> None:
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)
    assert style is not None
    hashed = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{hashed}'" in policy()
    assert "default-src 'none'" in policy()


def test_drawing_twice_gives_the_same_bytes(document: Document) -> None:
    assert write_html(document) == write_html(document)


def test_links_lead_to_the_other_forms_only_where_they_are_served(document: Document) -> None:
    assert b"/report.pdf" in write_html(document, links=True)
    assert b"/report.pdf" not in write_html(document)


def test_every_link_within_the_page_leads_somewhere(page: str) -> None:
    anchors = set(re.findall(r'\bid="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors


def test_hostile_names_are_shown_and_do_nothing(filled: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        put(connection, [replace(party, name=HOSTILE) for party in read(connection, Party)])
        flood = next(finding for finding in FINDINGS if finding.behaviour == "ddos_source")
        peers = [Peer(address="192.0.2.9", port=80, proto="tcp", name=HOSTILE)]
        put(connection, [replace(flood, peers=peers, explanation=HOSTILE, detector=HOSTILE)])
        nobody = Responsible(party=None, how=HOSTILE, as_of=None, alternatives=[])
        put(connection, [replace(CASE, responsible=nobody)])
        page = write_html(build_document(filled, connection)).decode()
    assert "<script" not in page and "<img" not in page
    assert "&lt;script&gt;" in page
