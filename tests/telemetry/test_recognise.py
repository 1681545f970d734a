"""Each log is known to one reader, and to the right one."""

from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.zeek_logs import EXCHANGE, as_json, tsv
from tocsin.errors import Unreadable
from tocsin.telemetry._content import content
from tocsin.units import units

HEAD = 1 << 16
MARKS: dict[str, dict[str, Any]] = {
    "conn": {"proto": "tcp", "conn_state": "SF"},
    "dns": {"proto": "udp", "trans_id": 1, "query": "a.example", "qtype": 1, "qtype_name": "A"},
    "http": {"trans_depth": 1, "request_body_len": 0, "response_body_len": 0},
    "smtp": {"trans_depth": 1, "tls": False},
    "ssh": {"auth_attempts": 0},
    "ssl": {"resumed": False, "established": True},
    "x509": {"certificate.serial": "01", "certificate.not_valid_after": 1.0},
}
# Zeek's logs that no reader here is for.
UNREAD = {"sip", "files", "notice", "weird", "tunnel", "software", "arp", "pe", "stats", "reporter", "known_hosts"}


def known(head: bytes) -> list[str]:
    """The readers that know content with this beginning."""
    return [name for name, unit in units("tocsin.telemetry").items() if unit.load().recognise(head)]


@pytest.mark.parametrize("path", MARKS)
def test_a_zeek_log_is_known_to_its_reader_alone(path: str) -> None:
    rows = [{**EXCHANGE, **MARKS[path]}]
    named, nameless = tsv(path, rows), tsv(path, rows).replace(b"#path\t%b\n" % path.encode(), b"")
    for log in (named, nameless, as_json(rows), as_json([row | {"_path": path} for row in rows])):
        assert known(log) == [f"zeek_{path}"]
    assert known(tsv("another", rows)) == known(as_json([rows[0] | {"_path": "another"}])) == []


def test_every_sample_is_known_to_one_reader() -> None:
    samples = [file for file in (Path(__file__).parents[1] / "samples").glob("*/*") if file.suffix != ".md"]
    assert samples
    assert {str(file): known(file.read_bytes()[:HEAD]) for file in samples if len(known(file.read_bytes())) != 1} == {}


def test_no_file_of_the_test_data_is_known_to_two_readers(test_data: Path) -> None:
    found: dict[str, list[str]] = {}
    for file in (path for folder in ("captures", "decoders") for path in (test_data / folder).rglob("*")):
        if not file.is_file():
            continue
        with file.open("rb") as raw:
            try:
                head = next(content(raw), b"")[:HEAD]
            except Unreadable:
                continue
        found[str(file.relative_to(test_data))] = known(head)
    assert {file: readers for file, readers in found.items() if len(readers) > 1} == {}
    for known_file, readers in found.items():
        if ".log" not in known_file:
            continue
        log = Path(known_file).name.removeprefix("open_").removeprefix("labeled-").split(".")[0].removesuffix("_json")
        if f"zeek_{log}" in units("tocsin.telemetry") and readers:
            assert readers == [f"zeek_{log}"], known_file
        if log in UNREAD:
            assert readers == [], known_file
