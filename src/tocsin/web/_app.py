"""The web application: the report in its four forms, the findings, and strict headers on everything."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import PlainTextResponse

from tocsin.access import VIEW, decide, local
from tocsin.errors import TocsinError
from tocsin.programme.report import policy, write_html, write_json, write_pdf
from tocsin.records import Finding, finding_document
from tocsin.store.ledger import open_ledger, read
from tocsin.web._current import Current
from tocsin.workspace import Workspace

# Names by which a browser on this machine calls it. Another name means that someone made their own name point here.
HOSTS = ("127.0.0.1", "localhost")
READ = ("GET", "HEAD")
HEADERS = {
    "Content-Security-Policy": f"{policy()}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def app(workspace: Workspace) -> FastAPI:
    """The application over one workspace. It shows the operator party what that party may see, and changes nothing."""
    ledger = open_ledger(workspace.ledger)
    current = Current(workspace, ledger)

    @asynccontextmanager
    async def closing(_: FastAPI) -> AsyncIterator[None]:
        yield
        ledger.close()

    # The interactive documentation of FastAPI loads scripts from elsewhere.
    web = FastAPI(title="Tocsin", docs_url=None, redoc_url=None, openapi_url=None, lifespan=closing)
    web.add_middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False)
    web.middleware("http")(_with_headers)
    web.add_exception_handler(TocsinError, _told)

    @web.api_route("/", methods=list(READ))
    def page() -> Response:
        return _html(current.drawn("page", lambda document: write_html(document, links=True)))

    @web.api_route("/report.html", methods=list(READ))
    def report_html() -> Response:
        return _html(current.drawn("html", write_html))

    @web.api_route("/report.pdf", methods=list(READ))
    def report_pdf() -> Response:
        return Response(current.drawn("pdf", write_pdf), media_type="application/pdf")

    @web.api_route("/report.json", methods=list(READ))
    def report_json() -> Response:
        return Response(current.drawn("json", write_json), media_type="application/json")

    @web.api_route("/api/findings", methods=list(READ), response_model=None)
    def findings(
        limit: int = Query(100, ge=1, le=1000), offset: int = Query(0, ge=0, le=10**9)
    ) -> list[dict[str, Any]]:
        asker = local(workspace)
        with ledger.look() as connection:
            shown = [
                finding
                for finding in read(connection, Finding, suppressed_by=None)
                if decide(asker, asker.party, marking=finding.marking, owner=finding.party, purpose=VIEW).allowed
            ]
        ordered = sorted(shown, key=lambda finding: (finding.day, finding.subject["value"], finding.behaviour))
        return [finding_document(finding) for finding in ordered[offset : offset + limit]]

    @web.api_route("/healthz", methods=list(READ))
    def health() -> dict[str, str]:
        with ledger.look():
            return {"status": "ok"}

    return web


def _html(content: bytes) -> Response:
    return Response(content, media_type="text/html; charset=utf-8")


async def _with_headers(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await answer(request)
    response.headers.update(HEADERS)
    return response


def _told(_: Request, error: Exception) -> Response:
    return PlainTextResponse(f"{error}\n", status_code=500)
