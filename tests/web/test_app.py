import socket
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import httpx
import pytest
import uvicorn

from tests.formats.infected import CASE, FINDINGS
from tocsin.programme.report import build_document, digest, policy, write_html, write_json, write_pdf
from tocsin.store.ledger import Ledger, put
from tocsin.web import app
from tocsin.workspace import Workspace

PATHS = ("/", "/report.html", "/report.pdf", "/report.json", "/api/findings", "/healthz")


@pytest.fixture
def client(workspace: Workspace, ledger: Ledger) -> Iterator[httpx.Client]:
    """A client of the page, which is really served."""
    with ledger.write() as connection:
        put(connection, [CASE, *FINDINGS])
    server = uvicorn.Server(uvicorn.Config(app(workspace), log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = Thread(target=server.run, kwargs={"sockets": [listener]})
        serving.start()
        with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=60) as opened:
            yield opened
        server.should_exit = True
        serving.join()


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_strict_headers(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == f"{policy()}; frame-ancestors 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_four_forms_are_those_of_one_document(client: httpx.Client, workspace: Workspace, ledger: Ledger) -> None:
    with ledger.look() as connection:
        document = build_document(workspace, connection)
    assert client.get("/report.json").content == write_json(document)
    assert client.get("/report.html").content == write_html(document)
    assert client.get("/report.pdf").content == write_pdf(document)
    page = client.get("/").text
    assert digest(document) in page and 'href="/report.pdf"' in page


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(client: httpx.Client, path: str, method: str) -> None:
    assert client.request(method, path).status_code == 405


def test_head_is_answered_without_a_body(client: httpx.Client) -> None:
    answer = client.head("/")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.1.1:8000", ""])
def test_a_page_elsewhere_cannot_reach_in_by_a_name_of_its_own(client: httpx.Client, host: str) -> None:
    answer = client.get("/report.json", headers={"host": host})
    assert answer.status_code == 400
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000"])
def test_this_machine_is_known_by_its_names(client: httpx.Client, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).json() == {"status": "ok"}


def test_findings_come_in_pages_of_bounded_size(client: httpx.Client) -> None:
    found = client.get("/api/findings").json()
    assert [finding["behaviour"] for finding in found] == ["c2_beacon", "c2_channel", "ddos_source", "c2_beacon"]
    assert client.get("/api/findings", params={"limit": 1, "offset": 1}).json() == found[1:2]
    assert client.get("/api/findings", params={"limit": 100_000}).status_code == 422


def test_findings_that_are_hidden_or_of_others_stay_out(client: httpx.Client, ledger: Ledger) -> None:
    hidden = replace(FINDINGS[0], suppressed_by="rule")
    others = replace(FINDINGS[1], party="another", marking="TLP:RED")
    with ledger.write() as connection:
        put(connection, [hidden, others])
    ids = {finding["id"] for finding in client.get("/api/findings").json()}
    assert ids == {finding.id for finding in FINDINGS[2:]}


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/../ledger.db", "/static/x"])
def test_there_is_nothing_else(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
