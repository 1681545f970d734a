"""The reader of packet captures, as a whole, on samples and on real traffic."""

import bz2
import gzip
import lzma
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.telemetry import office
from tests.telemetry.reading import Outcome, read_conn, read_file, read_pieces
from tocsin.errors import Unreadable
from tocsin.records import Dns, Flow, Http, Login, Record, Smtp, Tls, arrow_schema
from tocsin.store.ledger import Ledger
from tocsin.telemetry import State, ingest
from tocsin.telemetry import pcap as reader
from tocsin.workspace import Workspace

PCAP, PCAPNG = ((office.FOLDER / name).read_bytes() for name in ("office.pcap", "office.pcapng"))
# More than a file of the test data takes on a busy machine; a hang takes for ever.
SLOWEST_SECONDS = 20


def rows(outcome: Outcome, record: type[Record]) -> list[dict[str, Any]]:
    return outcome.tables[record].to_pylist() if record in outcome.tables else []


def packets(outcome: Outcome) -> int:
    return sum(row["initiator_packets"] + row["responder_packets"] for row in outcome.rows)


def test_the_samples_are_what_their_script_makes() -> None:
    assert (office.as_pcap(), office.as_pcapng()) == (PCAP, PCAPNG), "run python -m tests.telemetry.office"


def test_the_office_is_seen_whole() -> None:
    outcome = read_file(reader, PCAP)
    columns = ("initiator", "responder", "responder_port", "protocol", "service", "state")
    assert Counter(tuple(row[column] for column in columns) for row in outcome.rows) == {
        ("192.0.2.10", "203.0.113.53", 53, "udp", "dns", "SF"): 2,
        ("192.0.2.10", "198.51.100.7", 80, "tcp", "http", "SF"): 1,
        ("192.0.2.10", "198.51.100.7", 443, "tcp", "ssl", "SF"): 1,
        ("192.0.2.10", "198.51.100.7", 22, "tcp", "ssh", "S1"): 1,
        ("192.0.2.10", "198.51.100.7", 25, "tcp", "smtp", "SF"): 1,
        ("192.0.2.10", "198.51.100.7", 8080, "tcp", None, "REJ"): 1,
        ("192.0.2.10", "198.51.100.99", 23, "tcp", None, "S0"): 1,
        ("192.0.2.10", "198.51.100.7", 0, "icmp", None, "OTH"): 1,
        ("2001:db8::10", "2001:db8::7", 123, "udp", None, "S0"): 1,
        ("192.0.2.10", "198.51.100.7", 500, "udp", None, "S0"): 1,
        ("192.0.2.10", "198.51.100.7", 7001, "udp", None, "S0"): 1,
    }
    assert {row["query"]: row["response_code"] for row in rows(outcome, Dns)} == {
        "www.example.org": "NOERROR",
        "qzxkwv.example.com": "NXDOMAIN",
    }
    assert [(row["host"], row["path"], row["response_bytes"]) for row in rows(outcome, Http)] == [
        ("www.example.org", "/index.html", 2000)
    ]
    assert [(row["server_name"], row["version"]) for row in rows(outcome, Tls)] == [("tls.example.org", "TLSv12")]
    assert [row["client_software"] for row in rows(outcome, Login)] == ["SSH-2.0-Client"]
    assert [(row["helo"], row["recipients"]) for row in rows(outcome, Smtp)] == [("office.example.net", 1)]
    assert outcome.reasons == {len(office.packets()): "its IPv4 header makes no sense"}


def test_blocks_give_the_same_as_the_classic_format() -> None:
    one, other = read_file(reader, PCAP), read_file(reader, PCAPNG)
    assert {record: table.to_pylist() for record, table in one.tables.items()} == {
        record: table.to_pylist() for record, table in other.tables.items()
    }
    assert one.reasons == other.reasons


def test_every_table_has_the_columns_of_its_record() -> None:
    for record, table in read_file(reader, PCAP).tables.items():
        assert table.schema == arrow_schema(record)
        table.validate(full=True)


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, lambda d: pa.compress(d, "zstd", asbytes=True)]
)
def test_compressed_captures(pack: Callable[[bytes], bytes]) -> None:
    assert read_file(reader, pack(PCAP)).tables == read_file(reader, PCAP).tables


@pytest.mark.parametrize("file", [PCAP, PCAPNG])
def test_captures_are_known_by_how_they_begin(file: bytes) -> None:
    assert reader.recognise(file)
    assert not reader.recognise(file[1:])


@pytest.mark.parametrize("head", [b"", b"\n\r\r\n", b"\n\r\r\nts,proto\r\n", b"#separator \\x09\n", b"\xd4\xc3"])
def test_other_files_are_not(head: bytes) -> None:
    assert not reader.recognise(head)


