"""A resolver on loopback answers questions, and what it wrote of them is read."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import dns.rcode
import pytest

from tests.telemetry.told import questions
from tocsin.telemetry import bind_queries, dnstap, unbound

ASKED = [("www.example", "A"), ("alias.example", "A"), ("nothing.example", "AAAA"), ("www.example", "TXT")]
CODES = ["NOERROR", "NOERROR", "NXDOMAIN", "NOERROR"]
ZONE = """$TTL 300
@ SOA ns.example. admin.example. 1 3600 600 86400 60
@ NS ns.example.
ns A 127.0.0.1
www A 203.0.113.10
alias 120 CNAME www.example.
"""
PATIENCE_SECONDS = 20


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def ask(port: int, query: str, kind: str) -> str:
    answer = dns.query.udp(dns.message.make_query(query, kind), "127.0.0.1", timeout=2, port=port)
    return dns.rcode.to_text(answer.rcode())


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """The server, once it answers; it ends with the block, so that all it knows is written."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            until = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < until and server.poll() is None:
                try:
                    ask(port, "ready.example", "A")
                    break
                except (dns.exception.Timeout, OSError):
                    time.sleep(0.1)
            else:
                pytest.fail(f"{command[0]} does not answer")
            yield
        finally:
            server.terminate()
            server.wait(PATIENCE_SECONDS)


@pytest.mark.skipif(shutil.which("named") is None, reason="named")
def test_named_on_loopback(tmp_path: Path) -> None:
    port, settings = free_port(), tmp_path / "named.conf"
    (tmp_path / "zone").write_text(ZONE)
    settings.write_text(f"""
options {{
  directory "{tmp_path}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion yes;
  pid-file "{tmp_path}/pid"; session-keyfile "{tmp_path}/key"; dnssec-validation no; querylog yes;
  forwarders {{ }}; forward only;
  dnstap {{ client; }}; dnstap-output file "{tmp_path}/tap";
}};
controls {{ }};
logging {{
  channel queries {{ file "{tmp_path}/queries.log"; print-time iso8601-utc; print-category yes; }};
  category queries {{ queries; }};
}};
zone "example" {{ type primary; file "{tmp_path}/zone"; }};
""")
    named = [str(shutil.which("named")), "-f", "-c", str(settings)]
    with running(named, port):
        assert [ask(port, *question) for question in ASKED] == CODES
    logged, log = questions(bind_queries, (tmp_path / "queries.log").read_bytes())
    tapped, tap = questions(dnstap, (tmp_path / "tap").read_bytes())
    assert not log.rejects
    assert not tap.rejects
    asked = [(row["query"], row["query_type"]) for row in logged if row["query"] != "ready.example"]
    assert asked == ASKED
    by_question = {(row["query"], row["query_type"]): row for row in tapped}
    assert [by_question[question]["response_code"] for question in ASKED] == CODES
    assert by_question[ASKED[1]]["answers"] == ["www.example", "203.0.113.10"]
    assert by_question[ASKED[1]]["ttl_seconds"] == 120
    # Log and tap speak of the same questions, from the same ports.
    ends = [
        {(row["initiator"], row["initiator_port"], row["responder"]) for row in found} for found in (logged, tapped)
    ]
    assert ends[0] == ends[1]


@pytest.mark.skipif(shutil.which("unbound") is None, reason="unbound")
def test_unbound_on_loopback(tmp_path: Path) -> None:
    port, settings = free_port(), tmp_path / "unbound.conf"
    settings.write_text(f"""
server:
  directory: "{tmp_path}"
  chroot: ""
  username: ""
  pidfile: "{tmp_path}/pid"
  interface: 127.0.0.1
  port: {port}
  do-daemonize: no
  use-syslog: no
  logfile: "{tmp_path}/log"
  log-queries: yes
  log-replies: yes
  module-config: "iterator"
  local-zone: "example." static
  local-data: "www.example. 300 IN A 203.0.113.10"
  local-data: "alias.example. 300 IN CNAME www.example."
remote-control:
  control-enable: no
""")
    with running([str(shutil.which("unbound")), "-c", str(settings)], port):
        assert [ask(port, *question) for question in ASKED] == CODES
    found, outcome = questions(unbound, (tmp_path / "log").read_bytes())
    assert not outcome.rejects
    ours = [row for row in found if row["query"] != "ready.example"]
    assert [(row["query"], row["query_type"]) for row in ours] == ASKED
    assert [row["response_code"] for row in ours] == CODES
