"""NetFlow, IPFIX and sFlow through the programs that collect them, on loopback, as the guide shows."""

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.exporter import CLIENT, SERVER, netflow_v5, pcap, record, reverse, sflow, tcp
from tests.telemetry.reading import read_pieces
from tocsin.telemetry import netflow, nfcapd, pmacct

GUIDE = Path(__file__).parents[2] / "docs/guides/live-netflow.md"
LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 20
# A connection of seven segments, four of them from the client.
CONNECTION = [
    tcp(CLIENT, SERVER, (50_000, 443), 2),
    tcp(SERVER, CLIENT, (443, 50_000), 18),
    tcp(CLIENT, SERVER, (50_000, 443), 16),
    tcp(CLIENT, SERVER, (50_000, 443), 24, 100),
    tcp(SERVER, CLIENT, (443, 50_000), 24, 1000),
    tcp(CLIENT, SERVER, (50_000, 443), 17),
    tcp(SERVER, CLIENT, (443, 50_000), 17),
]


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(missing), reason=missing[0] if missing else "")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


def until(found: Callable[[], Any]) -> Any:
    """What is there after some time."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (result := found()) and time.monotonic() < end:
        time.sleep(0.05)
    assert result, "it did not come"
    return result


def is_bound(port: int) -> bool:
    """Whether somebody listens at this UDP port."""
    table = Path("/proc/net/udp").read_text(encoding="ascii")
    return bool(re.search(rf":{port:04X} 0", table, re.IGNORECASE))


@contextmanager
def running(*command: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A collector that listens at a port, until it is told to stop and has written everything."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: is_bound(port))
            yield process
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_SECONDS)
        finally:
            process.kill()


def send(port: int, *packets: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as exporter:
        for packet in packets:
            exporter.sendto(packet, (LOOPBACK, port))
            time.sleep(0.02)


def configured(folder: Path, heading: str, port: int) -> Path:
    """The configuration below a heading of the guide, for another port and folder, and more often."""
    text = GUIDE.read_text(encoding="utf-8")
    (block,) = re.findall(rf"`{re.escape(heading)}`:\n\n((?:    .*\n|\n)+)", text)
    lines = re.sub(r"(?m)^    ", "", block)
    lines = re.sub(r"(?m)_port: \d+", f"_port: {port}", lines).replace("/var/lib/pmacct", str(folder))
    lines = re.sub(r"(?m)_ip: \S+", f"_ip: {LOOPBACK}", lines).replace(
        "print_refresh_time: 60", "print_refresh_time: 1"
    )
    file = folder / heading
    file.write_text(lines.replace("daemonize: true", "daemonize: false"), encoding="utf-8")
    return file


def printed(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("*.json")))


@needs("softflowd")
@pytest.mark.parametrize("version", [5, 9, 10])
def test_what_softflowd_exports_is_read(version: int, tmp_path: Path) -> None:
    capture = tmp_path / "made-up.pcap"
    capture.write_bytes(pcap(CONNECTION))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
        collector.bind((LOOPBACK, 0))
        collector.settimeout(PATIENCE_SECONDS)
        target = f"{LOOPBACK}:{collector.getsockname()[1]}"
        subprocess.run(
            [
                "softflowd",
                "-d",
                "-r",
                str(capture),
                "-v",
                str(version),
                "-n",
                target,
                "-p",
                str(tmp_path / "pid"),
                "-c",
                "none",
            ],
            check=True,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
        )
        sent = []
        collector.settimeout(0.3)
        try:
            while True:
                sent.append(collector.recv(65_535))
        except TimeoutError:
            pass
    (row,) = read_pieces(netflow, sent).rows
    assert (row["initiator"], row["initiator_port"], row["responder"], row["responder_port"]) == (
        CLIENT,
        50_000,
        SERVER,
        443,
    )
    assert (row["initiator_packets"], row["responder_packets"], row["state"]) == (4, 3, "SF")
    assert (row["initiator_bytes"], row["responder_bytes"]) == (4 * 40 + 100, 3 * 40 + 1000)


@needs("nfcapd", "nfdump")
def test_what_nfcapd_collects_is_read(tmp_path: Path) -> None:
    port = free_port()
    exchange = [record(), reverse(record(), e1=5000, e2=8)]
    with running(
        "nfcapd", "-b", LOOPBACK, "-p", str(port), "-w", str(tmp_path), "-t", "300", "-S", "1", "-z", port=port
    ):
        send(port, netflow_v5(exchange, sampling=0x4000 | 10))
    (file,) = [file for file in tmp_path.rglob("*") if re.fullmatch(r"nfcapd\.\d+", file.name)]
    (row,) = read_pieces(nfcapd, [file.read_bytes()]).rows
    assert (row["initiator"], row["responder_port"], row["state"]) == (CLIENT, 443, None)
    assert (row["sampling"], row["initiator_packets"], row["responder_packets"]) == (10, 60, 80)


def collected(folder: Path, port: int, wanted: bytes, filler: Callable[[int], bytes]) -> list[dict[str, Any]]:
    """Flows of the wanted packet. pmacct hands on what it holds when more comes, so more is sent until it is there."""
    send(port, wanted)
    sent = iter(range(200))

    def found() -> list[dict[str, Any]]:
        send(port, filler(next(sent)))
        time.sleep(0.2)
        whole = b"".join(line for line in printed(folder).splitlines(keepends=True) if line.endswith(b"\n"))
        return [row for row in read_pieces(pmacct, [whole]).rows if row["initiator_port"] == 50_000]

    rows: list[dict[str, Any]] = until(found)
    return rows


@needs("nfacctd")
def test_what_nfacctd_prints_is_read(tmp_path: Path) -> None:
    port = free_port()
    # Of NetFlow v5, nfacctd keeps times in full seconds.
    exchange = netflow_v5([record(), reverse(record(), 1, e1=5000, e2=8)], sampling=0x4000 | 10)
    with running("nfacctd", "-f", str(configured(tmp_path, "nfacctd.conf", port)), port=port):
        (row,) = collected(tmp_path, port, exchange, lambda number: netflow_v5([record(e7=60_000 + number)]))
    assert (row["initiator"], row["responder_port"], row["duration_us"]) == (CLIENT, 443, 2_000_000)
    assert (row["sampling"], row["initiator_packets"], row["responder_packets"]) == (10, 60, 80)


@needs("sfacctd")
def test_what_sfacctd_prints_is_read(tmp_path: Path) -> None:
    port = free_port()
    with running("sfacctd", "-f", str(configured(tmp_path, "sfacctd.conf", port)), port=port):
        (row,) = collected(
            tmp_path,
            port,
            sflow(CONNECTION[0], 1024),
            lambda number: sflow(tcp(CLIENT, SERVER, (60_000 + number, 443), 2), 1024),
        )
    assert (row["initiator"], row["initiator_port"], row["responder_port"]) == (CLIENT, 50_000, 443)
    assert (row["sampling"], row["initiator_packets"], row["responder_packets"]) == (1024, 1024, None)
    assert row["initiator_bytes"] == 1024 * len(CONNECTION[0])