def test_named_as_a_capture_it_is_still_none() -> None:
    with pytest.raises(Unreadable, match="neither pcap nor pcapng"):
        read_file(reader, b"text")


def test_a_capture_is_ingested(workspace: Workspace, ledger: Ledger) -> None:
    (file,) = ingest(workspace, ledger, [office.FOLDER / "office.pcap"]).files
    assert (file.state, file.format, file.rows, file.quarantined) == (State.READ, "pcap", 18, 1)


@given(
    file=st.sampled_from([PCAP, PCAPNG]),
    edits=st.lists(st.tuples(st.integers(0, 12_000), st.integers(0, 7)), max_size=12),
    end=st.integers(0, 12_000),
    size=st.sampled_from([64, 1000, 1 << 20]),
)
@settings(deadline=None, max_examples=120)
def test_damaged_captures(file: bytes, edits: list[tuple[int, int]], end: int, size: int) -> None:
    data = bytearray(file)
    for at, bit in edits:
        data[at % len(data)] ^= 1 << bit
    damaged = bytes(data[: end if end < len(data) else None])
    try:
        outcome = read_pieces(reader, (damaged[at : at + size] for at in range(0, len(damaged), size)))
    except Unreadable:
        return
    for table in outcome.tables.values():
        table.validate(full=True)
    assert all(
        reject.line >= 1 and reject.reason.isprintable() and reject.text.isprintable() for reject in outcome.rejects
    )
    # The smallest block has twelve bytes; what the end of the file cuts through is one more.
    assert packets(outcome) + len(outcome.rejects) <= len(damaged) // 12 + 1


def _traces(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if ".pcap" in file.name and file.is_file())


def test_every_capture_of_the_test_data_is_read(test_data: Path) -> None:
    files = [*_traces(test_data / "decoders/packets"), *_traces(test_data / "captures")]
    assert len(files) >= 476
    slowest, seen, told = 0.0, 0, Counter[str]()
    for file in files:
        begin = time.monotonic()
        try:
            outcome = read_file(reader, file.read_bytes())
        except Unreadable as error:
            told[str(error)] += 1
            continue
        slowest = max(slowest, time.monotonic() - begin)
        seen += packets(outcome)
        for record, table in outcome.tables.items():
            assert table.schema == arrow_schema(record), file
    assert slowest < SLOWEST_SECONDS
    assert not told
    assert seen > 70_000


def test_floods_have_the_packets_of_the_reference(test_data: Path) -> None:
    entries = yaml.safe_load((test_data / "captures/truth.yaml").read_text())["captures"]
    floods = [entry for entry in entries if entry["path"].startswith("stopddos/")]
    assert len(floods) == 3
    for entry in floods:
        (victim,) = entry["ddos_victims"]
        outcome = read_file(reader, (test_data / "captures" / entry["path"]).read_bytes())
        assert packets(outcome) + len(outcome.rejects) == victim["packets"], entry["id"]
        hit = sum(victim["host"] in (row["initiator"], row["responder"]) for row in outcome.rows)
        assert hit >= 0.9 * len(outcome.rows)


ENDS = ("initiator", "initiator_port", "responder", "responder_port", "protocol")
COUNTS = ("time", "state", "initiator_packets", "initiator_bytes", "responder_packets", "responder_bytes")


def test_the_same_traffic_gives_the_flows_of_zeek(test_data: Path) -> None:
    """Zeek ends an exchange of DNS, and so of mDNS, after ten seconds; it has no IGMP, and of ICMP other codes."""
    folder = test_data / "captures/idps-test7"
    own = read_file(reader, (folder / "test7-malicious.pcap.gz").read_bytes()).rows
    zeeks = read_conn((folder / "conn.log.labeled").read_bytes()).rows

    def comparable(flows: list[dict[str, Any]], *columns: str) -> Counter[tuple[Any, ...]]:
        left_out = [row for row in flows if row["protocol"] in ("tcp", "udp") and row["responder_port"] != 5353]
        return Counter(tuple(row[column] for column in columns) for row in left_out)

    mine, theirs = comparable(own, *ENDS), comparable(zeeks, *ENDS)
    assert (mine.total(), theirs.total()) == (337, 338)
    assert not mine - theirs
    same = comparable(own, *ENDS, *COUNTS) & comparable(zeeks, *ENDS, *COUNTS)
    assert same.total() == 336, "all but one, which Zeek tells in two parts"
    assert {row["initiator"] for row in zeeks} <= {row["initiator"] for row in own}
    pairs = [{(row["initiator"], row["responder"]) for row in flows} for flows in (own, zeeks)]
    assert pairs[1] <= pairs[0]
    assert {responder for _, responder in pairs[0] - pairs[1]} == {"224.0.0.22"}


