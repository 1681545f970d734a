"""Says how fast captures are read, beside libraries alone: ``python bench/telemetry_pcap.py [FILE ...]``.

Without a file it makes three: pages fetched and names resolved, a flood without answers, and names alone. Each run is a
process of its own; imports are not counted. Libraries that are not installed are left out; install them with
``uv pip install nfstream dpkt``. None of them gives as much: see docs/decisions/0006-packets-in-numpy.md.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.telemetry.captures import START, SYN, Connection, Timed, answer, asked, ethernet, ip, pcap, question, tcp

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 14000\r\n\r\n" + bytes(14_000)
MEASURED = """
import json, re, sys, time
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
{prepare}
def cpu():
    return sum(u.ru_utime + u.ru_stime for u in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))
if __name__ == "__main__":
    begin, before = time.perf_counter(), cpu()
    packets = run(sys.argv[1])
    took, used = time.perf_counter() - begin, cpu() - before
    peak = int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
    print(json.dumps([packets, took, used, peak]))
"""
RUNS = {
    "tocsin": """
import pyarrow.compute as pc
from tocsin.records import Flow
from tocsin.telemetry import pcap
from tocsin.telemetry._content import content
from tocsin.telemetry._packets import capture
def run(path):
    seen = 0
    with open(path, "rb") as raw:
        for part in pcap.read(content(raw), "bench", 1):
            if getattr(part, "record", None) is Flow:
                seen += sum(pc.sum(part.rows[f"{side}_packets"]).as_py() for side in ("initiator", "responder"))
    return seen
""",
    "nfstream": """
from nfstream import NFStreamer
def run(path):
    return sum(flow.bidirectional_packets for flow in NFStreamer(path, n_meters=1))
""",
    "dpkt": """
import dpkt
def run(path):
    flows, seen = {}, 0
    with open(path, "rb") as raw:
        for _, frame in dpkt.pcap.Reader(raw):
            packet = dpkt.ethernet.Ethernet(frame).data
            key = packet.src, packet.dst, packet.p, packet.data.sport, packet.data.dport
            flows[key] = flows.get(key, 0) + 1
            seen += 1
    return seen
""",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One program on one capture: time, packets a CPU-second, peak memory; and Tocsin's time over the program's."""

    name: str
    seconds: float
    packets_per_cpu_second: float
    megabytes: float
    wall_ratio: float
    cpu_ratio: float


def _office() -> Iterator[Timed]:
    for number in range(12_000):
        time, port = START + number / 100, 1024 + number % 60_000
        if number % 3 == 0:
            name = f"host{number}.example.com"
            records = [(1, 60, bytes([203, 0, 113, 1]))] * 2
            yield time, asked(question(number, name), port=port)
            yield time + 0.001, asked(answer(number, name, records), back=True, port=port)
        else:
            fetched = Connection(source_port=port, time=time, pace=0.0001).open()
            yield from fetched.say(0, b"GET / HTTP/1.1\r\nHost: www.example.net\r\n\r\n").say(1, PAGE).close().packets


def _flood() -> Iterator[Timed]:
    for number in range(100_000):
        source = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        yield START + number / 10_000, ethernet(ip(source, "198.51.100.7", 6, tcp(number % 60_000, 80, SYN)))


def _names() -> Iterator[Timed]:
    for number in range(50_000):
        name, port = f"host{number}.example.com", 1024 + number % 60_000
        yield START + number / 1000, asked(question(number & 0xFFFF, name), port=port)
        yield START + number / 1000, asked(answer(number & 0xFFFF, name, [], 3), back=True, port=port)


KINDS: dict[str, Callable[[], Iterator[Timed]]] = {"office": _office, "flood": _flood, "names": _names}


def measure(files: Sequence[Path] = ()) -> list[Row]:
    """Run all programs on captures, those that are made here without any."""
    with tempfile.TemporaryDirectory() as folder:
        made = [] if files else [Path(folder, f"{kind}.pcap") for kind in KINDS]
        for file in made:
            file.write_bytes(pcap(KINDS[file.stem]()))
        return [row for file in (*files, *made) for row in _compared(file)]


def _compared(file: Path) -> Iterator[Row]:
    own: tuple[float, float] | None = None
    for program, prepare in RUNS.items():
        if program != "tocsin" and find_spec(program) is None:
            continue
        command = [sys.executable, "-c", MEASURED.format(prepare=prepare), str(file)]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        packets, seconds, cpu, megabytes = json.loads(shown.splitlines()[-1])
        own = own or (seconds, cpu)
        yield Row(f"{file.stem}: {program}", seconds, packets / cpu, megabytes, own[0] / seconds, own[1] / cpu)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description="Say how fast captures are read.")
    parser.add_argument("files", nargs="*", type=Path, help="captures in the classic format, not compressed")
    print(f"{'':24}{'seconds':>10}{'packets/CPU-s':>16}{'MB':>8}{'Tocsin takes':>14}{'CPU':>8}")
    for row in measure(parser.parse_args().files):
        told = f"{row.seconds:10.2f}{row.packets_per_cpu_second:16,.0f}{row.megabytes:8,.0f}"
        print(f"{row.name:24}{told}{row.wall_ratio:13.2f}x{row.cpu_ratio:7.2f}x")


if __name__ == "__main__":
    main()
