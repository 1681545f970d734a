import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from tests.programme.report.shown import pdf_words, words
from tocsin.programme.report import build_document, digest, write_pdf
from tocsin.programme.report.shape import Document
from tocsin.records import Party
from tocsin.store.ledger import Ledger, put, read
from tocsin.workspace import Workspace

HOSTILE = '#panic("x") $x$ *b* \\ "] <a> @b // c'


@pytest.fixture
def file(document: Document) -> bytes:
    return write_pdf(document)


def test_paper_shows_every_figure_of_the_document(document: Document, file: bytes) -> None:
    shown = pdf_words(file)
    for figure in document["figures"]:
        for text in (figure["text"], figure["source"]):
            assert words(text) in shown
    for part in (document["answer"]["sentence"], document["timing"]["sentence"], document["sureness"]["sentence"]):
        assert words(part) in shown
    for step in document["next"]:
        assert words(step["what"]) in shown
    assert digest(document) in shown


def test_drawing_twice_gives_the_same_bytes(document: Document, file: bytes) -> None:
    assert write_pdf(document) == file


def test_the_document_is_tagged_named_dated_and_has_bookmarks(document: Document, file: bytes) -> None:
    reader = PdfReader(io.BytesIO(file))
    assert reader.metadata is not None
    assert reader.metadata.title == "Status report 2018-12-22, example-provider"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date().isoformat() == document["edition"]
    assert reader.root_object["/MarkInfo"]["/Marked"]  # type: ignore[index]  # pypdf types it as any object
    bookmarks = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert "Who must act next, on what?" in bookmarks and "Annex" in bookmarks


def test_page_one_alone_holds_the_answers(document: Document, file: bytes) -> None:
    first = words(PdfReader(io.BytesIO(file)).pages[0].extract_text())
    for part in (document["answer"]["sentence"], document["timing"]["sentence"], document["sureness"]["sentence"]):
        assert words(part) in first


def test_every_page_bears_edition_digest_and_number(document: Document, file: bytes) -> None:
    pages = PdfReader(io.BytesIO(file)).pages
    for number, page in enumerate(pages, start=1):
        text = words(page.extract_text())
        assert f"Edition{document['edition']}" in text and digest(document)[:16] in text
        assert f"{number}of{len(pages)}" in text


def test_fonts_are_the_shipped_ones(file: bytes) -> None:
    names = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in PdfReader(io.BytesIO(file)).pages
        for font in page["/Resources"].get("/Font", {}).values()  # type: ignore[attr-defined]  # a dictionary object
    }
    assert names and all(name.startswith(("SourceSans3", "SourceCodePro")) for name in names)


def test_names_are_never_read_as_markup(filled: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        put(connection, [replace(party, name=HOSTILE) for party in read(connection, Party)])
        document = build_document(filled, connection)
    assert words(HOSTILE) in pdf_words(write_pdf(document))