# Small captures in which Wireshark and the reader mean the same by a row.
COMPARED = {
    "dns": ["dns-edns-ecs.pcap", "dns-txt-multiple.pcap", "dnssec/dnskey.pcap", "dnssec/nsec3.pcap"],
    "tls": ["tls/chrome-34-google.pcap", "tls/dhe.pcap", "tls/ssl.v3.pcap.gz", "tls/tls1_1.pcap", "tls/tls13*.pcap"],
    "http": ["http/get.pcap", "http/pipelined-requests.pcap", "http/post.pcap", "http-qinq-0.pcap", "web.pcap"],
}


def _tshark(file: Path, which: str, *fields: str, occurrence: str = "f") -> Iterator[list[str]]:
    """The fields of packets; of several values in one packet the first, or all."""
    names = [part for field in fields for part in ("-e", field)]
    layout = ["-T", "fields", "-E", "separator=|", "-E", f"occurrence={occurrence}"]
    command = ["tshark", "-n", "-r", str(file), "-Y", which, *layout, *names]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    yield from (line.split("|") for line in shown.splitlines())


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark")
@pytest.mark.parametrize("kind", ["dns", "tls", "http"])
def test_wireshark_reads_the_same(kind: str, test_data: Path) -> None:
    folder = test_data / "decoders/packets/zeek-traces"
    compared = 0
    for file in sorted(file for name in COMPARED[kind] for file in folder.glob(name))[:8]:
        outcome = read_file(reader, file.read_bytes())
        mine, theirs = COMPARE[kind](file, outcome)
        assert mine == theirs, file.name
        compared += mine.total()
    assert compared >= 8


def _dns(file: Path, outcome: Outcome) -> tuple[Counter[Any], Counter[Any]]:
    which = "dns.flags.response == 1 && (udp.srcport == 53 || tcp.srcport == 53) && !icmp && dns.qry.name"
    shown = list(_tshark(file, which, "dns.qry.name", "dns.flags.rcode"))
    theirs = Counter((query.lower(), code == "0") for query, code in shown)
    answered = [row for row in rows(outcome, Dns) if row["response_code"]]
    mine = Counter((row["query"], row["response_code"] == "NOERROR") for row in answered)
    # Wireshark lists the addresses of all sections, the reader those of the answer.
    given = {said for row in answered for said in row["answers"] if said.replace(".", "").isdigit()}
    theirs_given = {a for line in _tshark(file, "dns.a", "dns.a", occurrence="a") for a in line[0].split(",")}
    return mine + Counter(given), theirs + Counter(given & theirs_given)


def _tls(file: Path, outcome: Outcome) -> tuple[Counter[Any], Counter[Any]]:
    fields = ("tls.handshake.extensions_server_name", "tls.handshake.ja3", "tls.handshake.certificate")
    shown = list(_tshark(file, "(tls.handshake.type == 1 || tls.handshake.type == 11) && tcp", *fields))
    theirs = {(server.lower() or None, ja3) for server, ja3, _ in shown if ja3}
    mine = {(row["server_name"], row["ja3"]) for row in rows(outcome, Tls) if row["ja3"]}
    # A client may show a certificate too; the first one that is seen is the server's.
    known = [sha256(bytes.fromhex(der.replace(":", ""))).hexdigest() for _, _, der in shown if der][:1]
    own = [row["certificate_sha256"] for row in rows(outcome, Tls) if row["certificate_sha256"]][:1]
    return Counter([*mine, *own]), Counter([*theirs, *known])


def _http(file: Path, outcome: Outcome) -> tuple[Counter[Any], Counter[Any]]:
    names = ("method", "host", "path", "user_agent")
    fields = ("http.request.method", "http.host", "http.request.uri", "http.user_agent", "http.response.code")
    shown = list(_tshark(file, "(http.request || http.response) && tcp", *fields))
    theirs = Counter(
        (m, host.lower().partition(":")[0] or None, uri, agent or None) for m, host, uri, agent, _ in shown if m
    )
    mine = Counter(tuple(row[name] for name in names) for row in rows(outcome, Http) if row["method"])
    codes = Counter(int(line[4]) for line in shown if line[4])
    return mine + Counter(row["status"] for row in rows(outcome, Http) if row["status"]), theirs + codes


COMPARE: dict[str, Callable[[Path, Outcome], tuple[Counter[Any], Counter[Any]]]] = {
    "dns": _dns,
    "tls": _tls,
    "http": _http,
}


def test_nothing_heavy_is_imported_before_a_capture_is_read() -> None:
    code = "import sys; import tocsin.telemetry.pcap; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_flows_are_the_first_table() -> None:
    assert set(read_file(reader, PCAP).tables) == {Flow, Dns, Tls, Http, Login, Smtp}
